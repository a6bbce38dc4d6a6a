// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.env.RawFile;
import io.incipit.store.disk.Points.Point;
import io.incipit.store.disk.record.Entry;
import io.incipit.store.disk.record.Fingerprint;
import io.incipit.store.disk.record.Footer;
import io.incipit.store.disk.record.Place;
import io.incipit.store.disk.record.RecordHeader;
import io.incipit.store.disk.record.RecordHeader.Kind;
import io.incipit.store.disk.record.RecordHeader.Stamp;
import io.incipit.store.memory.Pieces;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Writes the one extent that is open, from its first byte to its last. Writing thread.
///
/// Once a method has thrown, the file must be given up by [#abandon].
final class Appender {
  /// What is written at once, at most. A larger record is written in parts, its header last, so
  /// that until then it is no record.
  private static final int STAGED_BYTES_MAX = 4 << 20;

  /// At least as much, for a record of removals.
  private static final int STAGED_BYTES_MIN = 128 << 10;

  /// What a disk must take to count as not full.
  private static final int PROBED_BYTES = 1 << 20;

  /// Removals in one record: what fits into a piece.
  static final int REMOVALS_MAX = 2000;

  /// What a record is of.
  ///
  /// @param birth [Place#NONE] for the place where it is written now
  record Origin(long birth, long generation, Fingerprint fingerprint, Kind kind) {}

  /// Nothing is known of what was written since the last sync.
  static final class SyncException extends IOException {
    private static final long serialVersionUID = 1L;

    SyncException(IOException cause) {
      super(cause);
    }
  }

  private final DiskParts parts;

  /// Made when a file is opened first.
  private ByteBuffer staged = Buffers.aligned(0);
  private @Nullable Extent extent;
  private @Nullable RawFile file;
  private long limit;

  /// Where the staged bytes belong, and where the next record begins.
  private long stagedAt;

  private long end;
  private long synced;

  /// How long the file may be: what was written of a record that did not come to be included.
  private long reach;
  private List<Entry> entries = new ArrayList<>();

  Appender(DiskParts parts) {
    this.parts = parts;
  }

  boolean isOpen() {
    return file != null;
  }

  /// Number of the open extent, or 0.
  long number() {
    return extent == null ? 0 : extent.number;
  }

  /// The place that the next record will have at least.
  ///
  /// @param nextNumber of the file that will be opened next
  long next(long nextNumber) {
    return file == null ? Place.of(nextNumber, 0) : Place.of(number(), unit());
  }

  /// Bytes that records may still take.
  long room() {
    return file == null ? 0 : limit - end - Footer.bytes(entries.size());
  }

  /// Whether a record fits, with so many entries in the footer.
  boolean fits(long recordBytes, int newEntries) {
    return file != null && end + recordBytes + Footer.bytes(entries.size() + newEntries) <= limit;
  }

  /// Bytes of the records of so many removals.
  static long removalBytes(int count) {
    return 2L * RecordHeader.recordBytes(0, count * Entry.BYTES);
  }

  boolean fitsRemovals(int count) {
    return fits(removalBytes(count), 2 * count);
  }

  /// Opens the next file.
  ///
  /// @param bytesMax of it
  void begin(long number, long bytesMax) throws IOException {
    var path = parts.config().directory().resolve(Directory.name(number));
    var created = parts.disk().create(path, parts.direct());
    try {
      if (parts.planted() != DiskFault.FORGET_NAMES) {
        parts.disk().sync(parts.config().directory());
      }
      var reading = parts.disk().open(path, parts.direct());
      extent = new Extent(number, path, reading, parts.direct(), bytesMax);
    } catch (IOException failure) {
      created.close();
      parts.disk().delete(path);
      throw failure;
    }
    file = created;
    extent.resize(bytesMax, true);
    parts.extents().add(extent);
    limit = bytesMax;
    staged = staged.capacity() == 0 ? Buffers.aligned(stagedBytes()) : staged.clear();
    stagedAt = 0;
    end = 0;
    synced = 0;
    reach = 0;
    entries = new ArrayList<>();
  }

  /// Appends a value that fits.
  ///
  /// @return its place; [Place#NONE] if its bytes are not those of its checksums, and nothing has
  ///     been written
  long append(byte[] key, Origin origin, DiskSource source) throws IOException {
    var checksums = new int[Pieces.count(source.length())];
    for (int i = 0; i < checksums.length; i++) {
      checksums[i] = source.checksum(i);
    }
    var header = header(key, origin, source.length(), checksums);
    if (header.recordBytes() > staged.capacity()) {
      if (!write(header, source)) {
        // The file is longer now than it says, and so can have no footer.
        sync();
        abandon();
        return Place.NONE;
      }
    } else if (!stage(header, source)) {
      return Place.NONE;
    }
    var stamp = header.stamp();
    var hash = parts.hash(key);
    advance(header, List.of(new Entry(hash, stamp.length(), stamp.birth(), unit(), false)));
    return stamp.place();
  }

  /// Appends removals that fit, each of which has a birth, or [Place#NONE] for the place of now.
  /// They are written twice: a value that is lost is a miss, a removal that is lost would bring
  /// its value back.
  ///
  /// @return their place
  long append(List<Entry> removals) throws IOException {
    long place = Place.of(number(), unit());
    appendOnce(removals, place);
    appendOnce(removals, place);
    return place;
  }

  private void appendOnce(List<Entry> removals, long place) throws IOException {
    var bytes = ByteBuffer.allocate(removals.size() * Entry.BYTES).order(staged.order());
    var born = new ArrayList<Entry>(removals.size());
    for (var removal : removals) {
      long birth = removal.birth() == Place.NONE ? place : removal.birth();
      var entry = new Entry(removal.hash(), 0, birth, unit(), true);
      entry.write(bytes);
      born.add(entry);
    }
    bytes.flip();
    var crc = new CRC32C();
    crc.update(bytes.duplicate());
    var origin = new Origin(Place.NONE, 0, Fingerprint.NONE, Kind.REMOVALS);
    var header = header(new byte[0], origin, bytes.limit(), new int[] {(int) crc.getValue()});
    prepare(header.recordBytes());
    stage(header, bytes);
    advance(header, born);
  }

  private int stagedBytes() {
    return Math.clamp(parts.config().extentBytes(), STAGED_BYTES_MIN, STAGED_BYTES_MAX);
  }

  private RecordHeader header(byte[] key, Origin origin, int length, int[] checksums) {
    long place = Place.of(number(), unit());
    var stamp =
        new Stamp(
            parts.store(),
            place,
            origin.birth == Place.NONE ? place : origin.birth,
            origin.generation,
            origin.fingerprint,
            (int) (synced >>> Place.UNIT_LOG),
            origin.kind,
            length);
    return new RecordHeader(stamp, key, checksums, entries.isEmpty() ? null : entries.getLast());
  }

  private int unit() {
    return (int) (end >>> Place.UNIT_LOG);
  }

  private void advance(RecordHeader header, List<Entry> more) {
    end += header.recordBytes();
    entries.addAll(more);
    if (extent != null) {
      more.forEach(extent::append);
    }
  }

  /// Makes room for so many staged bytes.
  private void prepare(int bytes) throws IOException {
    if (staged.remaining() < bytes) {
      flush();
    }
  }

  private void stage(RecordHeader header, ByteBuffer payload) {
    int from = staged.position();
    header.write(staged);
    zeroTo(from + header.payloadAt());
    staged.put(payload);
    zeroTo(from + header.recordBytes());
  }

  private boolean stage(RecordHeader header, DiskSource source) throws IOException {
    prepare(header.recordBytes());
    int from = staged.position();
    header.write(staged);
    zeroTo(from + header.payloadAt());
    for (int piece = 0; piece < Pieces.count(source.length()); piece++) {
      if (!put(source, piece)) {
        staged.position(from);
        return false;
      }
    }
    zeroTo(from + header.recordBytes());
    return true;
  }

  private boolean write(RecordHeader header, DiskSource source) throws IOException {
    flush();
    long at = end + header.payloadAt();
    for (int piece = 0; piece < Pieces.count(source.length()); piece++) {
      if (staged.remaining() < Pieces.BYTES) {
        at += writeStaged(at);
        parts.points().reach(Point.MID_BYTES);
      }
      if (!put(source, piece)) {
        staged.clear();
        return false;
      }
    }
    zeroTo((int) Place.roundUp(staged.position()));
    writeStaged(at);
    header.write(staged);
    zeroTo(header.payloadAt());
    writeStaged(end);
    stagedAt = end + header.recordBytes();
    return true;
  }

  /// Stages a piece, unless it is not what its checksum says.
  private boolean put(DiskSource source, int piece) {
    int length = Pieces.length(piece, source.length());
    int at = staged.position();
    staged.put(source.bytes(Pieces.from(piece), Pieces.from(piece) + length));
    var crc = new CRC32C();
    crc.update(staged.slice(at, length));
    return (int) crc.getValue() == source.checksum(piece);
  }

  private void zeroTo(int position) {
    while (staged.position() < position) {
      if (position - staged.position() >= Long.BYTES) {
        staged.putLong(0);
      } else {
        staged.put((byte) 0);
      }
    }
  }

  private void flush() throws IOException {
    if (staged.position() > 0) {
      stagedAt += writeStaged(stagedAt);
    }
  }

  private int writeStaged(long at) throws IOException {
    var open = file;
    if (open == null) {
      throw new IOException("no extent is open");
    }
    staged.flip();
    int length = staged.limit();
    reach = Math.max(reach, at + length);
    long start = parts.clock().nanoTime();
    for (int written = 0; written < length; ) {
      int more = open.write(staged, at + written);
      if (more == 0) {
        throw new IOException("write: 0 of %d bytes".formatted(length - written));
      }
      written = parts.planted() == DiskFault.TRUST_WRITES ? length : written + more;
    }
    parts.counters().writes.add(length, parts.clock().nanoTime() - start);
    staged.clear();
    return length;
  }

  /// Makes all durable that was appended.
  void sync() throws IOException {
    flush();
    var open = file;
    if (open != null && synced != end) {
      long start = parts.clock().nanoTime();
      try {
        open.sync();
      } catch (IOException failure) {
        throw new SyncException(failure);
      }
      parts.counters().writes.add(0, parts.clock().nanoTime() - start);
      parts.counters().syncs.increment();
      synced = end;
    }
  }

  /// Completes the file with its footer.
  void seal() throws IOException {
    var sealed = extent;
    var open = file;
    if (sealed == null || open == null) {
      return;
    }
    flush();
    int firstUnit = unit();
    var crc = new CRC32C();
    for (var entry : entries) {
      prepare(Entry.BYTES);
      int at = staged.position();
      entry.write(staged);
      crc.update(staged.slice(at, Entry.BYTES));
    }
    long bytes = end + Footer.bytes(entries.size());
    for (long at = stagedAt + staged.position();
        at < bytes - Footer.TRAILER_BYTES;
        at += Long.BYTES) {
      prepare(Long.BYTES);
      staged.putLong(0);
    }
    prepare(Footer.TRAILER_BYTES);
    new Footer(parts.store(), sealed.number, firstUnit, entries.size(), (int) crc.getValue())
        .write(staged);
    end = bytes;
    sync();
    sealed.know(entries.size());
    sealed.resize(bytes, false);
    release(open);
    parts.points().reach(Point.SEALED);
  }

  /// Leaves the file as it is, for good: nothing that was not durable will be trusted.
  void abandon() {
    var left = extent;
    var open = file;
    if (left != null && open != null) {
      left.resize(reach, false);
      release(open);
    }
  }

  private void release(RawFile open) {
    file = null;
    extent = null;
    staged.clear();
    entries = new ArrayList<>();
    try {
      open.close();
    } catch (IOException failure) {
      // All that counts was synced before.
      parts.counters().failed.increment();
    }
  }

  /// Whether a file can be written again.
  boolean probe() {
    var path = parts.config().directory().resolve("probe");
    try {
      parts.disk().delete(path);
      try (var file = parts.disk().create(path, parts.direct())) {
        var bytes = Buffers.aligned(PROBED_BYTES);
        while (bytes.hasRemaining()) {
          file.write(bytes, bytes.position());
        }
        file.sync();
      }
      parts.disk().delete(path);
      return true;
    } catch (IOException failure) {
      try {
        parts.disk().delete(path);
      } catch (IOException _) {
        // It is tried again first.
      }
      return false;
    }
  }
}
