// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.Hash64;
import io.incipit.store.memory.Handle;
import io.incipit.store.memory.HeapUse;
import io.incipit.store.memory.ManualClock;
import io.incipit.store.memory.StoreConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What decides takes so many bytes an object, beside what `StoreHeapTest` finds of the store.
final class RetentionHeapTest {
  private static final int OBJECTS = 2_000_000;
  private static final int PATH = 16;

  /// What the store leaves of [StoreConfig#OBJECT_BYTES].
  private static final int BYTES = StoreConfig.OBJECT_BYTES - StoreConfig.STORE_BYTES;

  @ParameterizedTest
  @EnumSource
  void heap_ofMillionsOfBlocks_isBounded(KeepPolicy policy) {
    var clock = new ManualClock();
    long before = HeapUse.bytes();
    var retention = new Retention(new RetentionConfig(policy, 1L << 40, 16, 1), clock);
    var ids = new long[PATH];
    for (int i = 0; i < OBJECTS; i += PATH) {
      for (int at = 0; at < PATH; at++) {
        ids[at] = Hash64.mix(i + at + 1L);
      }
      retention.asked(clock.nanoTime(), ids, PATH);
      for (int at = 0; at < PATH; at++) {
        retention.stored((1L << 31) | (i + at), ids[at], 1 << 19);
      }
    }
    double each = (double) (HeapUse.bytes() - before) / OBJECTS;
    System.out.printf("heap: %s takes %.1f B an object of %,d%n", policy, each, OBJECTS);
    assertEquals(OBJECTS, retention.blocks());
    assertEquals(OBJECTS - 1, Handle.slot((1L << 31) | (OBJECTS - 1)));
    assertTrue(each <= BYTES);
  }
}
