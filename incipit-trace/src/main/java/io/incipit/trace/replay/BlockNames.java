// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.block.BlockChain;
import io.incipit.block.Hash64;
import io.incipit.trace.BlockIds;

/// Names for the blocks of a trace: 16-byte hashes from ids by a fixed bijection. Ids are small and
/// dense; hashes are spread over all bits, as an engine's are.
final class BlockNames {
  static final int HASH_BYTES = 16;

  private static final long HIGH_STEP = 0xD1B54A32D192ED03L;

  private BlockNames() {}

  /// The hashes of all blocks, in order.
  static BlockChain chain(BlockIds ids) {
    var halves = new long[2 * ids.length()];
    for (int i = 0; i < ids.length(); i++) {
      put(halves, i, ids.id(i));
    }
    return BlockChain.ofPairs(halves);
  }

  /// The hashes of the first `count` ids, in any order.
  static BlockChain chain(long[] ids, int count) {
    var halves = new long[2 * count];
    for (int i = 0; i < count; i++) {
      put(halves, i, ids[i]);
    }
    return BlockChain.ofPairs(halves);
  }

  private static void put(long[] halves, int i, long id) {
    halves[2 * i] = Hash64.mix((id + 1) * HIGH_STEP);
    halves[2 * i + 1] = Hash64.mix((id + 1) * Hash64.GOLDEN);
  }
}
