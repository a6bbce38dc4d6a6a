// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.Hash64;
import io.incipit.env.RawDisk;
import io.incipit.env.RawFile;
import io.incipit.env.Search;
import io.incipit.store.disk.record.Entry;
import io.incipit.store.disk.record.Fingerprint;
import io.incipit.store.disk.record.Footer;
import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.disk.record.Place;
import io.incipit.store.disk.record.RecordHeader;
import io.incipit.store.disk.record.RecordHeader.Kind;
import io.incipit.store.disk.record.RecordHeader.Stamp;
import io.incipit.store.memory.Payload;
import io.incipit.store.memory.Pieces;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a million of values costs in memory, and how long they are scanned after a stop or a crash.
/// The files are sparse: scans read no payloads.
final class DiskScaleTest {
  private static final boolean SLOW = Search.Family.PROGRAMS.isSlow();
  private static final int OBJECTS = SLOW ? 10_000_000 : 1_000_000;
  private static final int RECORDS = SLOW ? 1_000_000 : 200_000;

  /// Only what a crash left open has no footer.
  private static final int OPEN_RECORDS = 5_000;

  @Test
  void index_ofMillionsOfValues_takesFewBytesEach() {
    var table = new KeyTable();
    double most = 0;
    for (int i = 0; i < OBJECTS; i++) {
      var hash = new KeyHash(Hash64.mix(i + 1L), Hash64.mix(~i) >>> (64 - KeyHash.LOW_BITS));
      table.put(hash, new KeyTable.Spot(i + 1L, i + 1L, i));
      if (i > OBJECTS / 10 && i % (OBJECTS / 100) == 0) {
        most = Math.max(most, (double) table.heapBytes() / table.count());
      }
    }
    double each = (double) table.heapBytes() / OBJECTS;
    System.out.printf(
        "disk index: %.1f B a value of %,d, at most %.1f B on the way%n", each, OBJECTS, most);
    assertEquals(OBJECTS, table.count());
    assertTrue(most <= 60);
  }

  @Test
  void scan_ofSparseFiles_isQuick(@TempDir Path directory) throws Exception {
    for (int length : new int[] {16 << 10, 2 << 20}) {
      scan(directory.resolve(length + "-closed"), length, RECORDS, true);
      scan(directory.resolve(length + "-open"), length, OPEN_RECORDS, false);
    }
  }

  private static void scan(Path directory, int length, int all, boolean footers)
      throws IOException {
    var disk = RawDisk.system();
    int perFile = (int) ((1L << 30) / (Place.UNIT + length)) - 1;
    var config = new DiskConfig(directory, 1L << 45, 1L << 30, 1 << 20, 4, true);
    long store;
    try (var empty = DiskRig.open(config, DiskRig.NOBODY)) {
      store = empty.parts.store();
    }
    for (int file = 1; file <= (all + perFile - 1) / perFile; file++) {
      int records = Math.min(perFile, all - (file - 1) * perFile);
      write(
          disk,
          directory,
          store,
          new Stretch(file, (file - 1) * perFile, records),
          length,
          footers);
    }
    long start = System.nanoTime();
    try (var opened = DiskRig.open(config, DiskRig.NOBODY)) {
      while (opened.scan()) {
        // Until all is scanned.
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          "disk scan: %,d records of %,d B %s: %.2f s, %.1f s a million%n",
          all, length, footers ? "by footers" : "by headers", seconds, seconds * 1e6 / all);
      assertEquals(all, opened.snapshot().values());
      assertTrue(seconds <= 60 && (!footers || seconds * 1e6 / all <= 60));
    }
  }

  /// Records of a file.
  private record Stretch(int file, int first, int records) {}

  private static void write(
      RawDisk disk, Path directory, long store, Stretch stretch, int length, boolean footers)
      throws IOException {
    var unit = ByteBuffer.allocate(Place.UNIT).order(ByteOrder.LITTLE_ENDIAN);
    int unitsEach = RecordHeader.recordBytes(Payload.key(0).length, length) >>> Place.UNIT_LOG;
    var entries = new ArrayList<Entry>();
    try (var file = disk.create(directory.resolve(Directory.name(stretch.file)), false)) {
      for (int i = 0; i < stretch.records; i++) {
        int at = i * unitsEach;
        long place = Place.of(stretch.file, at);
        var key = Payload.key(stretch.first + i);
        if (!footers) {
          var stamp = new Stamp(store, place, place, 1, Fingerprint.NONE, at, Kind.VALUE, length);
          // The last says that all before it is durable, so that no payload is read but its own.
          var checksums = new int[Pieces.count(length)];
          var before = entries.isEmpty() ? null : entries.getLast();
          var crc = new CRC32C();
          crc.update(new byte[Math.min(length, Pieces.BYTES)]);
          Arrays.fill(checksums, (int) crc.getValue());
          new RecordHeader(stamp, key, checksums, before).write(unit.clear());
          file.write(unit.clear(), (long) at << Place.UNIT_LOG);
        }
        entries.add(new Entry(KeyHash.of(store, key), length, place, at, false));
      }
      int end = stretch.records * unitsEach;
      if (footers) {
        footer(file, store, stretch.file, end, entries);
      } else {
        file.write(ByteBuffer.allocate(1), ((long) end << Place.UNIT_LOG) - 1);
      }
    }
  }

  private static void footer(RawFile file, long store, long number, int end, List<Entry> entries)
      throws IOException {
    var bytes = ByteBuffer.allocate((int) Footer.bytes(entries.size()));
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    entries.forEach(entry -> entry.write(bytes));
    var crc = new CRC32C();
    crc.update(bytes.slice(0, entries.size() * Entry.BYTES));
    bytes.position(bytes.limit() - Footer.TRAILER_BYTES);
    new Footer(store, number, end, entries.size(), (int) crc.getValue()).write(bytes);
    file.write(bytes.clear(), (long) end << Place.UNIT_LOG);
  }
}
