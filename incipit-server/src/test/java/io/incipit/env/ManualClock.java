// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// A clock that stands still until it is moved.
public final class ManualClock implements Clock {
  private final AtomicLong nowNs = new AtomicLong();

  /// Moves the clock.
  public void advance(Duration duration) {
    nowNs.addAndGet(duration.toNanos());
  }

  @Override
  public long nanoTime() {
    return nowNs.get();
  }

  @Override
  public long wallMillis() {
    return nowNs.get() / 1_000_000;
  }

  @Override
  public void sleepNs(long durationNs) {
    throw new UnsupportedOperationException("a manual clock does not wait");
  }
}
