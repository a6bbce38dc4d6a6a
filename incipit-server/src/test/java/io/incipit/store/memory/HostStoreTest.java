// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HostStoreTest {
  private static final int MIB = 1 << 20;

  private final StoreRig rig = StoreRig.ofBytes(8 * MIB);
  private final HostStore store = rig.store;

  @AfterEach
  void close() {
    rig.close();
  }

  private Reservation reserve(int key, int length) {
    return store.reserve(Payload.key(key), length).orElseThrow();
  }

  @Test
  void pin_ofEachSize_readsWhatWasWritten() {
    int[] lengths = {0, 1, 63, 64, 65, 15_359, 15_360, 15_361, 65_535, 65_536, 65_537, 3 * MIB};
    for (int i = 0; i < lengths.length; i++) {
      assertNotEquals(Handle.NONE, rig.put(i, 7, lengths[i]));
    }
    rig.checkAll();
    rig.checkEmpties();
  }

  @Test
  void reserve_atTheLimits_isRefusedBeyond() {
    assertThrows(IllegalArgumentException.class, () -> reserve(1, -1));
    assertThrows(IllegalArgumentException.class, () -> reserve(1, Places.LENGTH_MAX + 1));
    assertTrue(store.reserve(Payload.key(1), Places.LENGTH_MAX).isEmpty());
    assertThrows(IllegalArgumentException.class, () -> store.reserve(new byte[1025], 1));
    store.abort(store.reserve(new byte[1024], 8 * MIB).orElseThrow());
    assertTrue(store.reserve(Payload.key(1), 8 * MIB + 1).isEmpty());
    rig.checkEmpty();
  }

  @Test
  void commit_ofPartsInAnyOrder_hasTheChecksumsOfEachPiece() {
    int length = 300_001;
    var reservation = reserve(1, length);
    int[][] bounds = {{200_000, 300_001}, {0, 65_537}, {65_537, 131_072}, {131_072, 200_000}};
    for (var bound : bounds) {
      assertEquals(Handle.NONE, store.commit(reservation, HostStore.Conflict.REPLACE));
      try (var part = reservation.part(bound[0], bound[1])) {
        for (int at = bound[0]; at < bound[1]; at += 10_007) {
          part.write(Payload.bytes(1, 5, at, Math.min(bound[1], at + 10_007)));
        }
      }
    }
    rig.known.put(
        store.commit(reservation, HostStore.Conflict.REPLACE), new StoreRig.Known(1, 5, length));
    rig.checkAll();
    try (var pin = store.pin(Payload.key(1)).orElseThrow()) {
      for (int piece = 0; piece < pin.pieces(); piece++) {
        var crc = new CRC32C();
        int from = piece << 16;
        crc.update(Payload.bytes(1, 5, from, Math.min(length, from + 65_536)));
        assertEquals((int) crc.getValue(), pin.checksum(piece));
      }
    }
    rig.checkEmpties();
  }

  @Test
  void part_thatOverlapsOrOverflows_isRefused() {
    var reservation = reserve(1, 100_000);
    try (var part = reservation.part(10, 20)) {
      assertThrows(IllegalArgumentException.class, () -> reservation.part(19, 30));
      assertThrows(IllegalArgumentException.class, () -> reservation.part(0, 11));
      assertThrows(IllegalArgumentException.class, () -> reservation.part(12, 13));
      assertThrows(IllegalArgumentException.class, () -> reservation.part(5, 5));
      assertThrows(IllegalArgumentException.class, () -> reservation.part(30, 100_001));
      assertThrows(IllegalArgumentException.class, () -> part.write(ByteBuffer.allocate(11)));
      assertThrows(IllegalArgumentException.class, () -> part.wrote(11));
      assertEquals(10, part.remaining());
      assertEquals(10, part.room(50).remaining());
    }
    store.abort(reservation);
    rig.checkEmpty();
  }

  @Test
  void commit_whereThereIsOne_keepsOrReplaces() {
    long first = rig.put(1, 1, 1000);
    var second = reserve(1, 2000);
    try (var part = second.part(0, 2000)) {
      part.write(Payload.bytes(1, 2, 0, 2000));
    }
    assertEquals(first, store.commit(second, HostStore.Conflict.KEEP));
    assertEquals(Handle.NONE, store.commit(second, HostStore.Conflict.KEEP));
    rig.checkAll();

    try (var old = store.pin(first).orElseThrow()) {
      var before = rig.known.get(first);
      long third = rig.put(1, 3, 70_000);
      assertNotEquals(first, third);
      assertTrue(store.pin(first).isEmpty());
      StoreRig.check(old, before);
      rig.checkAll();
    }
    rig.checkEmpties();
  }

  @Test
  void remove_whilePinned_keepsTheBytesUntilTheLastPin() {
    long handle = rig.put(1, 1, 4 * MIB);
    var known = rig.known.get(handle);
    var one = store.pin(handle).orElseThrow();
    var two = store.pin(Payload.key(1)).orElseThrow();
    assertTrue(store.remove(Payload.key(1)));
    assertFalse(store.remove(Payload.key(1)));
    assertFalse(store.remove(handle));
    assertTrue(store.pin(handle).isEmpty());
    assertEquals(Handle.NONE, rig.put(2, 1, 5 * MIB));
    one.close();
    one.close();
    assertEquals(Handle.NONE, rig.put(2, 1, 5 * MIB));
    StoreRig.check(two, known);
    two.close();
    assertThrows(IllegalStateException.class, () -> two.bytes(0, 1));
    assertNotEquals(Handle.NONE, rig.put(2, 1, 5 * MIB));
    rig.checkAll();
    rig.checkEmpties();
  }

  @Test
  void handle_ofASlotUsedAgain_isAMiss() {
    long before = rig.put(1, 1, 100);
    store.remove(before);
    long after = rig.put(2, 1, 100);
    assertEquals(Handle.slot(before), Handle.slot(after));
    assertTrue(store.pin(before).isEmpty());
    assertFalse(store.remove(before));
    assertTrue(store.pin(Handle.NONE).isEmpty());
    assertTrue(store.pin(Handle.of(Integer.MAX_VALUE, 1)).isEmpty());
    assertTrue(store.pin(Handle.of(Handle.slot(after) + 1, 1)).isEmpty());
    rig.checkEmpties();
  }

  @Test
  void reserve_thatIsNotFinished_endsByItsDeadline() {
    var reservation = reserve(1, 6 * MIB);
    var part = reservation.part(0, 100);
    rig.clock.advance(StoreRig.RESERVE_NS - 1);
    store.sweep(0);
    assertFalse(part.isEnded());
    rig.clock.advance(1);
    store.sweep(0);
    assertTrue(part.isEnded());
    assertTrue(store.reserve(Payload.key(2), 6 * MIB).isEmpty());
    part.write(ByteBuffer.allocate(100));
    part.close();
    assertEquals(Handle.NONE, store.commit(reservation, HostStore.Conflict.REPLACE));
    assertTrue(reservation.part(100, 200).isEnded());
    store.abort(reserve(2, 6 * MIB));
    assertEquals(1, store.snapshot().abandoned());
    rig.checkEmpty();
  }

  @Test
  void reserve_whenFull_evictsButWhatIsPinnedOrLeased() {
    long pinned = rig.put(1, 1, 2 * MIB);
    long leased = rig.put(2, 1, 2 * MIB);
    long other = rig.put(3, 1, 2 * MIB);
    long last = rig.put(4, 1, 2 * MIB);
    var pin = store.pin(pinned).orElseThrow();
    try (var held = store.pin(leased).orElseThrow()) {
      held.lease(1_000_000_000L);
    }
    long more = rig.put(5, 1, 2 * MIB);
    assertTrue(rig.known.keySet().containsAll(java.util.List.of(pinned, leased, last, more)));
    assertFalse(rig.known.containsKey(other));

    assertEquals(Handle.NONE, rig.put(6, 1, 7 * MIB));
    rig.clock.advance(1_000_000_000L + Values.TICK_NS);
    pin.close();
    assertNotEquals(Handle.NONE, rig.put(6, 1, 7 * MIB));
    assertEquals(1, rig.known.size());
    rig.checkAll();
    rig.checkEmpties();
  }

  @Test
  void reserve_whatIsLeased_isMovedUnlessOthersReadTheMemory() {
    assertTrue(fitsBesideLeased(new StoreRig(new HostMemory(8 * MIB, false), Optional.empty())));
    var path = Optional.of("/dev/shm/pool");
    assertFalse(fitsBesideLeased(new StoreRig(new HostMemory(8 * MIB, false), path)));
  }

  /// Whether there is room for half of the memory, of which two quarters are free, with a value
  /// between them that is leased. In the end there is.
  private static boolean fitsBesideLeased(StoreRig rig) {
    try (var own = rig) {
      long first = own.put(1, 1, 2 * MIB);
      long leased = own.put(2, 1, 2 * MIB);
      long third = own.put(3, 1, 2 * MIB);
      long last = own.put(4, 1, 2 * MIB);
      own.store.remove(first);
      own.store.remove(third);
      try (var held = own.store.pin(leased).orElseThrow()) {
        held.lease(1_000_000_000L);
      }
      boolean fits;
      try (var _ = own.store.pin(last).orElseThrow()) {
        fits = own.put(5, 1, 4 * MIB) != Handle.NONE;
        assertTrue(own.known.containsKey(leased));
      }
      own.clock.advance(1_000_000_000L + Values.TICK_NS);
      assertTrue(fits || own.put(5, 1, 4 * MIB) != Handle.NONE);
      own.checkAll();
      own.checkEmpties();
      return fits;
    }
  }

  @Test
  void reserve_whenAllIsPinned_isRefusedAndLooksAtFewVictims() {
    var pins = new java.util.ArrayList<Pin>();
    for (int i = 0; i < 512; i++) {
      pins.add(store.pin(rig.put(i, 1, 16 << 10)).orElseThrow());
    }
    assertTrue(store.reserve(Payload.key(1000), 16 << 10).isEmpty());
    assertEquals(1, store.snapshot().refusals());
    assertEquals(0, store.snapshot().evicted());
    pins.forEach(Pin::close);
    rig.checkAll();
    rig.checkEmpties();
  }

  @Test
  void verify_ofAChangedByte_quarantinesAndReturnsTheMemoryWhenItHolds() {
    int length = 200_000;
    long handle = rig.put(1, 1, length);
    long offset = store.values.offset(Handle.slot(handle));
    var flipped = rig.memory.view(offset + 150_000, 1);
    try (var pin = store.pin(handle).orElseThrow()) {
      flipped.put(0, (byte) (flipped.get(0) ^ 4));
      assertTrue(pin.verify(0) && pin.verify(1) && pin.verify(3));
      assertFalse(pin.verify(2));
      assertTrue(store.pin(handle).isEmpty());
      assertTrue(store.pin(Payload.key(1)).isEmpty());
    }
    store.drain();
    assertEquals(1, store.snapshot().corrupt());
    assertEquals(Places.bytes(length), store.snapshot().quarantinedBytes());
    assertFalse(store.remove(Payload.key(1)));
    rig.put(1, 2, length);
    rig.checkAll();
    store.sweep(1);
    assertEquals(0, store.snapshot().quarantinedBytes());
    rig.checkEmpties();
  }

  @Test
  void checkedNs_afterAllPieces_isNow() {
    long handle = rig.put(1, 1, 200_000);
    long before = rig.clock.nanoTime();
    rig.clock.advance(5 * Values.TICK_NS);
    try (var pin = store.pin(handle).orElseThrow()) {
      pin.verify(0);
      pin.verify(1);
      pin.verify(2);
      assertEquals(before & -Values.TICK_NS, pin.checkedNs());
      pin.verify(3);
      assertEquals((before & -Values.TICK_NS) + 5 * Values.TICK_NS, pin.checkedNs());
    }
    rig.checkEmpties();
  }

  @Test
  void keys_thatShareAPrefix_areTold() {
    for (int i = 0; i < 2000; i++) {
      rig.put(i, i, 100);
    }
    rig.checkAll();
    assertTrue(store.pin(new byte[0]).isEmpty());
    assertArrayEquals(
        Payload.key(7),
        store.values.key(
            store.pin(Payload.key(7)).stream()
                .mapToInt(
                    pin -> {
                      pin.close();
                      return Handle.slot(pin.handle());
                    })
                .findFirst()
                .orElseThrow()));
    rig.checkEmpties();
  }
}
