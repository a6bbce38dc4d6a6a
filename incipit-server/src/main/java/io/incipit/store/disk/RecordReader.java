// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.disk.record.Place;
import io.incipit.store.disk.record.RecordHeader;
import io.incipit.store.disk.record.RecordHeader.Verdict;
import io.incipit.store.memory.Pieces;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads the records of an extent, one after the other, and proves each piece before it shows it.
/// For one thread; holds the extent and a buffer until it is closed.
final class RecordReader implements AutoCloseable {
  private final DiskParts parts;
  private final Extent extent;
  private final ByteBuffer window;

  /// Where the window begins in the file, and what of it is filled.
  private long windowAt;

  private int windowBytes;
  private int unit;
  private @Nullable RecordHeader header;
  private boolean open = true;

  /// Takes over a hold of the extent.
  RecordReader(DiskParts parts, Extent extent) {
    this.parts = parts;
    this.extent = extent;
    this.window = parts.buffers().take();
  }

  /// Reads what lies at a unit.
  ///
  /// @param ahead bytes to be read with it, if it is not there already
  Verdict open(int atUnit, long ahead) throws IOException {
    unit = atUnit;
    header = null;
    long at = (long) atUnit << Place.UNIT_LOG;
    long place = Place.of(extent.number, atUnit);
    fill(at, Place.UNIT, ahead);
    var verdict = RecordHeader.judge(view(at), parts.store(), place);
    if (verdict == Verdict.MORE) {
      fill(at, RecordHeader.BYTES_MAX, ahead);
      verdict = RecordHeader.judge(view(at), parts.store(), place);
    }
    if (verdict == Verdict.FOREIGN && parts.planted() == DiskFault.TRUST_PLACES) {
      verdict = Verdict.GOOD;
    }
    if (verdict == Verdict.GOOD) {
      header = RecordHeader.read(view(at));
    }
    return verdict == Verdict.MORE ? Verdict.BAD : verdict;
  }

  /// The header that [#open] found to be good.
  RecordHeader header() {
    if (header == null) {
      throw new IllegalStateException("header: none (expected: a good one)");
    }
    return header;
  }

  /// The key of the record, if there is a good header.
  Optional<byte[]> key() {
    return header == null ? Optional.empty() : Optional.of(header.key());
  }

  /// What stands for the key of the record.
  KeyHash hash() {
    return parts.hash(header().key());
  }

  /// A piece of the record, good until the next call; none if its bytes are not what was written.
  @Nullable ByteBuffer piece(int piece) throws IOException {
    var head = header();
    int length = Pieces.length(piece, head.stamp().length());
    long at = ((long) unit << Place.UNIT_LOG) + head.payloadAt() + Pieces.from(piece);
    fill(at, length, (long) head.stamp().length() - Pieces.from(piece));
    if (!holds(at, length)) {
      return null;
    }
    var bytes = window.slice((int) (at - windowAt), length);
    var crc = new CRC32C();
    crc.update(bytes.duplicate());
    boolean good = (int) crc.getValue() == head.checksum(piece);
    return good || parts.planted() == DiskFault.TRUST_PAYLOADS ? bytes.asReadOnlyBuffer() : null;
  }

  /// Whether all pieces are what was written.
  boolean verifies() throws IOException {
    int pieces = Pieces.count(header().stamp().length());
    for (int piece = 0; piece < pieces; piece++) {
      if (piece(piece) == null) {
        return false;
      }
    }
    return true;
  }

  /// Bytes of the file from a place on, as many as fit, at most `length`; none beyond its end.
  ByteBuffer raw(long at, int length) throws IOException {
    fill(at, length, length);
    var bytes = view(at);
    return bytes.limit(Math.min(bytes.limit(), bytes.position() + length));
  }

  private boolean holds(long at, int length) {
    return at >= windowAt && at + length <= windowAt + windowBytes;
  }

  /// From a byte of the file to the end of the window.
  private ByteBuffer view(long at) {
    int from = (int) Math.min(at - windowAt, windowBytes);
    return window.duplicate().order(window.order()).limit(windowBytes).position(from);
  }

  private void fill(long at, int length, long ahead) throws IOException {
    if (holds(at, length)) {
      return;
    }
    windowAt = at & -Place.UNIT;
    windowBytes = 0;
    long wanted = Place.roundUp(at - windowAt + Math.max(length, ahead));
    window.clear().limit((int) Math.min(wanted, window.capacity()));
    long start = parts.clock().nanoTime();
    windowBytes = extent.read(window, windowAt);
    parts.counters().reads.add(windowBytes, parts.clock().nanoTime() - start);
    window.clear();
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      parts.buffers().give(window);
      extent.release();
    }
  }
}
