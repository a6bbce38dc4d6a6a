// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.BlockTree;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.SlotQueues;

/// T-LRU (Tail-Optimized LRU, arXiv 2510.15152) over leaves: a prompt that misses few tokens is
/// fast enough, so the last of a path go first, by use, and only then the rest, by use.
///
/// The paper takes a bound on what a turn may have to compute; here it is 4,096 tokens of what was
/// there before.
final class TailLru extends QueuePolicy {
  private static final int SPARE = 0;
  private static final int NEEDED = 1;
  private static final int QUEUES = 2;
  private static final int SPARE_TOKENS = 4_096;

  private final int spareBlocks;

  TailLru(PoolConfig config, BlockTree tree) {
    super(tree, QUEUES);
    this.spareBlocks = SPARE_TOKENS / config.blockTokens();
  }

  @Override
  public void touch(Path path) {
    int needed = path.length() - spareBlocks;
    for (int i = path.length() - 1; i >= 0; i--) {
      queues.pushFront(i < needed ? NEEDED : SPARE, path.slot(i));
    }
  }

  @Override
  public int victim() {
    int slot = queues.oldestLeaf(SPARE, tree);
    return slot == SlotQueues.NONE ? queues.oldestLeaf(NEEDED, tree) : slot;
  }

  @Override
  public void evicted(int slot) {
    queues.remove(slot);
    tree.forget(slot);
  }
}
