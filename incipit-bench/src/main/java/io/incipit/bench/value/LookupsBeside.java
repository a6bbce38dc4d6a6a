// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import io.incipit.env.Clock;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;

/// Measures how long small values are waited for while another client takes ten large ones a
/// second from the same server. Both clients ask when it is time to, whatever the last answer took:
/// a small one that is late because those before it were counts as late.
final class LookupsBeside {
  static final int SMALL_BYTES = 1 << 10;
  static final int LARGE_BYTES = 10_000_000;
  private static final int SMALL_COUNT = 1_000;
  private static final int LARGE_COUNT = 8;
  private static final long SMALL_EVERY_NS = 500_000;
  private static final long LARGE_EVERY_NS = 100_000_000;
  private static final long LONGEST_NS = 60_000_000_000L;
  private static final double PERCENTILE = 99.9;

  private final Clock clock = Clock.system();
  private final Server small;
  private final Server large;
  private volatile boolean over;

  /// @param small a client of the server for one thread
  /// @param large another one
  LookupsBeside(Server small, Server large) {
    this.small = small;
    this.large = large;
  }

  String system() {
    return small.system();
  }

  void fill() throws IOException {
    small.fill("small", SMALL_BYTES, SMALL_COUNT);
    large.fill("large", LARGE_BYTES, LARGE_COUNT);
    small.read(SMALL_COUNT);
    large.read(LARGE_COUNT);
  }

  /// Asks for a while.
  ///
  /// @return the 99.9th percentile in microseconds
  double p999Us(long durationNs) throws IOException, InterruptedException {
    over = false;
    var failure = new AtomicReference<IOException>();
    var beside = Thread.ofPlatform().name("large").start(() -> readLarge(failure));
    var tookNs = new Histogram(LONGEST_NS, 3);
    try {
      readSmall(durationNs, tookNs);
    } finally {
      over = true;
      beside.join();
    }
    var failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    return tookNs.getValueAtPercentile(PERCENTILE) / 1e3;
  }

  private void readSmall(long durationNs, Histogram tookNs)
      throws IOException, InterruptedException {
    long start = clock.nanoTime();
    long now = start;
    for (long due = start; due - start < durationNs; due += SMALL_EVERY_NS) {
      long asked = due;
      if (now < due) {
        // The client had nothing to do: that it wakes late is not the server's.
        clock.sleepNs(due - now);
        asked = clock.nanoTime();
      }
      small.read(1);
      now = clock.nanoTime();
      tookNs.recordValue(Math.min(LONGEST_NS, now - asked));
    }
  }

  private void readLarge(AtomicReference<IOException> failure) {
    try {
      long due = clock.nanoTime();
      while (!over) {
        large.read(1);
        due += LARGE_EVERY_NS;
        clock.sleepNs(Math.max(0, due - clock.nanoTime()));
      }
    } catch (IOException broken) {
      failure.set(broken);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
