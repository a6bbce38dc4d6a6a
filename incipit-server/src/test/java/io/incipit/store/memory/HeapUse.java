// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// The heap that is in use, as well as it can be known.
public final class HeapUse {
  private HeapUse() {}

  /// Bytes in use: the least of three collections, since others of the process allocate too.
  public static long bytes() {
    var runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
