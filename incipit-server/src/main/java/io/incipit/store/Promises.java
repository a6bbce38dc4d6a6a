// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.block.Hash64;

/// Keys that one client was told to be there, and until when they are to be. One that falls on the
/// place of another takes it. For one thread.
final class Promises {
  private static final int LOG = 8;

  /// The newest promise of each place; made when the first is given.
  private long[] names = new long[0];

  private long[] untilNs = new long[0];

  void give(long name, long atNs) {
    if (names.length == 0) {
      names = new long[1 << LOG];
      untilNs = new long[1 << LOG];
    }
    names[place(name)] = name;
    untilNs[place(name)] = atNs;
  }

  /// Whether a key that is not there was promised to be.
  boolean isBroken(long name, long nowNs) {
    return names.length > 0 && names[place(name)] == name && untilNs[place(name)] - nowNs > 0;
  }

  private static int place(long name) {
    return (int) ((name * Hash64.GOLDEN) >>> (Long.SIZE - LOG));
  }
}
