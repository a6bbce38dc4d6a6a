// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import static io.incipit.service.TestService.clearAll;
import static io.incipit.service.TestService.publish;
import static io.incipit.service.TestService.store;
import static io.incipit.service.TestService.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.index.IndexConfig;
import io.incipit.index.PrefixIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a full lane does to the streams of owners.
class BusyOwnersTest {
  private static final int QUEUE = 4;
  private final CountDownLatch open = new CountDownLatch(1);
  private final CountDownLatch entered = new CountDownLatch(1);
  private final TestService test =
      new TestService(
          new ServiceConfig(1, QUEUE, 1 << 20, 8, 256L << 20, 16L << 20), this::latched);

  @AfterEach
  void stop() {
    open.countDown();
    test.close();
  }

  private PrefixIndex latched(IndexConfig config) {
    return TestService.index(
        config,
        (method, arguments, real) -> {
          if (method.getName().equals("store")) {
            entered.countDown();
            open.await();
          }
          return real.apply(arguments);
        });
  }

  /// Fills the lane: publishes 1 to 5 of `a` are on the way.
  private List<CompletableFuture<Reply>> fill() {
    var replies = new ArrayList<CompletableFuture<Reply>>();
    replies.add(test.later(publish("a", 1, store(1))));
    try {
      entered.await();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
    for (int seq = 2; seq <= 1 + QUEUE; seq++) {
      replies.add(test.later(publish("a", seq, store(seq))));
    }
    return replies;
  }

  @Test
  void publish_afterOneThatWasBusy_isBusyUntilThatComes() {
    var taken = fill();
    assertThat(told(test.run(publish("a", 6, store(6))))).isEqualTo("BUSY 6");
    assertThat(told(test.run(publish("a", 7, store(7))))).isEqualTo("BUSY 6");
    open.countDown();
    taken.forEach(CompletableFuture::join);
    assertThat(told(test.run(publish("a", 7, store(7))))).isEqualTo("BUSY 6");
    assertThat(told(test.run(publish("a", 8, store(8))))).isEqualTo("BUSY 6");
    assertThat(test.run(publish("a", 3, store(3)))).isEqualTo(new Reply.Published(5));
    assertThat(test.run(publish("a", 9))).as("asks").isEqualTo(new Reply.Published(5));
    assertThat(test.run(publish("a", 6, store(6)))).isEqualTo(new Reply.Published(6));
    assertThat(test.run(publish("a", 7, store(7)))).isEqualTo(new Reply.Published(7));
    assertThat(test.stat("refused-gap")).isZero();
    assertThat(((Reply.Matched) test.run(TestService.match(7))).flags()).isZero();
  }

  @Test
  void publish_afterBusy_rebaseOrNewLifeIsTaken() {
    var taken = fill();
    assertThat(told(test.run(publish("a", 6, store(6))))).isEqualTo("BUSY 6");
    assertThat(told(test.run(publish("b", 1, store(9))))).isEqualTo("BUSY 1");
    open.countDown();
    taken.forEach(CompletableFuture::join);
    assertThat(test.run(publish("a", 9, clearAll(), store(6)))).isEqualTo(new Reply.Published(9));
    assertThat(test.run(publish("a", 10, store(7)))).isEqualTo(new Reply.Published(10));
    assertThat(told(test.run(publish("b", 2, store(10))))).isEqualTo("BUSY 1");
    var life = new Op.Publish("default", "b", 2, 1, List.of(store(9)));
    assertThat(test.run(life)).isEqualTo(new Reply.Published(1));
    assertThat(told(test.run(publish("b", 2, store(10))))).isEqualTo("FENCED 2");
  }

  @Test
  void whenRoom_manyWaitAndSomeAreGone_allAreCalled() {
    var taken = fill();
    var called = new AtomicInteger();
    for (int i = 0; i < 50; i++) {
      assertThat(test.service.offer(publish("b", 1, store(9)), _ -> {})).isFalse();
      test.service.whenRoom("default", called::incrementAndGet);
    }
    assertThat(called).hasValue(0);
    open.countDown();
    taken.forEach(CompletableFuture::join);
    while (called.get() < 50) {
      Thread.onSpinWait();
    }
    test.service.whenRoom("nobody", called::incrementAndGet);
    assertThat(called).hasValue(51);
    assertThat(test.stat("refused-busy")).isZero();
  }

  @Test
  void whenRoom_atAStop_isCalled() throws InterruptedException {
    fill();
    var called = new CountDownLatch(1);
    test.service.whenRoom("default", called::countDown);
    open.countDown();
    test.service.stop();
    called.await();
    assertThat(told(test.run(publish("a", 6, store(6))))).isEqualTo("BUSY 6");
  }
}
