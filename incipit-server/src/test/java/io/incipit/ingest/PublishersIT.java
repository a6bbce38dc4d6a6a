// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Holders;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.ingest.chain.OwnChain;
import io.incipit.ingest.chain.PromptNames;
import io.incipit.service.Service;
import io.incipit.service.ServiceConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Publishers in Python, with the event classes of real engines and faults of every kind: whenever
/// they are quiet, the index holds exactly what they hold.
class PublishersIT {
  private static final Path CLIENT =
      Path.of(System.getProperty("incipit.root", ""), "target", "clients", "engine");
  private static final long SEED = 23;
  private static final int BLOCK_TOKENS = 4;
  private static final int ROUNDS = 5;
  private static final int STEPS = 7_000;
  private static final double FAULT_PERCENT = 5;
  private static final long PATIENCE_MILLIS = 500;

  private final Service service =
      new Service(
          new ServiceConfig(1, 1_000, 64 << 20, 100, 1L << 30, 64 << 20), RandomSource.system());
  private final Engines engines = new Engines(service, Clock.system(), () -> SEED, PATIENCE_MILLIS);

  @BeforeEach
  void start() {
    engines.start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    engines.stop();
    service.stop();
  }

  /// What a publisher holds, by our names, and how much it has done.
  private record Truth(Map<String, Integer> tiers, long events, long faults, long next) {}

  @ParameterizedTest
  @ValueSource(strings = {"vllm-arrays", "vllm-maps", "maps-in-map", "sglang", "mooncake", "files"})
  void publisher_whenQuiet_isHeldExactly(String shape) throws Exception {
    assumeTrue(
        Files.exists(CLIENT.resolve("made-for")),
        "the publisher is not there (checks/setup prepares it)");
    var process =
        new ProcessBuilder(
                CLIENT.resolve("venv/bin/python").toString(),
                CLIENT.resolve("publisher.py").toString(),
                shape,
                "7",
                Integer.toString(STEPS),
                Double.toString(FAULT_PERCENT))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var in = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        var out = process.getOutputStream()) {
      var ports = in.readLine().split(" ", -1);
      engines.register(
          new SourceConfig(
              shape,
              0,
              "tcp://127.0.0.1:" + ports[1],
              false,
              Optional.of("tcp://127.0.0.1:" + ports[2]),
              "models",
              "m",
              BLOCK_TOKENS,
              true));
      for (int i = 0; i < ROUNDS; i++) {
        var truth = round(in, out);
        assertHeld(shape, truth);
      }
      engines.unregister("models", shape, OptionalInt.empty());
    } finally {
      process.destroyForcibly();
    }
  }

  private static Truth round(BufferedReader in, OutputStream out) throws IOException {
    out.write('\n');
    out.flush();
    var tiers = new TreeMap<String, Integer>();
    for (var line = in.readLine(); ; line = in.readLine()) {
      var words = line.split(" ", -1);
      if (words[0].equals("quiet")) {
        return new Truth(
            tiers, Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
      }
      int tier = (words[1].equals("GPU") ? Tier.GPU : Tier.HOST).mask();
      tiers.merge(name(words), tier, (one, other) -> one | other);
    }
  }

  /// Our name of a block: of its path's tokens, or of the engine's name if it has none.
  private static String name(String[] words) {
    var chain = new OwnChain(SEED, "m");
    if (words[3].isEmpty()) {
      chain.named(Long.parseUnsignedLong(words[2], 16));
    } else {
      var tokens = Stream.of(words).skip(3).mapToInt(Integer::parseInt).toArray();
      PromptNames.of(chain, tokens, BLOCK_TOKENS, "", "");
    }
    return "%016x%016x".formatted(chain.high(), chain.low());
  }

  private void assertHeld(String shape, Truth truth) throws InterruptedException {
    for (int i = 0; i < 3_000 && !isHeld(truth); i++) {
      Thread.sleep(20);
    }
    var status = engines.status().getFirst();
    assertThat(status.next()).as(status.toString()).isEqualTo(truth.next());
    assertThat(status.state()).as(status.toString()).isEqualTo("whole");
    assertThat(status.held()).as(status.toString()).isEqualTo(truth.tiers().size());
    assertThat(tiersHeld(truth.tiers().keySet().stream().toList()))
        .as("%s after %d events, %d faults", shape, truth.events(), truth.faults())
        .isEqualTo(truth.tiers());
  }

  private boolean isHeld(Truth truth) {
    var status = engines.status().getFirst();
    return status.next() == truth.next()
        && status.state().equals("whole")
        && status.held() == truth.tiers().size()
        && tiersHeld(List.copyOf(truth.tiers().keySet())).equals(truth.tiers());
  }

  /// In which tiers the index says that blocks are held.
  private Map<String, Integer> tiersHeld(List<String> names) {
    var tiers = new TreeMap<String, Integer>();
    var bytes = HexFormat.of().parseHex(String.join("", names));
    var chain = BlockChain.wrap(bytes, 0, names.size(), OwnChain.HASH_BYTES);
    if (service.answer(new Op.Locate("models", chain)) instanceof Reply.Located(var located)) {
      for (int i = 0; i < names.size(); i++) {
        tiers.put(names.get(i), tiers(located.get(i)));
      }
    }
    return tiers;
  }

  private static int tiers(Holders holders) {
    int mask = 0;
    for (int i = 0; i < holders.count(); i++) {
      mask |= holders.tier(i).mask();
    }
    return mask;
  }
}
