// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.env.Clock;

/// When each request of a replay starts. Thread-safe.
final class Pace {
  /// The end of a wait is spent awake: a sleeper wakes late.
  private static final long AWAKE_NS = 200_000;

  private final Clock clock;
  private final Speed speed;

  /// When the first request was due, and its time in the trace. Written by [#begin], which the feed
  /// calls under its lock before it hands out a request.
  private volatile long startNs;

  private volatile long firstNs;

  /// A pace that has not begun.
  Pace(Clock clock, Speed speed) {
    this.clock = clock;
    this.speed = speed;
  }

  /// The first request is due now, whatever its time in the trace is.
  void begin(long timeNs) {
    firstNs = timeNs;
    startNs = clock.nanoTime();
  }

  Clock clock() {
    return clock;
  }

  /// Blocks until a request of this time in the trace is due; not at all at full speed.
  ///
  /// @return when it was due, which is before now for a request that had to wait for a client
  long await(long timeNs) throws InterruptedException {
    if (!speed.isPaced()) {
      return clock.nanoTime();
    }
    long due = startNs + (long) ((timeNs - firstNs) / speed.factor());
    clock.sleepNs(due - clock.nanoTime() - AWAKE_NS);
    while (clock.nanoTime() < due) {
      Thread.onSpinWait();
    }
    return due;
  }
}
