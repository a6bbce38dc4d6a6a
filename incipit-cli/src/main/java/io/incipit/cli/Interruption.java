// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Turns a request to end the process (Ctrl-C, SIGTERM) into an interrupt of the thread that works,
/// and holds the process until that has cleaned up.
final class Interruption implements AutoCloseable {
  private static final long CLEAN_UP_SECONDS = 10;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  private Interruption(Thread working) {
    hook = new Thread(() -> interrupt(working), "incipit-interruption");
  }

  /// Covers the current thread until [#close].
  static Interruption ofThisThread() {
    var interruption = new Interruption(Thread.currentThread());
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  private void interrupt(Thread working) {
    working.interrupt();
    try {
      var _ = done.await(CLEAN_UP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      // The process ends now.
    }
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The hook is running: that is what it was for.
    }
  }
}
