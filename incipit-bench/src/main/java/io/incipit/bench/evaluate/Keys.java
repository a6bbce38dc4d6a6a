// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.pool.Bytes;
import io.incipit.block.Hash64;

/// What a block is called where it is a key.
enum Keys {
  /// Its number: contiguous blocks have contiguous keys, which is what a range query needs. Real
  /// engines' blocks have no such numbers.
  DENSE,
  /// A hash: a range of blocks is as many point queries.
  HASHED;

  /// The key of a block; not 0.
  long of(int id) {
    return this == DENSE ? id + 1L : Hash64.mix(id + Hash64.GOLDEN);
  }

  /// Whether contiguous blocks have contiguous keys.
  boolean ordered() {
    return this == DENSE;
  }

  /// What is kept for a block: the paper's 8-byte address.
  static long value(int id) {
    return ((id + 1L) << 6) + 1;
  }

  /// Sets a block's 16-byte hash: keys of Redis, and hashes of our server.
  static void wide(int id, byte[] target, int at) {
    Bytes.setLong(target, at, Hash64.mix(2L * id + Hash64.GOLDEN));
    Bytes.setLong(target, at + Long.BYTES, Hash64.mix(2L * id + 1 + Hash64.GOLDEN));
  }
}
