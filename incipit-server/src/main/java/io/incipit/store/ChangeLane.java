// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.env.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
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

  /// For so long a change is tried again while room is being made for it, and at most so often.
  private static final long WAIT_NS = 1_000_000_000L;

  private static final int TRIES_MAX = 2_000;

  private static final long RETRY_MILLIS = 1;

  /// A change that is tried again.
  private static final class Postponed {
    final Change change;
    final long sinceNs;
    int tries;
    boolean made;

    Postponed(Change change, long sinceNs) {
      this.change = change;
      this.sinceNs = sinceNs;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedBlockingQueue<Change> queue = new LinkedBlockingQueue<>();

  /// Of the store's thread.
  private final ArrayDeque<Postponed> postponed = new ArrayDeque<>();

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
        return change.run(Patience.NONE);
      } finally {
        lock.unlock();
      }
    }
    return false;
  }

  /// Runs something as a change, on the thread that asks. Blocks.
  ///
  /// @return whether it did not throw
  boolean alone(Runnable task) {
    return locked(task);
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
        long most = postponed.isEmpty() ? TICK_MILLIS : RETRY_MILLIS;
        var change = queue.poll(most, TimeUnit.MILLISECONDS);
        if (change != null) {
          make(new Postponed(change, clock.nanoTime()));
        }
        retry();
      } catch (InterruptedException closing) {
        continue;
      }
      if (clock.nanoTime() - tickedNs >= TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS)) {
        locked(upkeep);
        tickedNs = clock.nanoTime();
      }
    }
  }

  /// Makes the changes that were to be tried again, or as many as there is room for.
  private void retry() {
    for (int i = postponed.size(); i > 0; i--) {
      make(postponed.remove());
    }
  }

  private void make(Postponed change) {
    boolean waited = clock.nanoTime() - change.sinceNs >= WAIT_NS || change.tries >= TRIES_MAX;
    boolean ran =
        locked(() -> change.made = change.change.run(waited ? Patience.LAST : Patience.SOME));
    if (ran && !change.made) {
      change.tries++;
      postponed.add(change);
      return;
    }
    try {
      change.change.made(!ran);
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
    for (var late = postponed.poll(); late != null; late = postponed.poll()) {
      late.change.made(true);
    }
    refuseLate();
  }
}
