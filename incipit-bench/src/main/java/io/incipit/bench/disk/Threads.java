// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.disk;

import io.incipit.env.Clock;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Threads that do the same, each with its share.
final class Threads {
  private Threads() {}

  /// What one does.
  @FunctionalInterface
  interface Work {
    /// Does the share of one thread.
    ///
    /// @param thread its number, from 0
    void run(int thread) throws Exception;
  }

  /// Runs so many at once, until all have ended.
  ///
  /// @return ns that passed
  /// @throws IllegalStateException if one failed
  static long run(int count, Work work) throws InterruptedException {
    var clock = Clock.system();
    try (var pool = Executors.newFixedThreadPool(count)) {
      long start = clock.nanoTime();
      var shares = new ArrayList<Future<?>>();
      for (int i = 0; i < count; i++) {
        int thread = i;
        shares.add(
            pool.submit(
                () -> {
                  work.run(thread);
                  return thread;
                }));
      }
      for (var share : shares) {
        share.get();
      }
      return clock.nanoTime() - start;
    } catch (ExecutionException failure) {
      throw new IllegalStateException(failure.getCause());
    }
  }
}
