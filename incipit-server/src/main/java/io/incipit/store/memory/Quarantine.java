// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import java.util.ArrayDeque;

/// Places in which a value was found to be wrong. Such a place is written and read with two
/// patterns, in slices, before it is used again; one that does not keep them never is.
///
/// One thread, the store's writer.
final class Quarantine {
  private static final int SLICE = 1 << 20;

  private final HostStore store;
  private final ArrayDeque<Integer> waiting = new ArrayDeque<>();

  /// Bytes of the first that passed.
  private int tested;

  private long bytes;

  Quarantine(HostStore store) {
    this.store = store;
  }

  /// Sets the place of a slot apart; the slot stays its owner.
  void add(int slot) {
    waiting.add(slot);
    bytes += Places.bytes(store.values.length(slot));
  }

  /// Tests at most so many bytes, at least a slice if one waits.
  void test(int bytesMax) {
    for (int done = 0; !waiting.isEmpty() && (done == 0 || done < bytesMax); done += SLICE) {
      int slot = waiting.getFirst();
      int size = Places.bytes(store.values.length(slot));
      int length = Math.min(SLICE, size - tested);
      boolean good = store.memory.retains(store.values.offset(slot) + tested, length);
      tested += length;
      if (!good || tested == size) {
        waiting.removeFirst();
        tested = 0;
        if (good) {
          bytes -= size;
          store.free(slot);
        }
      }
    }
  }

  /// Bytes that are apart, for now or for good.
  long bytes() {
    return bytes;
  }
}
