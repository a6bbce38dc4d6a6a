// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Counts of runs against those of a map.
class HotRunsTest {
  private static final long HALF_LIFE_NS = HotRuns.HALF_LIFE_NS;

  private final HotRuns runs = new HotRuns(0);

  @Test
  void heat_halvesWithTime() {
    for (int i = 0; i < 8; i++) {
      runs.used(0, 1, 0, 4);
    }
    runs.used(2 * HALF_LIFE_NS, 2, 5, 7);
    runs.used(2 * HALF_LIFE_NS, 2, 5, 9);
    runs.used(2 * HALF_LIFE_NS, 2, 5, 8);
    var all = runs.all(2 * HALF_LIFE_NS);
    assertThat(all).extracting(HotRuns.Run::id).containsExactly(2L, 1L);
    assertThat(all.getFirst()).isEqualTo(new HotRuns.Run(2, 3, 3, 0, 5, 8, 2 * HALF_LIFE_NS));
    assertThat(all.getLast().heat()).isCloseTo(2, within(1e-9));
    assertThat(all.getLast().hits()).isEqualTo(8);
  }

  @Test
  void heat_isKeptWhenWeightsAreBroughtBack() {
    for (int i = 0; i < 1_000; i++) {
      runs.used(i * HALF_LIFE_NS, 1, 0, 1);
    }
    assertThat(runs.all(999 * HALF_LIFE_NS).getFirst().heat()).isCloseTo(2, within(1e-6));
    assertThat(runs.all(1_000 * HALF_LIFE_NS).getFirst().heat()).isCloseTo(1, within(1e-6));
  }

  @Test
  void counts_areBounded_andNeverTooLowNorMoreThanTheirErrorTooHigh() {
    var random = new Random(7);
    Map<Long, Integer> truth = new HashMap<>();
    int reads = 200_000;
    for (int i = 0; i < reads; i++) {
      // A few that are hot, and far more than there is room for that are not.
      long id = random.nextInt(3) > 0 ? random.nextInt(20) : 100 + random.nextInt(50_000);
      truth.merge(id, 1, Integer::sum);
      runs.used(0, id, 0, 1);
    }
    var all = runs.all(0);
    assertThat(all).hasSize(HotRuns.RUNS_MAX);
    for (var run : all) {
      int real = Objects.requireNonNull(truth.get(run.id()));
      assertThat(run.heat()).isGreaterThanOrEqualTo(real);
      assertThat(run.heat() - run.error()).isLessThanOrEqualTo(real);
      assertThat(run.hits()).isLessThanOrEqualTo(real);
      assertThat(run.error()).isLessThanOrEqualTo((double) reads / HotRuns.RUNS_MAX);
    }
    assertThat(all.subList(0, 20)).allMatch(run -> run.id() < 20);
    runs.clear();
    assertThat(runs.all(0)).isEmpty();
  }
}
