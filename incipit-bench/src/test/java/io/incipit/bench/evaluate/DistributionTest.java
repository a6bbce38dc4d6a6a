// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Means and percentiles.
final class DistributionTest {
  @Test
  void quantiles_areValuesThatWereAdded() {
    var all = new Distribution();
    for (int i = 2_000; i >= 1; i--) {
      all.add(i);
    }

    assertThat(all.summary())
        .containsEntry("mean", 1000.5)
        .containsEntry("p50", 1000.0)
        .containsEntry("p90", 1800.0)
        .containsEntry("p99", 1980.0)
        .containsEntry("max", 2000.0);
    all.add(5_000);
    assertThat(all.quantile(1)).isEqualTo(5_000);
  }

  @Test
  void nothing_isZero() {
    assertThat(new Distribution().summary()).containsEntry("p99", 0.0).containsEntry("mean", 0.0);
  }
}
