// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

/// The time, and the right to wait for it. Thread-safe.
public interface Clock {
  /// The clock of this machine.
  static Clock system() {
    return SystemClock.INSTANCE;
  }

  /// Nanoseconds since a fixed but unknown moment. Never goes back; only differences mean anything,
  /// and only within one process.
  long nanoTime();

  /// Milliseconds since 1970-01-01 UTC. May jump either way; for records and people, never for
  /// deadlines.
  long wallMillis();

  /// Blocks the calling thread for at least `durationNs`; returns at once if it is not positive.
  ///
  /// @throws InterruptedException if the thread is interrupted before or while it waits
  void sleepNs(long durationNs) throws InterruptedException;
}
