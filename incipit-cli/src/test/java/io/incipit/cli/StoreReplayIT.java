// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Namespace;
import io.incipit.block.Tier;
import io.incipit.client.BlockPart;
import io.incipit.client.ClientConfig;
import io.incipit.client.Committed;
import io.incipit.client.IncipitClient;
import io.incipit.client.PutName;
import io.incipit.client.PutOutcome;
import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.server.IncipitServer;
import io.incipit.server.ServerConfig;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.generate.ConversationTrace;
import io.incipit.trace.mooncake.MooncakeFormat;
import io.incipit.trace.replay.Replay;
import io.incipit.trace.replay.ReplayOptions;
import io.incipit.trace.replay.ReplayProgress;
import io.incipit.trace.replay.ReplayReport;
import io.incipit.trace.replay.ReplayTarget;
import io.incipit.trace.replay.Speed;
import io.incipit.trace.replay.StoreTarget;
import io.incipit.trace.replay.Tails;
import io.incipit.trace.replay.TraceClock;
import io.incipit.trace.simulate.Admission;
import io.incipit.trace.simulate.Capacity;
import io.incipit.trace.simulate.CurveSampling;
import io.incipit.trace.simulate.HintSpec;
import io.incipit.trace.simulate.KvModel;
import io.incipit.trace.simulate.SimSpec;
import io.incipit.trace.simulate.Simulation;
import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The store, with real bytes and over sockets, beside the simulator: both find the same.
class StoreReplayIT {
  /// A trace in Mooncake's format in place of a generated one.
  private static final Optional<Path> TRACE =
      Optional.ofNullable(System.getProperty("incipit.replay.trace")).map(Path::of);

  private static final boolean SLOW = Boolean.getBoolean("incipit.slow.programs");
  private static final int REQUESTS = SLOW ? Integer.MAX_VALUE : 1_000;
  private static final int BYTES_PER_TOKEN = 8;
  private static final double POINTS = 0.002;

  /// Of the samples that a store's policy draws.
  private static final long SEED = 1;

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "leaf-lru, 8, 0", "s3-fifo, 8, 0", "hzd, 8, 0", "leaf-lru, 4, 64", "s3-fifo, 4, 64",
    "hzd, 4, 96", "leaf-lru, 20, 0", "s3-fifo, 20, 0", "hzd, 20, 0", "leaf-lru, 20, 96",
    "s3-fifo, 20, 96", "hzd, 20, 96"
  })
  void replay_samePolicyAndBytes_findsWhatTheSimulatorFinds(
      String policy, int hostMebibytes, int diskMebibytes) throws Exception {
    var stored = stored(policy, hostMebibytes, diskMebibytes);
    var traffic = stored.traffic().orElseThrow();
    double simulated = simulated(policy, hostMebibytes, diskMebibytes);

    System.out.printf(
        "%s, %d + %d MiB: store %.2f, simulator %.2f, %s%n",
        policy,
        hostMebibytes,
        diskMebibytes,
        100 * stored.blockHitRate(),
        100 * simulated,
        traffic);
    assertThat(traffic.wrong()).isZero();
    assertThat(traffic.read()).isEqualTo(stored.blockHits()).isPositive();
    assertThat(traffic.moves().promoted() > 0).isEqualTo(diskMebibytes > 0);
    assertThat(stored.blockHitRate()).isCloseTo(simulated, within(POINTS));
  }

  @Test
  void replay_wrongBytesInTheStore_areCounted() throws Exception {
    var settings = Map.of("net.resp-port", "0", "net.http-port", "0");
    var namespace = Namespace.of("replay", 512, ReplayTarget.HASH_BYTES);
    var chain = BlockChain.ofPairs(1, 2, 3, 4);
    try (var server = IncipitServer.start(ServerConfig.of(settings));
        var client = new IncipitClient(ClientConfig.of(server.bind(), server.respPort()));
        var target = StoreTarget.create(client, namespace, 1, Optional.empty())) {
      target.publish("", 1, List.of(store(chain.slice(0, 0), chain.slice(0, 1))));
      var name = new PutName("replay", "other");
      assertThat(client.put(name, BlockPart.whole(chain, 1), new byte[512]).join())
          .isEqualTo(PutOutcome.OK);
      assertThat(client.commit(name).join()).isEqualTo(new Committed(1, 0, 0));

      assertThat(target.match(chain)).isEqualTo(2);
      assertThat(target.traffic().orElseThrow().read()).isEqualTo(2);
      assertThat(target.traffic().orElseThrow().wrong()).isEqualTo(1);
      target.publish("", 2, List.of(store(chain.slice(0, 1), chain.slice(1, 2))));
      assertThat(target.traffic().orElseThrow().had()).isEqualTo(1);
    }
  }

  private static Change store(BlockChain parent, BlockChain hashes) {
    return new Change.Store(Tier.HOST, parent, hashes);
  }

  private ReplayReport stored(String policy, int host, int disk) throws Exception {
    var settings = new HashMap<String, String>();
    settings.put("net.resp-port", "0");
    settings.put("net.http-port", "0");
    settings.put("store.policy", policy);
    settings.put("store.scrub-rate", "0");
    settings.put("store.host-limit", host + "MiB");
    if (disk > 0) {
      settings.put("store.disk-directory", directory.resolve("disk").toString());
      settings.put("store.disk-limit", disk + "MiB");
    }
    var time = new TraceClock(Clock.system());
    try (var server = IncipitServer.start(ServerConfig.of(settings), time);
        var trace = new Leading(trace());
        var target = target(server, trace, time)) {
      var options = new ReplayOptions(1, OptionalInt.empty(), Tails.FULL, Speed.MAX);
      return new Replay(options, Clock.system(), ReplayProgress.NONE).run(trace, target);
    }
  }

  private static ReplayTarget target(IncipitServer server, TraceReader trace, TraceClock time)
      throws IOException {
    var config =
        ClientConfig.of(server.bind(), server.respPort()).withOtherDeadline(Duration.ofMinutes(1));
    var namespace = Namespace.of("replay", trace.blockTokens(), ReplayTarget.HASH_BYTES);
    return StoreTarget.create(
        new IncipitClient(config), namespace, BYTES_PER_TOKEN, Optional.of(time));
  }

  /// The hit rate in memory and on disk.
  private static double simulated(String policy, int host, int disk) throws Exception {
    var model = new KvModel("bytes", 1, 1, 1, BYTES_PER_TOKEN, KvModel.Window.NONE);
    var capacity = new Capacity.Bytes("host", (double) host * (1 << 20), model);
    var disks =
        disk == 0
            ? List.<SimSpec.Disk>of()
            : List.of(
                new SimSpec.Disk(
                    new Capacity.Bytes("disk", (double) disk * (1 << 20), model), model));
    var spec =
        new SimSpec(
            List.of(policy),
            List.of(capacity),
            Admission.FULL,
            SEED,
            CurveSampling.NONE,
            HintSpec.BLOCKS,
            disks);
    var source = new TraceSource("trace", () -> new Leading(trace()));
    var report = new Simulation(spec, 1, (_, _) -> {}).run(List.of(source));
    if (disk == 0) {
      return report.rows().getFirst().blockHitRate();
    }
    return report.tiers().getFirst().blockHitRate();
  }

  private static TraceReader trace() throws IOException {
    return TRACE.isPresent()
        ? new MooncakeFormat().open(new TraceFile(Disk.system(), TRACE.get(), false))
        : new ConversationTrace(REQUESTS, 1);
  }

  /// The first requests of a trace.
  private static final class Leading implements TraceReader {
    private final TraceReader all;
    private int left = REQUESTS;

    Leading(TraceReader all) {
      this.all = all;
    }

    @Override
    public Optional<TraceRequest> next() throws IOException {
      left--;
      return left < 0 ? Optional.empty() : all.next();
    }

    @Override
    public int blockTokens() {
      return all.blockTokens();
    }

    @Override
    public double progress() {
      return all.progress();
    }

    @Override
    public long skipped() {
      return all.skipped();
    }

    @Override
    public void close() throws IOException {
      all.close();
    }
  }
}
