// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.env.RandomSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The worst shapes that memory can be brought into. None needs heap beyond 64 MiB.
final class StoreShapesTest {
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;

  /// Fills a store with values of one length, and removes every `step`-th but the first.
  private static void comb(StoreRig rig, int length, int step) {
    int count = 0;
    while (rig.store.places.freeBytes() >= Places.bytes(length)
        && rig.put(count, 1, length) != Handle.NONE
        && rig.store.snapshot().evicted() == 0) {
      count++;
    }
    for (int i = 1; i < count; i += step) {
      rig.store.remove(Payload.key(i));
    }
  }

  @Test
  void reserve_betweenThousandsOfHoles_movesWhatIsInTheWay() {
    try (var rig = StoreRig.ofBytes(32 * MIB)) {
      comb(rig, 16 * KIB, 2);
      assertEquals(16 * MIB, rig.store.places.freeBytes());
      assertNotEquals(Handle.NONE, rig.put(100_000, 1, 8 * MIB));
      var now = rig.store.snapshot();
      assertEquals(0, now.evicted());
      assertEquals(256, now.moved());
      rig.checkAll();
      rig.checkEmpties();
    }
  }

  @Test
  void reserve_allThatIsFree_findsItInOnePiece() {
    try (var rig = StoreRig.ofBytes(32 * MIB)) {
      comb(rig, 16 * KIB, 2);
      assertNotEquals(Handle.NONE, rig.put(100_000, 1, 16 * MIB));
      assertEquals(0, rig.store.snapshot().evicted());
      assertEquals(32 * MIB, rig.store.places.usedBytes());
      rig.checkAll();
      assertNotEquals(Handle.NONE, rig.put(100_001, 1, 32 * MIB));
      assertEquals(1, rig.known.size());
      rig.checkAll();
      rig.checkEmpties();
    }
  }

  @Test
  void reserve_amongHalfEmptySlabs_movesSmallValuesTogether() {
    try (var rig = StoreRig.ofBytes(8 * MIB)) {
      for (int length : new int[] {70, 700, 7_000}) {
        int count = 0;
        while (rig.store.places.extents.free() > 2 * Slabs.SLAB_UNITS && count < 2 * MIB / length) {
          rig.put(length * 100_000 + count++, 1, length);
        }
        for (int i = 0; i < count; i += 2) {
          rig.store.remove(Payload.key(length * 100_000 + i));
        }
      }
      long before = rig.store.snapshot().valueBytes();
      assertNotEquals(Handle.NONE, rig.put(1, 1, 5 * MIB / 2));
      assertEquals(0, rig.store.snapshot().evicted());
      assertTrue(rig.store.snapshot().moved() > 0);
      rig.checkAll();

      // Slabs of one class are of no use to another: what finds no other slab may go.
      rig.store.remove(Payload.key(1));
      assertNotEquals(Handle.NONE, rig.put(1, 1, 4 * MIB));
      assertTrue(rig.store.snapshot().valueBytes() > 4 * MIB + before / 2);
      rig.checkAll();
      rig.checkEmpties();
    }
  }

  @Test
  void reserve_whereEachWindowHasAPin_evictsInVainOnlySoMuch() {
    try (var rig = StoreRig.ofBytes(32 * MIB)) {
      comb(rig, 16 * KIB, 2);
      var pins = new ArrayList<Pin>();
      for (int i = 0; i < 2048; i += 256) {
        pins.add(rig.store.pin(Payload.key(i)).orElseThrow());
      }
      assertEquals(Handle.NONE, rig.put(100_000, 1, 8 * MIB));
      assertNotEquals(Handle.NONE, rig.put(100_000, 1, 3 * MIB));
      for (var pin : pins) {
        StoreRig.check(pin, rig.known.get(pin.handle()));
        pin.close();
      }
      assertNotEquals(Handle.NONE, rig.put(100_000, 1, 8 * MIB));
      rig.checkAll();
      rig.checkEmpties();
    }
  }

  @Test
  void reserve_ofOddSizesForLong_neverEvictsMoreThanItNeeds() {
    try (var rig = StoreRig.ofLengths(1L << 30)) {
      var random = RandomSource.seeded(3);
      long asked = 0;
      for (int i = 0; i < 20_000; i++) {
        int length = (int) (16 * KIB * Math.pow(2, 11 * random.nextDouble()));
        var reservation = rig.store.reserve(Payload.key(i), length);
        try (var part = reservation.orElseThrow().part(0, length)) {
          part.wrote(length);
        }
        long handle = rig.store.commit(reservation.get(), HostStore.Conflict.REPLACE);
        rig.known.put(handle, new StoreRig.Known(i, 1, length));
        asked += Places.bytes(length);
      }
      var now = rig.store.snapshot();
      long evicted = asked - now.usedBytes();
      System.out.printf(
          "odd sizes: %.1f%% used, %.1f%% values, moved %,d of 20,000, evicted %.3f of asked%n",
          100.0 * now.usedBytes() / now.totalBytes(),
          100.0 * now.valueBytes() / now.totalBytes(),
          now.moved(),
          (double) evicted / asked);
      assertTrue(now.valueBytes() >= 0.875 * now.totalBytes());
      rig.checkEmpties();
    }
  }

  @Test
  void churn_ofMetadata_leavesNothing() {
    try (var rig = StoreRig.ofLengths(1L << 34)) {
      var handles = new long[1000];
      for (int i = 0; i < 1_000_000; i++) {
        int at = i % handles.length;
        if (i >= handles.length) {
          assertTrue(rig.store.remove(handles[at]));
        }
        handles[at] = rig.putLength(Payload.key(i), 1 + (i & 0xFFFFF));
      }
      for (long handle : handles) {
        rig.store.remove(handle);
      }
      rig.checkEmpty();
      assertTrue(rig.store.heapBytes() < 1 << 20);
    }
  }

  @Test
  void reserve_beyondTheHeapForMetadata_evicts() {
    var rig = new StoreRig(new LengthsMemory(1L << 34), 1 << 20, StoreFault.NONE);
    try (rig) {
      for (int i = 0; i < 20_000; i++) {
        long handle = rig.putLength(Payload.key(i), 64);
        rig.known.put(handle, new StoreRig.Known(i, 1, 64));
      }
      var now = rig.store.snapshot();
      assertTrue(now.metadataBytes() <= 1 << 20 && now.objects() > 4000);
      assertEquals(20_000 - now.objects(), now.evicted());
      assertEquals(now.objects(), rig.known.size());
      rig.checkEmpties();
    }
  }

  @Test
  void waste_ofAFullStoreOfLogUniformSizes_isBelowAnEighth() {
    try (var rig = StoreRig.ofLengths(64L << 30)) {
      var random = RandomSource.seeded(9);
      List<Long> handles = new ArrayList<>();
      while (rig.store.snapshot().refusals() == 0) {
        int length = (int) (16 * KIB * Math.pow(2, 14 * random.nextDouble()));
        handles.add(rig.putLength(Payload.key(handles.size()), length));
      }
      var now = rig.store.snapshot();
      double waste = 1 - (double) now.valueBytes() / now.totalBytes();
      System.out.printf(
          "full without eviction: %.2f%% waste, %,d values, %,d moved%n",
          100 * waste, now.objects(), now.moved());
      assertTrue(waste < 0.125);
      handles.forEach(rig.store::remove);
      rig.checkEmpty();
    }
  }
}
