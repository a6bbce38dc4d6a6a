// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.bench.report.Samples;
import io.incipit.bench.report.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransfersTest {
  private static final Plan.Size SIZE = new Plan.Size("1k", 1 << 10);
  private static final long MILLI_NS = 1_000_000;

  private final List<String> log = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  private final Samples samples = new Samples();

  private Server server(String system, long callMillis) {
    var held = new HeldValues(callMillis * MILLI_NS).logging(system, log);
    return HeldValues.server(system, held, SIZE.bytes());
  }

  private void run(List<Server> servers) throws IOException {
    var plan = new Plan(List.of(SIZE), 3, 2L << 10, 4L << 10, 50L << 10, 0);
    new Transfers(plan, samples, said::add).run(SIZE, servers);
  }

  @Test
  void run_allServers_compareInTheSameCells() throws IOException {
    var servers =
        List.of(
            server(Samples.OURS, 2),
            server(Samples.OURS + Transfers.CHECKED, 5),
            server(Transfers.FLOOR, 1),
            server(Transfers.FLOOR + Transfers.CHECKED, 2),
            server("redis", 6),
            server("valkey-1", 4),
            server("valkey-2", 3));
    run(servers);

    var ratios = samples.ratios();
    assertThat(ratios)
        .containsEntry("get.1k.redis.cpu", new Spread(3, 3, 3))
        .containsEntry("get.1k.valkey.cpu", new Spread(1.5, 1.5, 1.5))
        .containsEntry("get.1k.valkey-1.cpu", new Spread(2, 2, 2))
        .containsEntry("get-checked.1k.redis.cpu", new Spread(1.2, 1.2, 1.2))
        .containsEntry("get.1k.floor.cpu", new Spread(0.5, 0.5, 0.5))
        .containsEntry("get-checked.1k.floor.cpu", new Spread(0.4, 0.4, 0.4))
        .containsEntry("set.1k.valkey.cpu", new Spread(1.5, 1.5, 1.5));
    double check = 3.0 * (1 << 20);
    assertThat(ratios).containsEntry("check.1k.cpu", new Spread(check, check, check));
    assertThat(servers).allMatch(server -> server.wrong() == 0);
  }

  @Test
  void run_everyRound_givesEachServerATurnOfBothKinds() throws IOException {
    run(List.of(server(Samples.OURS, 1), server("redis", 1)));

    // Two values a sample: the last rounds are 3 turns of 2 servers of 2 kinds of 2 calls.
    var rounds = log.subList(log.size() - 24, log.size());
    assertThat(HeldValues.counts(rounds.subList(0, 8)))
        .containsEntry("incipit GET", 2)
        .containsEntry("incipit SET", 2)
        .containsEntry("redis GET", 2)
        .containsEntry("redis SET", 2);
    assertThat(List.of(rounds.getFirst(), rounds.get(8), rounds.get(16)))
        .as("who begins changes")
        .containsExactly("incipit GET", "redis GET", "incipit GET");
    assertThat(HeldValues.counts(log))
        .as("ours is warmed up, others are touched")
        .containsEntry("incipit GET", 50 + 6)
        .containsEntry("redis GET", 4 + 6);
  }

  @Test
  void run_oursAlone_isMeasuredAlone() throws IOException {
    run(List.of(server(Samples.OURS, 1)));

    assertThat(samples.all().keySet()).containsExactly("get.1k.*.cpu", "set.1k.*.cpu");
    assertThat(said).anyMatch(line -> line.startsWith("1k: filling with 4 values"));
  }
}
