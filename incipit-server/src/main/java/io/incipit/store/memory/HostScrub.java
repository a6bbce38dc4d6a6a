// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// Compares values with their checksums in turn, those whose last check is old. For one thread at a
/// time, beside the writer.
public final class HostScrub {
  /// Slots that are looked at in a call at most.
  private static final int SLOTS_MAX = 1 << 16;

  private final HostStore store;
  private int cursor;

  /// Begins with the first slot of a store.
  public HostScrub(HostStore store) {
    this.store = store;
  }

  /// Verifies values until their bytes are as many, or all have been looked at once. One that is
  /// found wrong is never pinned again.
  ///
  /// @param ageNs how old the last check of a value has to be
  /// @return bytes verified; more than `bytesMax` by less than one value
  public long run(long bytesMax, long ageNs) {
    var values = store.values;
    long bytes = 0;
    int slots = values.slots();
    for (int i = Math.min(slots, SLOTS_MAX); i > 0 && bytes < bytesMax; i--) {
      cursor = cursor + 1 < slots ? cursor + 1 : 0;
      if (values.state(cursor) == Values.COMMITTED && values.pin(cursor, Values.COMMITTED) != 0) {
        try (var pin = new Pin(store, cursor)) {
          if (store.clock.nanoTime() - pin.checkedNs() >= ageNs) {
            pin.verify(0, pin.length());
            bytes += Math.max(1, pin.length());
          }
        }
      }
    }
    return bytes;
  }
}
