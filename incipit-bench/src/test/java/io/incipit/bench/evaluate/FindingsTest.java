// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is said of the paper's findings.
final class FindingsTest {
  /// A system whose range queries and searches take so much.
  private static List<Row> system(String name, double rangeUs, long rangeTrips, double searchUs) {
    return List.of(
        row(name, Row.Phase.COLD, rangeUs, rangeTrips, searchUs),
        row(name, Row.Phase.PRELOADED, rangeUs, 1, searchUs));
  }

  private static Row row(
      String name, Row.Phase phase, double rangeUs, long rangeTrips, double searchUs) {
    var meter = new Meter(true);
    var steps = new Steps();
    steps.add(Step.RANGE, rangeTrips, 1, 100, 1_000 * rangeUs);
    steps.add(Step.SEARCH, 1, 1, 10, 1_000 * searchUs);
    meter.add(0, steps, 1, 1);
    return new Row(name, false, phase, 1, 0, meter, new Meter(true), 1, 0, 0, 0, Row.InFlight.NONE);
  }

  private static List<String> verdicts(double redisUs, double shermanUs, double chimeUs) {
    var rows = new ArrayList<Row>();
    rows.addAll(system("redis-stretches", redisUs, 1, redisUs));
    rows.addAll(system("sherman-clv", shermanUs, 1, shermanUs));
    rows.addAll(system("chime", chimeUs, 1, chimeUs));
    rows.addAll(system("chime-published", chimeUs, 133, chimeUs));
    return new Findings(rows).table().stream().map(List::getLast).toList();
  }

  @Test
  void whatReproduces_isSaidToDoSo() {
    assertThat(verdicts(90, 2, 3))
        .containsExactly(
            "verdict",
            "reproduced",
            "reproduced",
            "reproduced by modelled time (33%), client time (33%)",
            "not reproduced",
            "reproduced: one round trip after the other for each block that is not there");
  }

  @Test
  void whatDoesNot_isSaidNotTo() {
    assertThat(verdicts(1, 40, 30))
        .containsExactly(
            "verdict",
            "not reproduced",
            "not reproduced",
            "not reproduced",
            "reproduced by modelled time (25%), client time (25%)",
            "reproduced: one round trip after the other for each block that is not there");
  }

  @Test
  void withoutTheSystems_nothingIsSaid() {
    assertThat(new Findings(List.of()).table()).isEmpty();
  }
}
