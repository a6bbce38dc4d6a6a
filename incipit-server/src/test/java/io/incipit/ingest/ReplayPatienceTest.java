// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReplayPatienceTest {
  private final ReplayPatience patience = new ReplayPatience(5_000);
  private long now = 77;

  /// Waits until it is over, looking every 20 ms.
  private long wait(ReplayPatience of) {
    long from = now;
    of.asked(now);
    while (!of.isOver(now)) {
      now += 20;
    }
    return now - from;
  }

  @Test
  void isOver_inVainAgainAndAgain_takesTwiceAsLongUpToALimit() {
    long[] expected = {5_020, 10_020, 20_020, 40_020, 80_020, 80_020};
    for (long millis : expected) {
      assertThat(wait(patience)).isEqualTo(millis);
    }
  }

  @Test
  void heard_startsAfresh() {
    wait(patience);
    patience.asked(now);
    now += 900;
    patience.heard(now);

    assertThat(patience.limitMillis()).isEqualTo(5_000);
    assertThat(wait(patience)).isEqualTo(5_020);
  }

  @Test
  void isOver_processStoodStill_countsASecondOfIt() {
    patience.asked(now);
    now += 3_600_000;

    assertThat(patience.isOver(now)).isFalse();
    now += 1_000;
    assertThat(patience.isOver(now)).isFalse();
  }
}
