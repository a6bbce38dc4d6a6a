// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.bench.report.Samples;
import io.incipit.bench.target.CpuTime;
import io.incipit.bench.target.ServerProcess;
import io.incipit.env.Clock;
import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Measures our server, a process of its own, while it follows an engine that says as much as it
/// can, over the loopback interface.
final class FollowRun {
  private static final double NANOS_PER_MICRO = 1e3;
  private static final double MICROS_PER_MILLI = 1e3;

  private final Samples samples;

  FollowRun(Samples samples) {
    this.samples = samples;
  }

  /// Publishes all messages, round by round, first for a while that only warms up.
  void run(String name, EngineMessages messages, int rounds, long warmUpNs)
      throws IOException, InterruptedException {
    try (var publisher = new Publisher(1);
        var server =
            ServerProcess.incipit(
                "--engine",
                publisher.endpoint(0) + ",model=m,block=" + EngineMessages.BLOCK_TOKENS);
        var client = new HttpCaller(server.httpPort())) {
      while (next(client) < 1) {
        publisher.send(0, EngineMessages.nothing());
        Clock.system().sleepNs(20_000_000L);
      }
      var clock = Clock.system();
      long beginNs = clock.nanoTime();
      int round = 0;
      while (round < rounds) {
        boolean warm = clock.nanoTime() - beginNs > warmUpNs;
        long serverNs = server.cpuNs();
        long cpuNs = CpuTime.processNs();
        long startNs = clock.nanoTime();
        for (var payload : messages.payloads()) {
          publisher.send(0, payload);
        }
        while (next(client) < publisher.next(0)) {
          Clock.system().sleepNs(5_000_000L);
        }
        double passed = clock.nanoTime() - startNs;
        cpuNs = CpuTime.processNs() - cpuNs;
        serverNs = server.cpuNs() - serverNs;
        var source = source(client);
        if (source.path("held").asLong() != 0 || source.path("counts").path("gaps").asLong() != 0) {
          throw new IOException("held or lost something: " + source);
        }
        if (warm) {
          round++;
          double pairs = messages.pairs();
          samples.add(
              "follow." + name + ".kpairs",
              Samples.OURS,
              pairs / (passed / NANOS_PER_MICRO / MICROS_PER_MILLI));
          samples.add(
              "follow." + name + ".server.us", Samples.OURS, serverNs / NANOS_PER_MICRO / pairs);
          samples.add(
              "follow." + name + ".publisher.us", Samples.OURS, cpuNs / NANOS_PER_MICRO / pairs);
        }
      }
    }
  }

  private static long next(HttpCaller client) throws IOException {
    return source(client).path("next").asLong();
  }

  private static JsonNode source(HttpCaller client) throws IOException {
    return JsonMapper.shared()
        .readTree(client.call("GET", "/workers", ""))
        .path(0)
        .path("listeners")
        .path("0");
  }
}
