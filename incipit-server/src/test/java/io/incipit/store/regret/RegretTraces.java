// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.regret;

import io.incipit.env.Disk;
import io.incipit.policy.PoolConfig;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceReader;
import io.incipit.trace.generate.ConversationTrace;
import io.incipit.trace.mooncake.MooncakeFormat;
import io.incipit.trace.session.AgentSessionsFormat;
import io.incipit.trace.simulate.Admission;
import io.incipit.trace.simulate.Capacity;
import io.incipit.trace.simulate.CurveSampling;
import io.incipit.trace.simulate.SimSpec;
import io.incipit.trace.simulate.Simulation;
import io.incipit.trace.simulate.TraceSource;
import io.incipit.trace.simulate.policy.Foresight;
import io.incipit.trace.simulate.policy.PolicyName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Requests of traces, what the simulator finds of them, and windows that saw them.
final class RegretTraces {
  static final long SECOND_NS = 1_000_000_000L;

  private static final Path TRACES =
      Path.of(System.getProperty("incipit.root", ".."), "../shared/traces").normalize();
  private static final int REQUESTS = 3_000;

  private RegretTraces() {}

  /// A request of a store that runs `hzd`.
  ///
  /// @param length leading blocks that may be cached
  /// @param real of these, leading ones that the store had
  record Asked(long timeNs, List<Long> ids, int length, int real) {
    Sample sample(long atNs, int from) {
      var path = ids.stream().limit(length).mapToLong(Long::longValue).toArray();
      long found = Math.max(0, real - from);
      return new Sample(atNs, path, from, real, ids.size() - (long) from, found);
    }
  }

  /// A file of the shared traces, or a synthetic trace where it is not.
  static TraceReader open(String file) throws IOException {
    var path = TRACES.resolve(file);
    if (!Files.exists(path)) {
      return synthetic();
    }
    var format = file.contains("claude") ? new AgentSessionsFormat() : new MooncakeFormat();
    return format.open(new TraceFile(Disk.system(), path, false));
  }

  static TraceReader synthetic() {
    return new ConversationTrace(REQUESTS, 1);
  }

  static List<Asked> requests(TraceReader from, int capacity) throws IOException {
    var all = new ArrayList<Asked>();
    try (var trace = from) {
      var config = PoolConfig.of(capacity, trace.blockTokens());
      var pool = PolicyName.HZD.pool(config, Foresight.NONE);
      for (var next = trace.next(); next.isPresent(); next = trace.next()) {
        var request = next.get();
        var ids = new long[request.ids().length()];
        request.ids().copyTo(ids);
        int length = request.fullBlocks();
        int real = pool.offer(request.timeNs(), ids, length, request.inputTokens());
        var boxed = new ArrayList<Long>();
        for (long id : ids) {
          boxed.add(id);
        }
        all.add(new Asked(request.timeNs(), boxed, length, real));
      }
    }
    return all;
  }

  /// What the simulator says: block hit rates of `leaf-lru` and of `belady`.
  static double[] simulated(TraceSource.Opening trace, int capacity)
      throws IOException, InterruptedException {
    var spec =
        new SimSpec(
            List.of("leaf-lru", "belady"),
            List.of(new Capacity.Blocks("blocks", capacity)),
            Admission.FULL,
            1,
            CurveSampling.NONE);
    return new Simulation(spec, 1, (_, _) -> {})
        .run(List.of(new TraceSource("trace", trace))).rows().stream()
            .mapToDouble(row -> row.blockHitRate())
            .toArray();
  }

  /// A window that saw requests, all at the same time.
  static RegretWindow window(
      List<Asked> requests,
      int capacity,
      RegretWindow.Bounds bounds,
      long seed,
      RegretFault fault) {
    var window = new RegretWindow(bounds, seed, fault);
    window.capacity(capacity);
    requests.forEach(request -> window.add(request.sample(0, 0)));
    return window;
  }
}
