// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.disk;

import io.incipit.env.RandomSource;
import io.incipit.store.disk.DiskSource;
import io.incipit.store.memory.Pieces;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The values that are put: stretches of memory outside of the heap, drawn by chance, with the
/// checksums that the tier above has when it puts them. Thread-safe.
final class Values {
  /// More than the caches of most processors.
  private static final int BYTES = 64 << 20;

  private final ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES);
  private final int[] checksums = new int[BYTES / Pieces.BYTES];

  Values(long seed) {
    var random = RandomSource.seeded(seed);
    while (bytes.hasRemaining()) {
      bytes.putLong(random.nextLong());
    }
    for (int piece = 0; piece < checksums.length; piece++) {
      var crc = new CRC32C();
      crc.update(bytes.slice(Pieces.from(piece), Pieces.BYTES));
      checksums[piece] = (int) crc.getValue();
    }
  }

  /// The value of a key.
  ///
  /// @param length a multiple of a piece
  DiskSource value(int key, int length) {
    return new Value((int) ((long) key * length % BYTES), length);
  }

  /// One of them.
  private final class Value implements DiskSource {
    private final int at;
    private final int length;

    Value(int at, int length) {
      this.at = at;
      this.length = length;
    }

    @Override
    public int length() {
      return length;
    }

    @Override
    public int checksum(int piece) {
      return checksums[at / Pieces.BYTES + piece];
    }

    @Override
    public ByteBuffer bytes(int from, int to) {
      return bytes.slice(at + from, to - from);
    }

    @Override
    public void close() {
      // The memory is ours.
    }
  }
}
