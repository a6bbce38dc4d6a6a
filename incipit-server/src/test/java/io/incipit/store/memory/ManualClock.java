// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import io.incipit.env.Clock;

/// A clock that stands still until it is told; it begins shortly before its numbers turn negative.
public final class ManualClock implements Clock {
  private volatile long now = Long.MAX_VALUE - 5_000_000_000L;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public long wallMillis() {
    return 0;
  }

  @Override
  public void sleepNs(long durationNs) {
    throw new AssertionError("nobody sleeps here");
  }

  /// For one thread.
  public void advance(long durationNs) {
    long next = now + durationNs;
    now = next;
  }
}
