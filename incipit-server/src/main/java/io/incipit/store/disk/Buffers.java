// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.record.Place;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/// Buffers that files are read into: so many, made when they are needed first. Thread-safe.
final class Buffers {
  /// Bytes of each: a header and fifteen pieces at least.
  static final int BYTES = 1 << 20;

  private final ConcurrentLinkedDeque<ByteBuffer> free = new ConcurrentLinkedDeque<>();
  private final Semaphore left;

  Buffers(int count) {
    this.left = new Semaphore(count);
  }

  /// Takes a buffer; waits while all are taken.
  ByteBuffer take() {
    left.acquireUninterruptibly();
    var buffer = free.poll();
    return buffer == null ? aligned(BYTES) : buffer.clear();
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
