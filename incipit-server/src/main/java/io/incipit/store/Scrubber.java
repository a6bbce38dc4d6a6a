// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.block.Stat;
import io.incipit.store.disk.DiskStore;
import io.incipit.store.memory.HostStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Verifies values that nobody reads, a little all the time, on a thread of its own: what has gone
/// wrong is found before somebody waits for it.
final class Scrubber {
  private static final Logger LOG = System.getLogger(Scrubber.class.getName());
  private static final int ROUNDS_A_SECOND = 10;

  private final HostStore host;
  private final @Nullable DiskStore disk;
  private final long bytesPerSecond;
  private final Duration age;
  private final Thread thread;
  private final LongAdder scrubbed = new LongAdder();
  private final LongAdder failures = new LongAdder();

  private final CountDownLatch stopped = new CountDownLatch(1);

  /// @param disk what is below memory, if anything is
  /// @param bytesPerSecond that are verified of each tier; 0 for none
  /// @param age of the last check of a value in memory, from which on it is verified again
  Scrubber(HostStore host, @Nullable DiskStore disk, long bytesPerSecond, Duration age) {
    this.host = host;
    this.disk = disk;
    this.bytesPerSecond = bytesPerSecond;
    this.age = age;
    this.thread = Thread.ofPlatform().name("store-scrub").daemon().unstarted(this::run);
  }

  void start() {
    if (bytesPerSecond > 0) {
      thread.start();
    }
  }

  private void run() {
    while (await()) {
      try {
        round(Math.max(1, bytesPerSecond / ROUNDS_A_SECOND));
      } catch (RuntimeException | Error failure) {
        failures.increment();
        LOG.log(Level.ERROR, "fail-scrub", failure);
      }
    }
  }

  private void round(long bytes) {
    scrubbed.add(host.scrub(bytes, age.toNanos()));
    if (disk != null) {
      disk.scrub(bytes);
    }
  }

  /// Waits for the next round.
  ///
  /// @return whether there is one
  private boolean await() {
    try {
      return !stopped.await(1_000 / ROUNDS_A_SECOND, TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopping) {
      return false;
    }
  }

  List<Stat> stats() {
    return List.of(
        Stat.counter("store-scrubbed-bytes", scrubbed.sum()),
        Stat.counter("store-scrubs-failed", failures.sum()));
  }

  /// Ends the thread.
  void stop() throws InterruptedException {
    stopped.countDown();
    thread.join();
  }
}
