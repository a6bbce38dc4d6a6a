// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// A stretch of a value that one thread at a time writes from its first byte to its last. What is
/// written goes into the checksum of its piece at once, while it is in the processor's cache.
public final class Part implements AutoCloseable {
  final int from;
  final int to;

  private final Reservation value;
  private final CRC32C crc = new CRC32C();
  private boolean pinned;
  private int written;

  /// Set by the thread that wrote, after the pin is gone, which a commit would stumble over.
  private volatile boolean complete;

  Part(Reservation value, int from, int to) {
    this.value = value;
    this.from = from;
    this.to = to;
    this.written = from;
  }

  void begin() {
    pinned = value.values.pinIfNamed(value.handle, Values.RESERVED);
  }

  /// Whether it makes no sense to go on: closed, or its reservation has ended.
  public boolean isEnded() {
    return !pinned || !value.values.isNamed(value.handle, Values.RESERVED);
  }

  /// Bytes still to come.
  public int remaining() {
    return to - written;
  }

  /// A window on the next bytes, to write them to; what was written is said by [#wrote].
  ///
  /// @param lengthMax at least 0
  /// @return as many of them as there are; good until the part is closed
  /// @throws IllegalStateException if it is closed
  public ByteBuffer room(int lengthMax) {
    checkOpen();
    return value.memory.view(value.offset + written, Math.min(lengthMax, remaining()));
  }

  /// Says that the next `length` bytes are written.
  ///
  /// @throws IllegalArgumentException if fewer are to come
  public void wrote(int length) {
    checkOpen();
    if (length < 0 || length > remaining()) {
      throw new IllegalArgumentException(
          "length: %d (expected: [0, %d])".formatted(length, remaining()));
    }
    int end = written + length;
    while (written < end) {
      int pieceEnd = Math.min(to, (written | (Pieces.BYTES - 1)) + 1);
      int next = Math.min(end, pieceEnd);
      crc.update(value.memory.view(value.offset + written, next - written));
      written = next;
      if (written == pieceEnd) {
        value.checksums[(written - 1) >>> Pieces.LOG] = (int) crc.getValue();
        crc.reset();
      }
    }
  }

  /// Copies all that `source` has behind what was written.
  ///
  /// @throws IllegalArgumentException if it has more than are to come
  public void write(ByteBuffer source) {
    checkOpen();
    if (source.remaining() > remaining() && value.planted != StoreFault.WRITE_PAST_END) {
      throw new IllegalArgumentException(
          "length: %d (expected: <= %d)".formatted(source.remaining(), remaining()));
    }
    while (source.hasRemaining()) {
      int length = Math.min(source.remaining(), Pieces.BYTES);
      value.memory.view(value.offset + written, length).put(source.slice().limit(length));
      source.position(source.position() + length);
      wrote(Math.min(length, remaining()));
    }
  }

  boolean isComplete() {
    return complete;
  }

  /// Ends the part, complete or not. Again does nothing.
  @Override
  public void close() {
    if (pinned) {
      pinned = false;
      value.values.unpin(value.slot);
      complete = written == to;
    }
  }

  private void checkOpen() {
    if (!pinned) {
      throw new IllegalStateException("part: closed (expected: open)");
    }
  }
}
