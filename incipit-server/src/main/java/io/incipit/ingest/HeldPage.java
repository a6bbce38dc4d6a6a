// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.block.BlockChain;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Some of the blocks that an engine holds.
///
/// @param blocks in no order that means anything
/// @param next where the next page begins; [#END] if there is none
public record HeldPage(List<Block> blocks, int next) {
  /// What [#next] is behind the last block.
  public static final int END = -1;

  static final HeldPage EMPTY = new HeldPage(List.of(), END);

  /// A block, by the engine's names.
  ///
  /// @param parent 0 if there is none, or nobody said
  /// @param tierMask bits of the tiers in which there are copies
  /// @param local where blocks are named as the engine does: the local name that routers have for
  ///     its tokens, 0 if it is not known
  public record Block(long hash, long parent, int tierMask, long local) {}

  /// A page, copied.
  public HeldPage {
    blocks = List.copyOf(blocks);
  }

  /// The blocks, each behind its parent if that is among them.
  public List<Block> parentsFirst() {
    Map<Long, Block> left = new HashMap<>();
    blocks.forEach(block -> left.put(block.hash(), block));
    var ordered = new ArrayList<Block>(blocks.size());
    var path = new ArrayDeque<Block>();
    for (var block : blocks) {
      for (var at = left.remove(block.hash()); at != null; at = left.remove(at.parent())) {
        path.push(at);
      }
      while (!path.isEmpty()) {
        ordered.add(path.pop());
      }
    }
    return ordered;
  }

  /// Our names of leading blocks that some source knows by the engine's names. For the thread that
  /// follows the sources.
  static BlockChain names(List<Source> sources, long[] hashes) {
    var halves = new long[2 * hashes.length];
    int known = 0;
    int last = 0;
    for (int i = 0; i < hashes.length && known == i; i++) {
      // The engine that knew the block before most likely knows this one.
      for (int j = 0; j < sources.size() && known == i; j++) {
        int which = (last + j) % sources.size();
        if (sources.get(which).name(hashes[i], halves, i)) {
          last = which;
          known++;
        }
      }
    }
    return BlockChain.ofPairs(Arrays.copyOf(halves, 2 * known));
  }
}
