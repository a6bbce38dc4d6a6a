// SPDX-License-Identifier: Apache-2.0
package io.incipit.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.ManualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which quotas are whose, and how fast is too fast.
class QuotasTest {
  private static final long SECOND_NS = 1_000_000_000L;

  private static Limits lookups(String pattern, long perSecond) {
    long endless = Limits.ENDLESS;
    return new Limits(pattern, endless, 0, endless, 0, endless, perSecond);
  }

  private final ManualClock clock = new ManualClock();
  private final Quotas quotas =
      Quotas.of(List.of(lookups("team-a-1", 7), lookups("team-a-*", 5)), clock);

  @Test
  void of_theFirstLineThatFits_holds() {
    assertThat(quotas.of("team-a-1").lookups()).isEqualTo(7);
    assertThat(quotas.of("team-a-2").lookups()).isEqualTo(5);
    assertThat(quotas.of("team-b-1")).isEqualTo(Limits.NONE);
  }

  @Test
  void of_afterAChange_isWhatHoldsNow() {
    assertThat(quotas.of("team-a-1").lookups()).isEqualTo(7);
    var told = new int[1];
    quotas.onChange(() -> told[0]++);
    quotas.set(List.of(lookups("*", 3)));
    assertThat(quotas.of("team-a-1").lookups()).isEqualTo(3);
    assertThat(told[0]).isEqualTo(1);
  }

  @Test
  void lookUp_moreThanASecondsWorth_hasToWait() {
    var tenant = quotas.tenant("team-a-2");
    for (int i = 0; i < 5; i++) {
      assertThat(tenant.lookUp(0)).as("look-up %d", i).isZero();
    }
    assertThat(tenant.lookUp(0)).isEqualTo(SECOND_NS / 5);
    assertThat(tenant.lookUp(SECOND_NS / 5 - 1)).isEqualTo(1);
    assertThat(tenant.lookUp(SECOND_NS / 5)).isZero();
    assertThat(tenant.lookUp(SECOND_NS / 5)).isPositive();
    assertThat(tenant.publish(0)).isZero();
  }

  @Test
  void lookUp_overAnHour_isAsOftenAsItMay() {
    var tenant = quotas.tenant("team-a-2");
    int passed = 0;
    for (long ns = 0; ns < 3_600 * SECOND_NS; ns += SECOND_NS / 50) {
      passed += tenant.lookUp(ns) == 0 ? 1 : 0;
    }
    assertThat(passed).isBetween(5 * 3_600, 5 * 3_600 + 5);
  }

  @Test
  void lookUp_whenTheClockHasPassedZero_isTheSame() {
    clock.advance(Duration.ofNanos(Long.MAX_VALUE));
    long start = clock.nanoTime();
    var tenant = quotas.tenant("team-a-3");
    for (int i = 0; i < 5; i++) {
      assertThat(tenant.lookUp(start + i)).isZero();
    }
    assertThat(tenant.lookUp(start + 5)).isPositive();
    assertThat(tenant.lookUp(start + 2 * SECOND_NS)).isZero();
  }

  @Test
  void tenant_ofManyNames_isBounded() {
    for (int i = 0; i < 200_000; i++) {
      var _ = quotas.tenant("team-a-" + i).lookUp(0);
    }
    assertThat(quotas.remembered()).isLessThanOrEqualTo(65_536);
  }

  @Test
  void tenant_whoMakesNamesUp_isNotForgotten() {
    for (int i = 0; i < 5; i++) {
      assertThat(quotas.tenant("team-a-2").lookUp(clock.nanoTime())).isZero();
    }
    for (int i = 0; i < 200_000; i++) {
      var _ = quotas.tenant("team-a-x" + i).lookUp(clock.nanoTime());
      if (i % 50_000 == 0) {
        clock.advance(Duration.ofMillis(100));
      }
    }
    assertThat(quotas.tenant("team-a-2").lookUp(clock.nanoTime())).isZero();
    assertThat(quotas.tenant("team-a-2").lookUp(clock.nanoTime())).isZero();
    assertThat(quotas.tenant("team-a-2").lookUp(clock.nanoTime())).isPositive();
  }

  @Test
  void tenant_ofMoreNamesThanAreRemembered_sharesWithTheOthersOfItsLine() {
    for (int i = 0; i < 65_536; i++) {
      assertThat(quotas.tenant("team-a-x" + i).lookUp(clock.nanoTime())).isZero();
    }
    for (int i = 0; i < 5; i++) {
      assertThat(quotas.tenant("team-a-y" + i).lookUp(clock.nanoTime())).isZero();
    }
    assertThat(quotas.tenant("team-a-z").lookUp(clock.nanoTime())).isPositive();
    assertThat(quotas.tenant("team-a-1").lookUp(clock.nanoTime())).isZero();
    clock.advance(Duration.ofSeconds(2));
    assertThat(quotas.tenant("team-a-z").lookUp(clock.nanoTime())).isZero();
    assertThat(quotas.remembered()).isEqualTo(1);
  }
}
