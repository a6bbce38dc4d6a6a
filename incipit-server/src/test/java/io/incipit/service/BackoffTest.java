// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final long START_NS = Long.MAX_VALUE - 5;

  private final Backoff backoff = new Backoff();
  private long nowNs = START_NS;

  private long failNs(String owner) {
    backoff.failed(owner, nowNs);
    return backoff.leftNs(owner, nowNs);
  }

  @Test
  void left_ofWhoeverNeverFailed_isNothing() {
    assertThat(failNs("a")).isEqualTo(Backoff.FIRST_NS);
    assertThat(backoff.leftNs("b", nowNs)).isZero();
  }

  @Test
  void left_asTimePasses_ends() {
    var _ = failNs("a");
    nowNs += Backoff.FIRST_NS - 1;
    assertThat(backoff.leftNs("a", nowNs)).isEqualTo(1);
    nowNs++;
    assertThat(backoff.leftNs("a", nowNs)).isZero();
    nowNs += Backoff.LONGEST_NS;
    assertThat(backoff.leftNs("a", nowNs)).isZero();
  }

  @Test
  void failed_againAndAgain_doublesUpToTheLongest() {
    long expectedNs = Backoff.FIRST_NS;
    for (int i = 0; i < 12; i++) {
      assertThat(failNs("a")).isEqualTo(expectedNs);
      nowNs += expectedNs;
      expectedNs = Math.min(Backoff.LONGEST_NS, 2 * expectedNs);
    }
    assertThat(expectedNs).isEqualTo(Backoff.LONGEST_NS);
  }

  @Test
  void failed_afterALongQuiet_beginsAnew() {
    var _ = failNs("a");
    nowNs += Backoff.FIRST_NS;
    assertThat(failNs("a")).isEqualTo(2 * Backoff.FIRST_NS);
    nowNs += 2 * Backoff.FIRST_NS + Backoff.LONGEST_NS;
    assertThat(failNs("a")).isEqualTo(4 * Backoff.FIRST_NS);
    nowNs += 4 * Backoff.FIRST_NS + Backoff.LONGEST_NS + 1;
    assertThat(failNs("a")).isEqualTo(Backoff.FIRST_NS);
  }

  @Test
  void failed_ofManyOwners_forgetsTheOneThatFailedFirst() {
    for (int i = 0; i < 1_024; i++) {
      assertThat(failNs("o" + i)).isEqualTo(Backoff.FIRST_NS);
    }
    assertThat(failNs("o0")).isEqualTo(2 * Backoff.FIRST_NS);
    assertThat(failNs("one more")).isEqualTo(Backoff.FIRST_NS);
    assertThat(backoff.leftNs("o0", nowNs)).isPositive();
    assertThat(backoff.leftNs("o1", nowNs)).isZero();
    assertThat(backoff.leftNs("o2", nowNs)).isPositive();
  }
}
