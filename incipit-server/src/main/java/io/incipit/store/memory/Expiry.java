// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// When values are gone by themselves. Readers see it at once; the memory follows when the sweep
/// comes by, which goes round all slots as long as some value has an expiry.
///
/// One thread, the store's writer, but for [#isPast].
final class Expiry {
  private static final int SLOTS_A_SWEEP = 1 << 14;

  private final HostStore store;
  private int cursor;
  private long count;
  private long expired;

  Expiry(HostStore store) {
    this.store = store;
  }

  /// Sets when the value of a slot is gone, or [Values#NEVER].
  void set(int slot, long atNs) {
    count -= store.values.expiry(slot) == Values.NEVER ? 0 : 1;
    count += atNs == Values.NEVER ? 0 : 1;
    store.values.expiry(slot, atNs);
  }

  /// Whether the time of a slot's value has come. Any thread.
  boolean isPast(int slot) {
    long at = store.values.expiry(slot);
    return at != Values.NEVER && store.clock.nanoTime() - at >= 0;
  }

  /// Removes the values whose time has come, of the next slots.
  void sweep() {
    int slots = store.values.slots();
    for (int i = Math.min(slots, SLOTS_A_SWEEP); i > 0 && count > 0; i--) {
      cursor = cursor + 1 < slots ? cursor + 1 : 0;
      if (store.values.state(cursor) == Values.COMMITTED && isPast(cursor)) {
        expired++;
        store.remove(cursor);
      }
    }
  }

  /// Values that have an expiry.
  long count() {
    return count;
  }

  /// Values that the sweep removed.
  long expired() {
    return expired;
  }
}
