// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.env.Clock;

/// A clock that stands still until a replay moves it: its time is that of a trace. Thread-safe.
public final class TraceClock implements Clock {
  private final Clock real;

  /// Only ever grows. Written with the lock.
  private volatile long nowNs;

  /// A clock at zero.
  ///
  /// @param real for records, people, and waiting
  public TraceClock(Clock real) {
    this.real = real;
  }

  /// Moves on to a time, unless it is over.
  synchronized void advanceTo(long timeNs) {
    nowNs = Math.max(nowNs, timeNs);
  }

  /// Moves on by a while.
  synchronized void advance(long durationNs) {
    nowNs += durationNs;
  }

  @Override
  public long nanoTime() {
    return nowNs;
  }

  @Override
  public long wallMillis() {
    return real.wallMillis();
  }

  /// Waits as long as that takes by the real clock.
  @Override
  public void sleepNs(long durationNs) throws InterruptedException {
    real.sleepNs(durationNs);
  }
}
