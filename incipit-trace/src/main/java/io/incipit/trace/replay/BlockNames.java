// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.block.BlockChain;
import io.incipit.trace.BlockIds;

/// Names for the blocks of a trace: 16-byte hashes from ids by a fixed bijection. Ids are small and
/// dense; hashes are spread over all bits, as an engine's are.
final class BlockNames {
  static final int HASH_BYTES = 16;

  private static final long LOW_STEP = 0x9E3779B97F4A7C15L;
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
    halves[2 * i] = mix((id + 1) * HIGH_STEP);
    halves[2 * i + 1] = mix((id + 1) * LOW_STEP);
  }

  /// A bijection on 64 bits in which every bit of the result depends on every bit given: the
  /// finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), with Stafford's constants.
  private static long mix(long bits) {
    long mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
