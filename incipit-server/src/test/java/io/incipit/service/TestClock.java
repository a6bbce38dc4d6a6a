// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.env.Clock;
import java.util.concurrent.atomic.AtomicLong;

/// A clock that goes on when somebody sleeps, and when it is told.
final class TestClock implements Clock {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);

  @Override
  public long nanoTime() {
    return now.get();
  }

  @Override
  public long wallMillis() {
    return 0;
  }

  @Override
  public void sleepNs(long durationNs) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    advance(durationNs);
    Thread.onSpinWait();
  }

  void advance(long durationNs) {
    now.addAndGet(durationNs);
  }
}
