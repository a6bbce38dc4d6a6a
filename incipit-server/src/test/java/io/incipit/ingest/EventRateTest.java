// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventRateTest {
  @Test
  void lastMinute_ofASteadyStream_forgetsWhatIsOlder() {
    var rate = new EventRate();
    assertThat(rate.lastMinute()).isZero();
    long total = 7;
    for (int second = 0; second < 500; second++) {
      rate.note(1_000L * second - 5_000, total);
      rate.note(1_000L * second - 4_500, total + 1);
      assertThat(rate.lastMinute()).isEqualTo(10L * Math.min(second, 60));
      total += 10;
    }
    for (int second = 500; second < 570; second++) {
      rate.note(1_000L * second - 5_000, total);
    }
    assertThat(rate.lastMinute()).isZero();
  }
}
