// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import java.util.concurrent.atomic.LongAdder;

/// What happened so far. Thread-safe; [DiskSnapshot] says what each means.
final class Counters {
  final LongAdder torn = new LongAdder();
  final LongAdder foreign = new LongAdder();
  final LongAdder unknown = new LongAdder();
  final LongAdder corrupt = new LongAdder();
  final LongAdder unreadable = new LongAdder();
  final LongAdder quarantined = new LongAdder();
  final LongAdder reclaimed = new LongAdder();
  final LongAdder givenUp = new LongAdder();
  final LongAdder reinserted = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder scrubbed = new LongAdder();
  final LongAdder syncs = new LongAdder();
  final Bandwidth reads = new Bandwidth();
  final Bandwidth writes = new Bandwidth();

  /// How many bytes moved in how much time, of late. Thread-safe.
  static final class Bandwidth {
    /// Beyond so much time, what was before counts half.
    private static final long RECENT_NS = 1_000_000_000;

    private static final double SECOND_NS = 1e9;

    /// Guarded by this, all three.
    private double recentBytes;

    private double recentNs;
    private long total;

    synchronized void add(long bytes, long ns) {
      total += bytes;
      recentBytes += bytes;
      recentNs += ns;
      if (recentNs > RECENT_NS) {
        recentBytes /= 2;
        recentNs /= 2;
      }
    }

    /// Bytes in all.
    synchronized long total() {
      return total;
    }

    /// Bytes a second of busy time; 0 if nothing moved.
    synchronized long bytesPerSecond() {
      return recentNs == 0 ? 0 : (long) (recentBytes / recentNs * SECOND_NS);
    }
  }
}
