// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Runs something later. Thread-safe.
public interface Timer {
  /// The timer of this machine; each task runs on a virtual thread of its own.
  static Timer system() {
    return (delayNs, task) ->
        CompletableFuture.delayedExecutor(delayNs, TimeUnit.NANOSECONDS, Thread::startVirtualThread)
            .execute(task);
  }

  /// Runs `task` once, `delayNs` from now or a little later. The task must not block.
  void after(long delayNs, Runnable task);
}
