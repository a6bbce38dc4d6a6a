// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.env.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/// Runs changes one at a time: at once by whoever brings one, if nobody else has one to run and it
/// does not take long, else on a thread of its own, in the order in which they came.
///
/// Most changes take microseconds, so event loops make them without a detour; what has to evict
/// or move values takes milliseconds, and no event loop ever waits for it.
final class ChangeLane {
  private static final Logger LOG = System.getLogger(ChangeLane.class.getName());

  /// How often a lock that somebody has is tried: changes are about as short as a hand-over.
  private static final int TRIES = 64;

  /// Between two rounds of upkeep.
  private static final long TICK_MILLIS = 50;

  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedBlockingQueue<Change> queue = new LinkedBlockingQueue<>();
  private final Runnable before;
  private final Runnable upkeep;
  private final Clock clock;
  private final LongAdder failures = new LongAdder();
  private final Thread thread;
  private volatile boolean closed;

  /// @param before what is done before each change, and that of each round of upkeep
  /// @param upkeep what is done every now and then, as a change is
  ChangeLane(Runnable before, Runnable upkeep, Clock clock) {
    this.before = before;
    this.upkeep = upkeep;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("store-lane").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Runs a change, if nobody else has one to run and it does not take long.
  ///
  /// @return whether it was made
  boolean now(Change change) {
    if (queue.isEmpty() && tryLock()) {
      try {
        before.run();
        return change.run(false);
      } finally {
        lock.unlock();
      }
    }
    return false;
  }

  /// Queues a change.
  void later(Change change) {
    queue.add(change);
    if (closed) {
      refuseLate();
    }
  }

  private boolean tryLock() {
    for (int i = 0; i < TRIES; i++) {
      if (lock.tryLock()) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  /// Changes that have thrown.
  long failures() {
    return failures.sum();
  }

  private void run() {
    long tickedNs = clock.nanoTime();
    while (!closed) {
      try {
        var change = queue.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
        if (change != null) {
          make(change);
        }
      } catch (InterruptedException closing) {
        continue;
      }
      if (clock.nanoTime() - tickedNs >= TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS)) {
        locked(upkeep);
        tickedNs = clock.nanoTime();
      }
    }
  }

  private void make(Change change) {
    boolean made = locked(() -> change.run(true));
    try {
      change.made(!made);
    } catch (RuntimeException | Error failure) {
      note(failure);
    }
  }

  /// Runs something alone.
  ///
  /// @return whether it did not throw
  private boolean locked(Runnable task) {
    lock.lock();
    try {
      before.run();
      task.run();
      return true;
    } catch (RuntimeException | Error failure) {
      note(failure);
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void note(Throwable failure) {
    failures.increment();
    LOG.log(Level.ERROR, "fail-store-change", failure);
  }

  private void refuseLate() {
    for (var late = queue.poll(); late != null; late = queue.poll()) {
      late.made(true);
    }
  }

  /// Ends the thread; what waits, and what comes from now on and cannot be made at once, fails.
  void stop() throws InterruptedException {
    closed = true;
    thread.interrupt();
    thread.join();
    refuseLate();
  }
}
