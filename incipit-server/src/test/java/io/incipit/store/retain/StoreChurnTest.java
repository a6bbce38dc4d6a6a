// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.Hash64;
import io.incipit.env.Search;
import io.incipit.store.memory.HeapUse;
import io.incipit.store.memory.HostMemory;
import io.incipit.store.memory.HostStore;
import io.incipit.store.memory.LengthsMemory;
import io.incipit.store.memory.ManualClock;
import io.incipit.store.memory.Memory;
import io.incipit.store.memory.Payload;
import io.incipit.store.memory.StoreConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Values that come and go by the million leave nothing: no entries, no bytes, no heap that grows.
final class StoreChurnTest {
  private static final int METADATA = Search.Family.PROGRAMS.isSlow() ? 10_000_000 : 1_000_000;
  private static final int WITH_BYTES = 100_000;
  private static final int AT_A_TIME = 10_000;
  private static final int LENGTH_MAX = 32 << 10;

  /// So small that half of all fills what policies remember of blocks that went.
  private static final long POOL_BYTES = 1L << 28;

  private static final int PATH = 16;
  private static final long HOUR_NS = 3_600_000_000_000L;

  /// What the heap may grow by after half of all: what tables have beside their entries.
  private static final long GROWN_MAX = 4 << 20;

  private final ManualClock clock = new ManualClock();

  @ParameterizedTest
  @EnumSource
  void metadata_addedAndRemovedByTheMillion_leavesNothing(KeepPolicy policy) {
    run(policy, new LengthsMemory(POOL_BYTES), METADATA, false);
  }

  @Test
  void values_addedAndRemoved_leaveNothing() {
    run(KeepPolicy.HZD, new HostMemory(POOL_BYTES, false), WITH_BYTES, true);
  }

  private void run(KeepPolicy policy, Memory memory, int count, boolean withBytes) {
    var retention = new Retention(RetentionConfig.of(policy, memory.bytes(), PATH), clock);
    var limits = new StoreConfig(1L << 30, HOUR_NS, HOUR_NS, 42);
    try (var store = new HostStore(limits, memory, retention, clock)) {
      long early = 0;
      for (int i = 0; i < count; i++) {
        ask(retention, i);
        put(store, retention, i, withBytes);
        if (i >= AT_A_TIME) {
          remove(store, i - AT_A_TIME);
        }
        early = i == count / 2 ? HeapUse.bytes() : early;
      }
      long grown = HeapUse.bytes() - early;
      System.out.printf("heap: %s, %,d values, %,d B more at the end%n", policy, count, grown);
      assertTrue(grown <= GROWN_MAX, "grown by " + grown);
      for (int i = count - AT_A_TIME; i < count; i++) {
        remove(store, i);
      }
      assertEquals(0, store.snapshot().objects());
      assertEquals(0, store.usedBytes());
      assertEquals(0, retention.blocks());
    }
  }

  private static long id(int number) {
    return Hash64.mix(number + 1L);
  }

  /// Asks for a path at its first block.
  private void ask(Retention retention, int number) {
    clock.advance(1_000_000);
    if (number % PATH == 0) {
      var ids = new long[PATH];
      for (int at = 0; at < PATH; at++) {
        ids[at] = id(number + at);
      }
      retention.begin();
      retention.asked(clock.nanoTime(), ids, PATH);
    }
  }

  private static void put(HostStore store, Retention retention, int number, boolean withBytes) {
    int length = 1 + Math.floorMod(number * 7_919, LENGTH_MAX);
    var room = store.reserve(Payload.key(number), length).orElseThrow();
    try (var part = room.part(0, length)) {
      if (withBytes) {
        part.write(Payload.bytes(number, 1, 0, length));
      } else {
        part.wrote(length);
      }
    }
    retention.stored(store.commit(room, HostStore.Conflict.KEEP), id(number), length);
  }

  private static void remove(HostStore store, int number) {
    assertTrue(store.remove(Payload.key(number)), "value " + number);
  }
}
