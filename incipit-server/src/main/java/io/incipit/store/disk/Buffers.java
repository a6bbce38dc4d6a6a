// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.record.Place;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/// Buffers that files are read into: so many, made when they are needed first. Thread-safe.
final class Buffers {
  private final int bytes;
  private final ConcurrentLinkedDeque<ByteBuffer> free = new ConcurrentLinkedDeque<>();
  private final Semaphore left;

  /// Makes so many of so many bytes each: at least a header and a piece.
  Buffers(int count, int bytes) {
    this.bytes = bytes;
    this.left = new Semaphore(count);
  }

  /// Bytes of each.
  int bytes() {
    return bytes;
  }

  /// Takes a buffer; waits while all are taken.
  ByteBuffer take() {
    left.acquireUninterruptibly();
    var buffer = free.poll();
    if (buffer != null) {
      return buffer.clear();
    }
    boolean made = false;
    try {
      buffer = aligned(bytes);
      made = true;
      return buffer;
    } finally {
      if (!made) {
        left.release();
      }
    }
  }

  void give(ByteBuffer buffer) {
    free.push(buffer);
    left.release();
  }

  /// A little-endian buffer outside of the heap whose first byte is that of a unit.
  static ByteBuffer aligned(int bytes) {
    return ByteBuffer.allocateDirect(bytes + Place.UNIT)
        .alignedSlice(Place.UNIT)
        .slice(0, bytes)
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
