// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.env.ManualClock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitsOfConnectionsTest {
  private static ConnectionConfig config(int max, int perAddress) {
    return new ConnectionConfig(
        max,
        perAddress,
        10,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        64 << 10,
        8,
        32 << 20);
  }

  @Test
  void enter_atTheLimits_isRefusedBeyondThem() throws UnknownHostException {
    var a = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    var b = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
    var limiter = new ConnectionLimiter(3, 2, _ -> new byte[0], _ -> {});

    assertThat(limiter.enter(a)).isEqualTo(ConnectionLimiter.Verdict.ADMITTED);
    assertThat(limiter.enter(a)).isEqualTo(ConnectionLimiter.Verdict.ADMITTED);
    assertThat(limiter.enter(a)).isEqualTo(ConnectionLimiter.Verdict.TOO_MANY_FROM_ADDRESS);
    assertThat(limiter.enter(b)).isEqualTo(ConnectionLimiter.Verdict.ADMITTED);
    assertThat(limiter.enter(b)).isEqualTo(ConnectionLimiter.Verdict.TOO_MANY);
    limiter.leave(a);
    assertThat(limiter.count()).isEqualTo(2);
    assertThat(limiter.enter(b)).isEqualTo(ConnectionLimiter.Verdict.ADMITTED);
  }

  @Test
  void missed_aClientThatTakesNothing_isStalled() {
    var deadlines = new Deadlines(config(1, 1), new ManualClock(), () -> true);
    deadlines.complete();
    assertThat(missed(deadlines, 1, 50_000, 50_000)).isEmpty();
    assertThat(missed(deadlines, 10, 50_000, 50_000)).isEmpty();
    assertThat(missed(deadlines, 11, 50_000, 50_000)).isEqualTo("write-timeout");
  }

  @Test
  void missed_aClientThatTakesATrickle_isStalled() {
    var deadlines = new Deadlines(config(1, 1), new ManualClock(), () -> true);
    deadlines.complete();
    assertThat(missed(deadlines, 1, 50_000, 50_000)).isEmpty();
    assertThat(missed(deadlines, 11, 40_000, 50_000)).isEqualTo("write-timeout");
  }

  @Test
  void missed_aClientThatKeepsUp_isNot() {
    var deadlines = new Deadlines(config(1, 1), new ManualClock(), () -> true);
    deadlines.complete();
    for (int second = 1; second < 100; second++) {
      assertThat(missed(deadlines, second, 50_000, 50_000L + second * 2_000L)).isEmpty();
    }
    assertThat(missed(deadlines, 100, 0, 250_000)).isEmpty();
    assertThat(missed(deadlines, 101, 50_000, 300_000)).isEmpty();
  }

  @Test
  void missed_aClientThatStillSends_isNotStalled() {
    var deadlines = new Deadlines(config(1, 1), new ManualClock(), () -> true);
    deadlines.complete();
    var nothingTaken = new Deadlines.Outbound(50_000, 0);
    for (int second = 1; second < 100; second++) {
      long nowNs = Duration.ofSeconds(second).toNanos();
      assertThat(deadlines.missed(nowNs, nothingTaken, 50_000, second * 2_000L)).isEmpty();
    }
    assertThat(deadlines.missed(Duration.ofSeconds(101).toNanos(), nothingTaken, 50_000, 198_000))
        .isEmpty();
    assertThat(deadlines.missed(Duration.ofSeconds(111).toNanos(), nothingTaken, 50_000, 198_000))
        .isEqualTo("write-timeout");
  }

  @Test
  void missed_whileTheServerDoesNotRead_noRequestIsLate() {
    var clock = new ManualClock();
    var deadlines = new Deadlines(config(1, 1), clock, () -> true);
    deadlines.complete();
    deadlines.incomplete(true);
    deadlines.reading(false);
    clock.advance(Duration.ofMinutes(5));
    assertThat(missed(deadlines, 300, 0, 0)).isEmpty();
    deadlines.reading(true);
    assertThat(missed(deadlines, 329, 0, 0)).isEmpty();
    assertThat(missed(deadlines, 330, 0, 0)).isEqualTo("frame-timeout");
  }

  @Test
  void missed_aFirstValueThatStillComes_isNotLate() {
    var clock = new ManualClock();
    var deadlines = new Deadlines(config(1, 1), clock, () -> true);
    deadlines.incomplete(true);
    clock.advance(Duration.ofSeconds(4));
    deadlines.progress();
    deadlines.incomplete(false);
    assertThat(missed(deadlines, 8, 0, 0)).isEmpty();
    assertThat(missed(deadlines, 9, 0, 0)).isEqualTo("handshake-timeout");
  }

  @Test
  void budget_ofReplies_isSharedOut_andLeavesSomeForRequests() {
    var budget = new MemoryBudget(1_600);
    long first = takeAll(budget);
    long second = takeAll(budget);
    long third = takeAll(budget);
    assertThat(first).isEqualTo(900);
    assertThat(second).isEqualTo(225);
    assertThat(third).isBetween(1L, 56L);
    assertThat(budget.take(400)).isTrue();
    assertThat(budget.take(100)).isFalse();
    budget.changeForReplies(-first - second - third);
    budget.give(400);
    assertThat(budget.used()).isZero();
    assertThat(budget.takeForReplies(0, 1_600)).isTrue();
    assertThat(budget.takeForReplies(0, 1)).isFalse();
  }

  private static long takeAll(MemoryBudget budget) {
    long held = 0;
    while (budget.takeForReplies(held, 1)) {
      held++;
    }
    return held;
  }

  @Test
  void cuts_areLoggedAFewTimesAMinute_withTheRestCounted() {
    var clock = new ManualClock();
    var lines = new ArrayList<String>();
    var cuts = new CutLog(clock, lines::add);
    for (int i = 0; i < 20; i++) {
      cuts.cut("malformed", "10.0.0.1:" + i);
    }
    cuts.cut("write-timeout", "10.0.0.2:1");
    assertThat(lines)
        .hasSize(CutLog.LINES_A_MINUTE + 1)
        .startsWith("cut-connection reason=malformed address=10.0.0.1:0 unsaid=0")
        .endsWith("cut-connection reason=write-timeout address=10.0.0.2:1 unsaid=0");
    clock.advance(Duration.ofMinutes(1));
    cuts.cut("malformed", "10.0.0.1:20");
    assertThat(lines.getLast())
        .isEqualTo("cut-connection reason=malformed address=10.0.0.1:20 unsaid=15");
  }

  private static String missed(Deadlines deadlines, int second, long waiting, long written) {
    return deadlines.missed(
        Duration.ofSeconds(second).toNanos(), new Deadlines.Outbound(waiting, 0), written, 0);
  }

  @Test
  void bind_beyondThisMachine_isRefusedUnlessAccepted() {
    for (var address : List.of("127.0.0.1", "127.9.9.9", "::1", "localhost")) {
      assertThatCode(() -> BindGuard.require(address, false)).doesNotThrowAnyException();
    }
    for (var address : List.of("0.0.0.0", "::", "10.0.0.1")) {
      assertThatThrownBy(() -> BindGuard.require(address, false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("--i-accept-unauthenticated-network")
          .hasMessageContaining("no authentication");
      assertThatCode(() -> BindGuard.require(address, true)).doesNotThrowAnyException();
    }
    assertThatThrownBy(() -> BindGuard.require("example.org", true))
        .hasMessageStartingWith("net.bind: example.org (expected: ");
  }
}
