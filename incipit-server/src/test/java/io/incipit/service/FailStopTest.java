// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import static io.incipit.service.TestService.clearAll;
import static io.incipit.service.TestService.match;
import static io.incipit.service.TestService.publish;
import static io.incipit.service.TestService.store;
import static io.incipit.service.TestService.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Cursor;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.index.IndexConfig;
import io.incipit.index.PrefixIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// An index that fails halfway through a change is given up, and its owners send all again.
class FailStopTest {
  private static final ServiceConfig CONFIG =
      new ServiceConfig(1, 1_000, 1 << 20, 8, 256L << 20, 16L << 20);
  private static final long POISON = 666;

  private final AtomicBoolean sweepFails = new AtomicBoolean();
  private final AtomicInteger makingFails = new AtomicInteger();
  private final AtomicInteger made = new AtomicInteger();
  private final TestService test = new TestService(CONFIG, this::poisonable);

  @AfterEach
  void stop() {
    test.close();
  }

  /// An index that throws when it has stored the poison, and is broken from then on.
  private PrefixIndex poisonable(IndexConfig config) {
    if (makingFails.get() > 0 && makingFails.getAndDecrement() > 0) {
      throw new IllegalStateException("planted: no index");
    }
    made.incrementAndGet();
    var broken = new AtomicBoolean();
    return TestService.index(
        config,
        (method, arguments, real) -> {
          boolean changes = List.of("store", "remove", "clear", "sweep").contains(method.getName());
          if (changes && broken.get()) {
            throw new IllegalStateException("planted: the last change never ended");
          }
          var result = real.apply(arguments);
          boolean poison =
              method.getName().equals("store") && ((BlockChain) arguments[3]).low(0) == POISON;
          if (poison || (method.getName().equals("sweep") && sweepFails.getAndSet(false))) {
            broken.set(true);
            throw new IllegalStateException("planted");
          }
          return result;
        });
  }

  @Test
  void publish_thatFails_emptiesTheNamespaceAndItsOwnerWaits() {
    test.run(publish("good", 1, store(1, 2, 3)));
    assertThat(told(test.run(publish("bad", 1, store(POISON))))).startsWith("INTERNAL");

    assertThat(test.matched(1, 2, 3)).isZero();
    assertThat(test.matched(POISON)).isZero();
    assertThat(told(test.run(publish("bad", 2, store(5))))).isEqualTo("BUSY 1");
    assertThat(told(test.run(publish("bad", 3, clearAll(), store(5))))).isEqualTo("BUSY 1");
    assertThat(told(test.run(publish("good", 2, store(4))))).isEqualTo("GAP 1");
    assertThat(test.run(publish("good", 2, clearAll(), store(1, 2), new Change.Synced())))
        .isEqualTo(new Reply.Published(2));
    assertThat(test.matched(1, 2, 3)).isEqualTo(2);
    assertThat(test.stat("default", "index-restarts")).isEqualTo(1);
    assertThat(test.stat("failures")).isEqualTo(1);
    assertThat(test.stat("blocks")).isEqualTo(2);

    test.clock.advance(Backoff.FIRST_NS);
    assertThat(told(test.run(publish("bad", 4, store(5))))).isEqualTo("GAP 1");
    assertThat(test.run(publish("bad", 4, clearAll(), store(5))))
        .isInstanceOf(Reply.Published.class);
  }

  @Test
  void publish_ofOnePoisonOwnerAmongHundred_emptiesAtMostOnceABackoff() {
    int owners = 100;
    var seqs = new HashMap<String, Long>();
    long simulatedNs = 120 * Backoff.FIRST_NS;
    long stepNs = Backoff.FIRST_NS / 4;
    int busy = 0;
    for (long now = 0; now < simulatedNs; now += stepNs) {
      for (int i = 0; i < owners; i++) {
        long seq = seqs.merge("good-" + i, 1L, Long::sum);
        if (test.run(publish("good-" + i, seq, store(i, i + 1_000))) instanceof Reply.Refused) {
          assertThat(test.run(publish("good-" + i, seq, clearAll(), store(i, i + 1_000))))
              .isEqualTo(new Reply.Published(seq));
        }
      }
      long seq = seqs.merge("bad", 1L, Long::sum);
      var reply = test.run(publish("bad", seq, clearAll(), store(POISON)));
      busy += told(reply).startsWith("BUSY") ? 1 : 0;
      for (int i = 0; i < owners; i++) {
        test.run(publish("good-" + i, seqs.get("good-" + i) + 1, new Change.Synced()));
        seqs.merge("good-" + i, 1L, Long::sum);
      }
      test.clock.advance(stepNs);
    }
    // Waits of 1, 2, 4, 8, 16, 32 and 64 s fit into two minutes.
    assertThat(test.stat("default", "index-restarts")).isBetween(5L, 7L);
    assertThat(busy).isGreaterThan(400);
  }

  @Test
  void sweep_thatFails_emptiesTheNamespaceAndNobodyWaits() {
    test.run(publish("a", 1, store(1, 2, 3)));
    sweepFails.set(true);
    test.run(publish("b", 1, store(4)));
    while (test.stat("default", "index-restarts") == 0) {
      Thread.onSpinWait();
    }

    assertThat(told(test.run(publish("a", 2, store(4))))).isEqualTo("GAP 1");
    assertThat(test.run(publish("a", 2, clearAll(), store(1, 2))))
        .isEqualTo(new Reply.Published(2));
    assertThat(test.matched(1, 2, 3)).isEqualTo(2);
  }

  @Test
  void restart_thatFailsToo_isTriedAgainWithTheNextChange() {
    test.run(publish("a", 1, store(1, 2, 3)));
    makingFails.set(1);
    test.run(publish("bad", 1, store(POISON)));

    assertThat(told(test.run(publish("a", 2, store(4))))).isEqualTo("GAP 1");
    assertThat(test.run(publish("a", 2, clearAll(), store(1, 2))))
        .isEqualTo(new Reply.Published(2));
    assertThat(test.stat("default", "index-restarts")).isEqualTo(1);
  }

  @Test
  void cursor_ofAnIndexThatWasGivenUp_isStale() {
    test.run(publish("a", 1, store(1, 2, 3)));
    var cursor = ((Reply.Matched) test.run(match(1, 2))).cursor();
    test.run(publish("bad", 1, store(POISON)));
    test.run(publish("a", 2, clearAll(), store(1, 2, 3)));

    var op = new Op.Match("default", BlockChain.of(3), cursor, List.of(), Tier.ALL_MASK, 9);
    assertThat(told(test.run(op))).isEqualTo("STALECURSOR the");
    assertThat(cursor).isNotEqualTo(Cursor.NONE);
  }

  @Test
  void memory_ofANamespaceThatWasLarge_isForTheOthersOnceItIsEmpty() {
    long start = test.stat("index-bytes");
    for (int seq = 1; seq <= 50; seq++) {
      long[] hashes = new long[4_000];
      for (int i = 0; i < hashes.length; i++) {
        hashes[i] = seq * 1_000_003L + i * 7_919L + 1_000;
      }
      test.run(publish("x", seq, store(hashes)));
    }
    assertThat(test.stat("index-bytes") - start).isGreaterThan(3_000_000);
    test.run(publish("x", 51, clearAll()));
    while (test.stat("index-bytes") - start > 512) {
      Thread.onSpinWait();
    }

    assertThat(test.stat("default", "blocks")).isZero();
    assertThat(test.stat("default", "index-restarts")).isZero();
    assertThat(made.get()).isEqualTo(2);
    assertThat(test.run(publish("x", 52, store(1)))).isEqualTo(new Reply.Published(52));
  }

  /// Dead blocks of an earlier life go as fast as those of the next one come.
  @Test
  void lives_backToBack_areSweptAsTheyEnd() {
    int lives = 6;
    int publishes = 20;
    long perLife = publishes * 100L * 20;
    long next = 1_000;
    for (int life = 1; life <= lives; life++) {
      for (int seq = 1; seq <= publishes; seq++) {
        var changes = new ArrayList<Change>();
        for (int i = 0; i < 100; i++, next += 20) {
          changes.add(store(LongStream.range(next, next + 20).toArray()));
        }
        assertThat(test.run(new Op.Publish("default", "o", life, seq, changes)))
            .isEqualTo(new Reply.Published(seq));
      }
      assertThat(test.stat("default", "blocks")).isLessThan(2 * perLife);
    }
  }
}
