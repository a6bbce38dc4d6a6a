// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.env.RawDisk;
import io.incipit.store.disk.DiskSnapshot.Mode;
import io.incipit.store.disk.DiskStore.Outcome;
import io.incipit.store.disk.FaultDisk.Failure;
import io.incipit.store.disk.FaultDisk.Loss;
import io.incipit.store.disk.record.Fingerprint;
import io.incipit.store.disk.record.Place;
import io.incipit.store.memory.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskStoreTest {
  private static DiskRig rig(int extents) throws IOException {
    var config =
        new DiskConfig(DiskRig.DIRECTORY, (long) extents << 16, 64 << 10, 1 << 20, 4, false);
    var rig = new DiskRig(new FaultDisk(1, false), config, 64, DiskFault.NONE, () -> false);
    rig.scanAll();
    return rig;
  }

  private static Outcome put(DiskRig rig, int key, int length) {
    rig.put(key, length, false);
    rig.turns();
    return rig.last.join();
  }

  @Test
  void put_ofAnyLength_isReadBack() throws Exception {
    var rig = rig(64);
    int key = 0;
    for (int length : new int[] {0, 1, 3900, 4096, 65_535, 65_536, 65_537, 200_000, 900_000}) {
      assertEquals(Outcome.DURABLE, put(rig, key++, length));
    }
    rig.checkAll();
    rig.reopen(rig.disk.crash(Loss.ALL));
    rig.settle();
    assertEquals(key, rig.store.snapshot().values());
  }

  @Test
  void put_ofBytesThatDoNotFitTheirChecksums_storesNothing() throws Exception {
    var rig = rig(16);
    for (int length : new int[] {5000, 300_000}) {
      rig.put(1, length, true);
      rig.turns();
      assertEquals(Outcome.CORRUPT, rig.last.join());
      rig.checkAll();
      assertEquals(Outcome.DURABLE, put(rig, 2, 5000));
    }
    rig.reopen(rig.disk.crash(Loss.NOTHING));
    rig.settle();
    assertEquals(1, rig.store.snapshot().values());
  }

  @Test
  void put_beyondTheQueue_isBusy() throws Exception {
    var rig = rig(64);
    rig.put(1, 900_000, false);
    rig.put(2, 200_000, false);
    assertEquals(Outcome.BUSY, rig.last.join());
    rig.turns();
    assertEquals(0, rig.store.snapshot().queuedBytes());
    assertEquals(Outcome.DURABLE, put(rig, 2, 200_000));
  }

  @Test
  void put_largerThanAllowed_isRefused() throws Exception {
    var store = rig(4).store;
    var source = DiskRig.source(1, 1, 1, false);
    assertThrows(
        IllegalArgumentException.class,
        () -> store.put(new byte[1025], 1, Fingerprint.NONE, source));
  }

  @Test
  void put_whenTheDiskIsFull_isRefusedUntilThereIsRoom() throws Exception {
    var rig = rig(16);
    assertEquals(Outcome.DURABLE, put(rig, 1, 5000));
    rig.disk.full(true);
    assertEquals(Outcome.FAILED, put(rig, 2, 5000));
    assertEquals(Mode.DISK_FULL, rig.store.snapshot().mode());
    assertEquals(Outcome.READ_ONLY, put(rig, 3, 5000));
    rig.remove(1);
    rig.turns();
    assertEquals(Outcome.READ_ONLY, rig.last.join());
    rig.checkAll();
    rig.store.tick();
    rig.turns();
    assertEquals(Mode.DISK_FULL, rig.store.snapshot().mode());

    rig.disk.full(false);
    rig.store.tick();
    rig.turns();
    assertEquals(Mode.WRITABLE, rig.store.snapshot().mode());
    assertEquals(Outcome.DURABLE, put(rig, 3, 5000));
    // The removal that was owed is on disk too.
    rig.reopen(rig.disk.crash(Loss.ALL));
    rig.scanAll();
    assertEquals(DiskRig.ABSENT, rig.find(1));
  }

  @Test
  void put_whenCapacityIsReached_reclaimsTheEmptiest() throws Exception {
    var rig = rig(4);
    for (int i = 0; i < 400; i++) {
      assertEquals(Outcome.DURABLE, put(rig, i % 64, 3000));
      rig.checkAll();
    }
    assertTrue(rig.store.snapshot().reclaimed() > 10);
  }

  @Test
  void sync_thatFailsOnce_isNeverBelieved() throws Exception {
    var rig = rig(16);
    assertEquals(Outcome.DURABLE, put(rig, 1, 5000));
    rig.disk.fail(Failure.SYNC_ERROR, 1);
    assertEquals(Outcome.FAILED, put(rig, 2, 5000));
    assertEquals(Mode.SYNC_FAILED, rig.store.snapshot().mode());
    assertEquals(Outcome.READ_ONLY, put(rig, 3, 5000));
    rig.store.tick();
    rig.turns();
    assertEquals(Mode.SYNC_FAILED, rig.store.snapshot().mode());
    rig.checkAll();
    rig.reopen(rig.disk.crash(Loss.ALL));
    rig.settle();
    assertEquals(1, rig.store.snapshot().values());
  }

  @Test
  void read_thatFails_isAMissAndToldOnce() throws Exception {
    var rig = rig(16);
    put(rig, 1, 5000);
    put(rig, 2, 5000);
    rig.disk.fail(Failure.READ_ERROR, 1);
    assertEquals(DiskRig.ABSENT, rig.find(1));
    rig.disk.fail(Failure.MISDIRECTED_READ, 1);
    rig.find(2);
    rig.checkAll();
    var now = rig.store.snapshot();
    assertEquals(1, now.unreadable());
    assertTrue(now.quarantined() >= 1);
    // It does not come back by itself.
    rig.turns();
    rig.reopen(rig.disk.crash(Loss.ALL));
    rig.scanAll();
    assertEquals(DiskRig.ABSENT, rig.find(1));
  }

  @Test
  void scrub_ofAFlippedBit_quarantinesThatValueOnly() throws Exception {
    var rig = rig(16);
    for (int key = 0; key < 5; key++) {
      put(rig, key, 10_000);
    }
    var bytes = rig.disk.bytes(Directory.name(1));
    bytes[bytes.length / 2] ^= 4;
    long scrubbed = 0;
    while (scrubbed < 5 * 16_384) {
      scrubbed += rig.store.scrub(1);
    }
    assertEquals(4, rig.store.snapshot().values());
    assertEquals(1, rig.store.snapshot().quarantined());
    rig.checkAll();
  }

  @Test
  void files_truncatedDeletedOrReplaced_areMisses(@TempDir Path directory) throws Exception {
    var config = new DiskConfig(directory, 4 << 20, 64 << 10, 1 << 20, 4, true);
    try (var store = DiskRig.open(config, DiskRig.NOBODY)) {
      while (store.scan()) {
        // Until all is scanned.
      }
      for (int key = 0; key < 60; key++) {
        var source = DiskRig.source(key, key + 1, 9000, false);
        var _ = store.put(Payload.key(key), key + 1, new Fingerprint(key, key + 1), source);
      }
      assertTrue(store.turn());
      assertThrows(IOException.class, () -> Directory.open(RawDisk.system(), directory));
      try (var file =
          Files.newByteChannel(directory.resolve(Directory.name(1)), StandardOpenOption.WRITE)) {
        file.truncate(20_000);
      }
      Files.delete(directory.resolve(Directory.name(2)));
      Files.write(directory.resolve(Directory.name(3)), new byte[30_000]);
      Thread.currentThread().interrupt();
      int found = 0;
      for (int key = 0; key < 60; key++) {
        var value = store.read(Payload.key(key));
        if (value.isPresent()) {
          try (var open = value.get()) {
            var bytes = open.piece(0);
            found += bytes.isPresent() ? 1 : 0;
            int number = key;
            bytes.ifPresent(
                b -> assertEquals(-1, Payload.wrongAt(b, number, open.generation(), 0)));
          }
        }
      }
      assertTrue(Thread.interrupted());
      assertTrue(found >= 40 && found < 60, "found " + found);
      assertFalse(store.snapshot().quarantined() == 0);
    }
  }

  @Test
  void records_ofOtherStoresAndVersions_areDropped() throws Exception {
    var rig = rig(16);
    put(rig, 1, 5000);
    put(rig, 2, 5000);
    var other = new FaultDisk(7, false);
    var config = new DiskConfig(DiskRig.DIRECTORY, 1 << 20, 64 << 10, 1 << 20, 4, false);
    var second = new DiskRig(other, config, 64, DiskFault.NONE, () -> false);
    second.scanAll();
    put(second, 3, 5000);
    var bytes = rig.disk.bytes(Directory.name(1)).clone();
    bytes[8] = 2;
    second.disk.replace(Directory.name(1), bytes);
    second.reopen(second.disk.crash(Loss.NOTHING));
    second.scanAll();
    var now = second.store.snapshot();
    assertEquals(0, now.values());
    assertTrue(now.unknown() > 0 && now.foreign() > 0, now.toString());
  }

  @Test
  void put_afterAStartWithLessRoomThanAnExtent_makesRoomOfWhatHidesOthers(@TempDir Path directory)
      throws Exception {
    long bytes;
    try (var store = open(directory, 4 << 20)) {
      // An old version of key 0 in each extent: none may go before its removal is in another.
      for (int extent = 0; extent < 8; extent++) {
        assertEquals(Outcome.DURABLE, put(store, 0, 3000));
        assertEquals(Outcome.DURABLE, put(store, 1 + extent, 50_000));
      }
      var _ = store.remove(Payload.key(0));
      assertTrue(store.turn());
    }
    try (var store = open(directory, 4 << 20)) {
      bytes = store.snapshot().bytes();
    }
    long capacity = bytes + (32 << 10);
    try (var store = open(directory, capacity)) {
      for (int key = 10; key < 30; key++) {
        assertEquals(Outcome.DURABLE, put(store, key, 50_000));
        assertTrue(store.snapshot().bytes() <= capacity);
      }
    }
    try (var store = open(directory, capacity)) {
      assertTrue(store.read(Payload.key(0)).isEmpty());
    }
  }

  @Test
  void read_ofOneMib_readsItAndItsHeaderOnce(@TempDir Path directory) throws Exception {
    int length = 1 << 20;
    var config = new DiskConfig(directory, 16 << 20, 4 << 20, 1 << 20, 4, true);
    try (var store = open(config)) {
      assertEquals(Outcome.DURABLE, put(store, 1, length));
      long before = store.snapshot().readBytes();
      try (var value = store.read(Payload.key(1)).orElseThrow()) {
        for (int piece = 0; piece < value.pieces(); piece++) {
          assertTrue(value.piece(piece).isPresent());
        }
      }
      assertEquals(Place.UNIT + length, store.snapshot().readBytes() - before);
    }
  }

  private static DiskStore open(Path directory, long capacityBytes) throws IOException {
    return open(new DiskConfig(directory, capacityBytes, 64 << 10, 1 << 20, 4, true));
  }

  private static DiskStore open(DiskConfig config) throws IOException {
    var store = DiskRig.open(config, DiskRig.NOBODY);
    while (store.scan()) {
      // Until all is scanned.
    }
    return store;
  }

  private static Outcome put(DiskStore store, int key, int length) {
    var source = DiskRig.source(key, 1, length, false);
    var put = store.put(Payload.key(key), 1, new Fingerprint(key, 1), source);
    assertTrue(store.turn());
    return put.join();
  }
}
