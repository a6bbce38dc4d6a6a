// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunsTestTest {
  private static final int POINTS_MAX = 12;

  @Test
  void passesExact_everyMixOfSigns_agreesWithCountingAllOrders() {
    for (int points = 2; points <= POINTS_MAX; points++) {
      for (int above = 1; above < points; above++) {
        var orders = orders(points, above);
        var test = new RunsTest(above, points - above);
        for (int runs = 2; runs < orders.length; runs++) {
          if (orders[runs] > 0) {
            assertThat(test.passesExact(runs))
                .as("%d runs of %d and %d", runs, above, points - above)
                .isEqualTo(passes(orders, runs));
          }
        }
      }
    }
  }

  @Test
  void canRefuseExact_everyMixOfSigns_isWhetherSomeOrderIsRefused() {
    for (int points = 2; points <= POINTS_MAX; points++) {
      for (int above = 1; above < points; above++) {
        var orders = orders(points, above);
        boolean refused = false;
        for (int runs = 2; runs < orders.length; runs++) {
          refused |= orders[runs] > 0 && !passes(orders, runs);
        }
        assertThat(new RunsTest(above, points - above).canRefuseExact())
            .as("%d and %d", above, points - above)
            .isEqualTo(refused);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 3, true, true", "4, 4, false, true", "5, 5, false, false"})
  void passes_risingSequence_failsFromEightPointsOnOrTenExactly(
      int above, int below, boolean normal, boolean exact) {
    var test = new RunsTest(above, below);

    assertThat(test.passesNormal(2)).isEqualTo(normal);
    assertThat(test.passesExact(2)).isEqualTo(exact);
  }

  @Test
  void power_againstStickyNeighbours_agreesWithWeighingAllOrders() {
    var orders = orders(10, 5);
    double refused = 0;
    double all = 0;
    for (int runs = 2; runs < orders.length; runs++) {
      double weight = orders[runs] * Math.pow(3, -runs);
      refused += passes(orders, runs) ? 0 : weight;
      all += weight;
    }

    assertThat(new RunsTest(5, 5).power()).isCloseTo(refused / all, within(1e-12));
    assertThat(new RunsTest(3, 3).power()).isZero();
    assertThat(new RunsTest(100, 100).power()).isGreaterThan(0.999);
  }

  @Test
  void signs_ofASequence_dropTheMedian() {
    assertThat(RunsTest.Signs.of(new double[] {5, 1, 2, 9, 3}))
        .isEqualTo(new RunsTest.Signs(2, 2, 3));
    assertThat(RunsTest.Signs.of(new double[] {4, 4, 4}).isTestable()).isFalse();
  }

  /// How many orders of the signs have so many runs.
  private static long[] orders(int points, int above) {
    var orders = new long[points + 1];
    for (int signs = 0; signs < 1 << points; signs++) {
      if (Integer.bitCount(signs) == above) {
        int changes = (signs ^ (signs >> 1)) & ((1 << (points - 1)) - 1);
        orders[1 + Integer.bitCount(changes)]++;
      }
    }
    return orders;
  }

  private static boolean passes(long[] orders, int runs) {
    double lower = 0;
    double upper = 0;
    double all = 0;
    for (int i = 0; i < orders.length; i++) {
      lower += i <= runs ? orders[i] : 0;
      upper += i >= runs ? orders[i] : 0;
      all += orders[i];
    }
    return 2 * Math.min(lower, upper) / all > RunsTest.LEVEL;
  }
}
