// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// What is known of a value takes at most 200 B of heap beside its key's text and its checksums:
/// here the part of the store, the rest is in `RetentionHeapTest`, and both in `NodeScaleTest`.
final class StoreHeapTest {
  private static final int OBJECTS =
      Boolean.getBoolean("incipit.slow.programs") ? 20_000_000 : 2_000_000;

  @Test
  void heap_ofMillionsOfValues_leavesRoomForTheRetention() {
    long before = HeapUse.bytes();
    var rig = StoreRig.ofLengths(3L << 40);
    long text = 0;
    for (int i = 0; i < OBJECTS; i++) {
      var key = Payload.key(i);
      int length = (i & 7) == 0 ? 1 + i % 15_000 : 16_384 + i % 200_000;
      assertTrue(rig.putLength(key, length) != Handle.NONE);
      text += key.length + (long) Integer.BYTES * Pieces.count(length);
    }
    long used = HeapUse.bytes() - before - text;
    double each = (double) used / OBJECTS;
    double own = (double) rig.store.heapBytes() / OBJECTS;
    System.out.printf(
        "heap: %.1f B an object of %,d beside key text (%.1f B with checksums), tables %.1f B%n",
        each, OBJECTS, (double) text / OBJECTS, own);
    assertEquals(OBJECTS, rig.store.snapshot().objects());
    assertTrue(each <= StoreConfig.STORE_BYTES);
    assertTrue(own <= StoreConfig.STORE_BYTES);
  }
}
