// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.block.Hash64;

/// Well-mixed block hashes from numbers: different numbers give different hashes.
final class BlockHashes {
  /// Where the numbers of blocks that nobody ever stores begin.
  static final long UNSEEN = 1L << 48;

  private final long salt;

  BlockHashes(long seed) {
    salt = Hash64.mix(seed + Hash64.GOLDEN);
  }

  long hash(long number) {
    return Hash64.mix(number + salt + Hash64.GOLDEN);
  }
}
