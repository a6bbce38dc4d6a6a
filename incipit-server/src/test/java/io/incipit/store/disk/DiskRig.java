// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.env.Clock;
import io.incipit.env.RawDisk;
import io.incipit.store.disk.DiskStore.Outcome;
import io.incipit.store.disk.record.Fingerprint;
import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.disk.record.Place;
import io.incipit.store.memory.ManualClock;
import io.incipit.store.memory.Payload;
import io.incipit.store.memory.Pieces;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;

/// A store on a disk that fails, beside what must be true of it: for each key the versions that
/// were put and removed, in order, and of each whether it was said to be durable.
final class DiskRig implements Tenants {
  /// No value.
  static final long ABSENT = Versions.ABSENT;

  static final Path DIRECTORY = Path.of("/store");

  /// Wants to keep everything, and to hear nothing.
  static final Tenants NOBODY =
      new Tenants() {
        @Override
        public boolean keep(KeyHash hash, int length, boolean read) {
          return true;
        }

        @Override
        public void gone(KeyHash hash, Optional<byte[]> key, boolean wrong) {}
      };

  /// Opens a store on the disk of this machine, whose work is done by who calls its turns.
  static DiskStore open(DiskConfig config, Tenants tenants) throws IOException {
    return DiskStore.open(
        config,
        RawDisk.system(),
        Clock.system(),
        tenants,
        KeyHash::of,
        Points.NONE,
        DiskFault.NONE);
  }

  final int keys;
  private final DiskConfig config;
  private final DiskFault planted;
  private final BooleanSupplier keep;
  private final Versions versions;
  private final Map<KeyHash, Integer> byHash = new HashMap<>();
  FaultDisk disk;
  DiskStore store;
  private long version;

  /// What becomes of the last put or removal.
  CompletableFuture<Outcome> last = new CompletableFuture<>();
  boolean scanned;

  DiskRig(FaultDisk disk, DiskConfig config, int keys, DiskFault planted, BooleanSupplier keep)
      throws IOException {
    this.disk = disk;
    this.config = config;
    this.keys = keys;
    this.planted = planted;
    this.keep = keep;
    this.versions = new Versions(keys);
    this.store = open();
  }

  private DiskStore open() throws IOException {
    scanned = false;
    disk.onDelete(this::deleted);
    store =
        DiskStore.open(config, disk, new ManualClock(), this, KeyHash::of, Points.NONE, planted);
    for (int key = 0; key < keys; key++) {
      byHash.put(store.hash(Payload.key(key)), key);
    }
    return store;
  }

  /// Opens what is on a disk, and scans none of it yet.
  void reopen(FaultDisk on) throws IOException {
    disk = on;
    store = open();
  }

  /// Scans all, and takes what is found then for what is so.
  void scanAll() {
    while (!scanned) {
      scan();
    }
  }

  void scan() {
    scanned = scanned || !store.scan();
  }

  /// After a crash, when all is scanned: what is there must be what may be there.
  void settle() {
    scanAll();
    for (int key = 0; key < keys; key++) {
      // Before the look-up, which must find nothing wrong: disks that crash do not flip bits.
      var possible = versions.possible(key);
      long found = find(key);
      assertTrue(possible.contains(found), "key %d: %d of %s".formatted(key, found, possible));
      versions.settle(key, found);
    }
  }

  /// A source of the payload of a key's version.
  static DiskSource source(int key, long version, int length, boolean flipped) {
    var bytes = Payload.bytes(key, version, 0, length);
    var checksums = new int[Pieces.count(length)];
    for (int piece = 0; piece < checksums.length; piece++) {
      var crc = new CRC32C();
      crc.update(bytes.slice(Pieces.from(piece), Pieces.length(piece, length)));
      checksums[piece] = (int) crc.getValue();
    }
    if (flipped && length > 0) {
      bytes.put(length / 2, (byte) ~bytes.get(length / 2));
    }
    return new DiskSource() {
      @Override
      public int length() {
        return length;
      }

      @Override
      public int checksum(int piece) {
        return checksums[piece];
      }

      @Override
      public ByteBuffer bytes(int from, int to) {
        return bytes.slice(from, to - from);
      }

      @Override
      public void close() {}
    };
  }

  void put(int key, int length, boolean flipped) {
    long own = ++version;
    versions.put(key, own, length);
    last =
        store.put(
            Payload.key(key), own, new Fingerprint(key, own), source(key, own, length, flipped));
    var _ = last.thenAccept(outcome -> versions.ended(key, own, outcome));
  }

  void remove(int key) {
    long own = ++version;
    versions.remove(key, own);
    last = store.remove(Payload.key(key));
    var _ = last.thenAccept(outcome -> versions.ended(key, own, outcome));
  }

  /// Takes turns until nothing waits.
  void turns() {
    while (store.turn()) {
      // Until nothing waits.
    }
  }

  /// The version that a look-up finds, with all of its bytes proved by us.
  long find(int key) {
    return find(store, key);
  }

  /// What a store finds, which may be another one than ours.
  long find(DiskStore in, int key) {
    var value = in.read(Payload.key(key));
    if (value.isEmpty()) {
      return ABSENT;
    }
    try (var open = value.get()) {
      long found = open.generation();
      assertEquals(new Fingerprint(key, found), open.fingerprint(), "another key's value");
      assertEquals(versions.length(found), open.length(), "length");
      for (int piece = 0; piece < open.pieces(); piece++) {
        var bytes = open.piece(piece);
        if (bytes.isEmpty()) {
          return ABSENT;
        }
        int wrong = Payload.wrongAt(bytes.get(), key, found, Pieces.from(piece));
        assertEquals(-1, wrong, "wrong bytes were served");
      }
      return found;
    }
  }

  /// Looks a key up, and holds what is found against what must be found.
  void check(int key) {
    long before = versions.now(key);
    long found = find(key);
    if (scanned) {
      // A read may have found it wrong, and has said so then.
      long expected = found == ABSENT ? versions.now(key) : before;
      assertEquals(expected, found, "key " + key);
    } else if (found != ABSENT) {
      assertTrue(versions.possible(key).contains(found), "key %d: %d".formatted(key, found));
    }
  }

  void checkAll() {
    for (int key = 0; key < keys; key++) {
      check(key);
    }
    assertTrue(disk.extentBytes() <= config.capacityBytes(), "capacity");
  }

  /// The version that must be found.
  long expected(int key) {
    return versions.now(key);
  }

  @Override
  public boolean keep(KeyHash hash, int length, boolean read) {
    return keep.getAsBoolean();
  }

  @Override
  public void gone(KeyHash hash, Optional<byte[]> key, boolean wrong) {
    int number = byHash.get(hash);
    key.ifPresent(text -> assertEquals(number, byHash.get(store.hash(text))));
    versions.gone(number);
  }

  private void deleted(String name) {
    if (name.endsWith(".extent")) {
      long file = Long.parseLong(name.substring(0, name.indexOf('.')));
      for (var hash : byHash.keySet()) {
        var spot = store.parts.ledger().find(hash);
        assertTrue(
            spot == null || Place.file(spot.place()) != file,
            "freed before it was said to be gone");
      }
    }
  }
}
