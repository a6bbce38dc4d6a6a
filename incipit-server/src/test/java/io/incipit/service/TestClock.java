// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.env.Clock;
import java.util.concurrent.atomic.AtomicLong;

/// A clock that goes on when somebody sleeps, up to where it is held, and when it is told.
final class TestClock implements Clock {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);
  private volatile boolean held;
  private volatile long end;

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
    if (!held || end - now.get() > durationNs) {
      advance(durationNs);
    }
    Thread.onSpinWait();
  }

  /// Sleepers bring time no further than so far from now, so that whoever looks at it cannot come
  /// too late.
  void holdAfter(long durationNs) {
    end = now.get() + durationNs;
    held = true;
  }

  void advance(long durationNs) {
    now.addAndGet(durationNs);
  }
}
