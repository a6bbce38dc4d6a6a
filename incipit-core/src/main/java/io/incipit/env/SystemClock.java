// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.util.concurrent.TimeUnit;

/// The clock of this machine.
enum SystemClock implements Clock {
  INSTANCE;

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public void sleepNs(long durationNs) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(durationNs);
  }
}
