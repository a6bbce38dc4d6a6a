// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Whether two series of times that differ are told apart, and two that do not are not.
class WelchTestTest {
  private static final double TOLD = 4.5;

  private final SplittableRandom random = new SplittableRandom(1);

  /// Times about a mean, of which some are far slower.
  private long[] times(double meanNs) {
    var times = new long[20_000];
    for (int i = 0; i < times.length; i++) {
      boolean slow = random.nextInt(50) == 0;
      times[i] = (long) (meanNs + 5_000 * random.nextGaussian() + (slow ? 1_000_000 : 0));
    }
    return times;
  }

  @Test
  void t_ofTheSameMean_isSmall() {
    assertThat(Math.abs(WelchTest.t(times(40_000), times(40_000)))).isLessThan(TOLD);
  }

  @Test
  void t_ofMeansAFewNanosecondsApart_isLarge() {
    assertThat(WelchTest.t(times(40_500), times(40_000))).isGreaterThan(TOLD);
    assertThat(WelchTest.t(times(40_000), times(40_500))).isLessThan(-TOLD);
  }
}
