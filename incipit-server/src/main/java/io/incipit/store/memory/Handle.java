// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// The name of one value in a store: a slot, and how often the slot had been used before.
///
/// Not negative. A name of a value that is gone is never the name of another: a slot whose
/// generations are used up is not used again.
public final class Handle {
  /// The name of none.
  public static final long NONE = -1;

  /// A slot has generations `[1, 2^32)`.
  static final long GENERATION_MAX = 0xFFFF_FFFFL;

  private static final int SLOT_BITS = 31;

  private Handle() {}

  static long of(int slot, long generation) {
    return (generation << SLOT_BITS) | slot;
  }

  /// The slot that a handle names: small numbers, used again when a value is gone.
  public static int slot(long handle) {
    return (int) handle & Integer.MAX_VALUE;
  }

  static long generation(long handle) {
    return handle >>> SLOT_BITS;
  }
}
