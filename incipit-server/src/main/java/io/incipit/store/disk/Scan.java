// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.record.Entry;
import io.incipit.store.disk.record.Footer;
import io.incipit.store.disk.record.Place;
import io.incipit.store.disk.record.RecordHeader;
import io.incipit.store.disk.record.RecordHeader.Kind;
import io.incipit.store.disk.record.RecordHeader.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.zip.CRC32C;

/// What an extent has in it: as its footer says, or else as its records do. Never throws: what
/// cannot be read or is wrong is counted, and left out.
///
/// A walk over the records reads headers only, but for the end of the file, which a crash may have
/// left unfinished: each header says how much was durable when it was written, and what lies behind
/// all of that is verified. Each also repeats the entry before it, so that a key whose header is
/// lost does not come back with an older value.
final class Scan {
  /// Records from here on are read one by one; smaller ones many at a time.
  private static final int LARGE_BYTES = 128 << 10;

  private final DiskParts parts;
  private final Extent extent;
  private final RecordReader reader;
  private List<Entry> entries = new ArrayList<>();
  private boolean complete;

  /// Units at which something lies that is not a record, the first of each stretch.
  private final List<Integer> gaps = new ArrayList<>();

  /// Entries whose records were not where the ones behind say they are.
  private final List<Entry> lost = new ArrayList<>();

  /// Units that were durable for sure.
  private int synced;

  private int lastBytes;

  private Scan(DiskParts parts, Extent extent) {
    this.parts = parts;
    this.extent = extent;
    this.reader = new RecordReader(parts, extent);
  }

  /// Scans an extent, and lets go of it.
  static Scan of(DiskParts parts, Extent held) {
    var scan = new Scan(parts, held);
    try (var _ = scan.reader) {
      var written = held.written();
      if (written != null) {
        scan.entries = written;
      } else {
        scan.run();
      }
    }
    return scan;
  }

  /// In the order of the file.
  List<Entry> entries() {
    return entries;
  }

  /// Whether the file has a footer, so that all in it was durable once.
  boolean isComplete() {
    return complete;
  }

  private void run() {
    long bytes;
    try {
      bytes = extent.fileBytes();
      complete = readFooter(bytes);
    } catch (IOException failure) {
      parts.counters().unreadable.increment();
      bytes = extent.bytes();
    }
    if (!complete) {
      entries.clear();
      walk((int) Math.min(bytes >>> Place.UNIT_LOG, Integer.MAX_VALUE));
      finish();
    }
  }

  private boolean readFooter(long bytes) throws IOException {
    if (bytes < Place.UNIT || bytes % Place.UNIT != 0) {
      return false;
    }
    var last = reader.raw(bytes - Place.UNIT, Place.UNIT);
    int at = last.limit() - Footer.TRAILER_BYTES;
    if (last.remaining() < Place.UNIT
        || !Footer.isGood(last, at, parts.store(), extent.number, bytes)) {
      return false;
    }
    var footer = Footer.read(last, at);
    long from = (long) footer.firstUnit() << Place.UNIT_LOG;
    var crc = new CRC32C();
    for (int left = footer.entries(); left > 0; ) {
      int some = Math.min(left, parts.buffers().bytes() / Entry.BYTES);
      var chunk = reader.raw(from, some * Entry.BYTES);
      if (chunk.remaining() < some * Entry.BYTES) {
        return false;
      }
      crc.update(chunk.duplicate());
      for (int i = 0; i < some; i++) {
        entries.add(Entry.read(chunk));
      }
      left -= some;
      from += (long) some * Entry.BYTES;
    }
    boolean good = (int) crc.getValue() == footer.entriesCrc();
    if (!good) {
      parts.counters().corrupt.increment();
    }
    return good || parts.planted() == DiskFault.TRUST_FOOTERS;
  }

  private void walk(int units) {
    boolean inGap = false;
    for (int unit = 0; unit < units; ) {
      int next = step(unit, units);
      if (next == unit && !inGap) {
        gaps.add(unit);
      }
      inGap = next == unit;
      unit = Math.max(next, unit + 1);
    }
  }

  /// Takes what lies at a unit.
  ///
  /// @return the unit behind it; the same one if it is not a record
  private int step(int unit, int units) {
    try {
      var verdict = reader.open(unit, lastBytes < LARGE_BYTES ? parts.buffers().bytes() : 0);
      count(verdict);
      if (verdict != Verdict.GOOD) {
        lastBytes = 0;
        return unit;
      }
      var header = reader.header();
      int next = unit + (header.recordBytes() >>> Place.UNIT_LOG);
      if (next > units || !take(header, unit)) {
        return unit;
      }
      lastBytes = header.recordBytes();
      synced = Math.max(synced, Math.min(header.stamp().synced(), unit));
      return next;
    } catch (IOException failure) {
      parts.counters().unreadable.increment();
      return unit;
    }
  }

  private boolean take(RecordHeader header, int unit) throws IOException {
    var before = header.before();
    if (before != null && (entries.isEmpty() || entries.getLast().unit() != before.unit())) {
      lost.add(before);
    }
    var stamp = header.stamp();
    if (stamp.kind() == Kind.VALUE) {
      entries.add(new Entry(reader.hash(), stamp.length(), stamp.birth(), unit, false));
      return true;
    }
    var removals = stamp.length() == 0 ? null : reader.piece(0);
    if (removals == null) {
      return false;
    }
    readRemovals(removals, unit, entries);
    return true;
  }

  /// Reads the payload of a record of removals.
  static void readRemovals(ByteBuffer bytes, int unit, List<Entry> into) {
    var from = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    while (from.remaining() >= Entry.BYTES) {
      var entry = Entry.read(from);
      into.add(new Entry(entry.hash(), 0, entry.birth(), unit, true));
    }
  }

  private void count(Verdict verdict) {
    if (verdict == Verdict.FOREIGN) {
      parts.counters().foreign.increment();
    } else if (verdict == Verdict.UNKNOWN_VERSION) {
      parts.counters().unknown.increment();
    }
  }

  /// Leaves out what a crash cut short, and says of what was lost that it is no more.
  private void finish() {
    for (int gap : gaps) {
      (gap < synced ? parts.counters().corrupt : parts.counters().torn).increment();
    }
    var torn = new HashSet<Entry>();
    for (var entry : entries) {
      if (entry.unit() >= synced && !entry.removal() && !verifies(entry)) {
        parts.counters().torn.increment();
        torn.add(entry);
      }
    }
    entries.removeAll(torn);
    for (var entry : lost) {
      if (entry.unit() < synced) {
        long birth = entry.removal() ? entry.birth() : entry.birth() + 1;
        entries.add(new Entry(entry.hash(), 0, birth, entry.unit(), true));
      }
    }
  }

  private boolean verifies(Entry entry) {
    try {
      return parts.planted() == DiskFault.TRUST_TAILS
          || (reader.open(entry.unit(), Extent.weight(entry.length())) == Verdict.GOOD
              && reader.verifies());
    } catch (IOException failure) {
      parts.counters().unreadable.increment();
      return false;
    }
  }
}
