// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

/// The word that says where the root is: level in 16 bits, address in 48. It stands in the middle
/// of the memory's first chunk, so that one CAS swings both.
final class RootEntry {
  /// What is kept free for it, and what clients ask for at a time.
  static final int CHUNK = 16 << 20;

  static final long ADDRESS = CHUNK / 2;

  private static final int LEVEL_SHIFT = 48;

  private RootEntry() {}

  static long of(int level, long address) {
    return ((long) level << LEVEL_SHIFT) | address;
  }

  static int level(long entry) {
    return (int) (entry >>> LEVEL_SHIFT);
  }

  static long address(long entry) {
    return entry & ((1L << LEVEL_SHIFT) - 1);
  }
}
