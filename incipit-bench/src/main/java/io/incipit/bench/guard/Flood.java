// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.guard;

import static io.incipit.bench.load.RespClient.encode;
import static io.incipit.bench.load.RespClient.word;

import io.incipit.bench.load.RespClient;
import io.incipit.env.Clock;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// A user who asks for ten times what his quotas allow: look-ups, publishes of new blocks, and puts
/// of values. Until [#close], on threads of its own.
final class Flood implements Closeable {
  private static final String NAMESPACE = GuardedServers.LOUD + "-1";
  private static final int LOOKUPS_A_SECOND = 20_000;
  private static final int LOOKUPS_AT_ONCE = 200;
  private static final int PUTS_A_SECOND = 400;
  private static final int PUT_BYTES = 128 << 10;
  private static final int BLOCKS = 16;
  private static final long SECOND_NS = 1_000_000_000L;

  private final Clock clock = Clock.system();
  private final List<Thread> threads = new ArrayList<>();
  private final LongAdder refused = new LongAdder();
  private final RespClient asking;
  private final RespClient putting;
  private volatile boolean over;
  private long next;

  /// @param asking a client of the user's
  /// @param putting another one
  Flood(RespClient asking, RespClient putting) {
    this.asking = asking;
    this.putting = putting;
  }

  /// Makes the namespace.
  void prepare() throws IOException {
    GuardRun.fill(putting, NAMESPACE, List.of());
    putting.call(word("KVC.ATTACH"), word(NAMESPACE), word("MODEL"), word("any"));
  }

  /// Begins.
  void start() {
    over = false;
    threads.add(Thread.ofPlatform().name("flood-asks").start(this::ask));
    threads.add(Thread.ofPlatform().name("flood-puts").start(this::put));
  }

  private void ask() {
    var one = encode(word("KVC.MATCH"), word(NAMESPACE), word(hash(1)), word("HEX"));
    long due = clock.nanoTime();
    while (!over) {
      try {
        for (int i = 0; i < LOOKUPS_AT_ONCE; i++) {
          asking.send(one, one.length);
        }
        for (int i = 0; i < LOOKUPS_AT_ONCE; i++) {
          take();
        }
        due += SECOND_NS * LOOKUPS_AT_ONCE / LOOKUPS_A_SECOND;
        pause(due);
      } catch (IOException ended) {
        return;
      }
    }
  }

  private void take() throws IOException {
    if (!asking.replyOrError()) {
      refused.increment();
    }
  }

  private void put() {
    var value = new byte[PUT_BYTES];
    long due = clock.nanoTime();
    while (!over) {
      try {
        var hashes = new StringBuilder();
        for (int i = 0; i < BLOCKS; i++) {
          var parent = i == 0 ? "" : hash(next - 1);
          putting.call(
              word("KVC.PUT"),
              word(NAMESPACE),
              word("p"),
              word(parent),
              word(hash(next)),
              word("0/1"),
              value);
          hashes.append(hash(next));
          next++;
        }
        putting.call(word("KVC.COMMIT"), word(NAMESPACE), word("p"));
        due += SECOND_NS * BLOCKS / PUTS_A_SECOND;
        pause(due);
      } catch (IOException ended) {
        return;
      }
    }
  }

  private static String hash(long block) {
    return "%016x".formatted(0x4000_0000_0000_0000L + block);
  }

  private void pause(long dueNs) {
    try {
      clock.sleepNs(Math.max(0, dueNs - clock.nanoTime()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      over = true;
    }
  }

  /// Look-ups that were refused.
  long refused() {
    return refused.sum();
  }

  /// Ends it, for now.
  @Override
  public void close() throws IOException {
    over = true;
    for (var thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    threads.clear();
  }
}
