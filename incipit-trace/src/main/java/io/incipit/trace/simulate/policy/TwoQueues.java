// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.BlockTree;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.SlotQueues;

/// 2Q, full version (Johnson and Shasha, VLDB 1994) over leaves: new blocks pass a queue of a
/// quarter of the pool; only those asked for again after that queue join the list by use.
final class TwoQueues extends QueuePolicy {
  private static final int NEW = 0;
  private static final int PROVEN = 1;
  private static final int GHOSTS = 2;
  private static final int QUEUES = 3;

  private final int newBlocks;
  private final int ghostsMax;

  TwoQueues(PoolConfig config, BlockTree tree) {
    super(tree, QUEUES);
    this.newBlocks = Math.max(1, config.capacity() / 4);
    this.ghostsMax = Math.max(1, config.capacity() / 2);
  }

  @Override
  public void touch(Path path) {
    for (int i = path.length() - 1; i >= 0; i--) {
      int slot = path.slot(i);
      switch (queues.queue(slot)) {
        case NEW -> {}
        case PROVEN, GHOSTS -> queues.pushFront(PROVEN, slot);
        default -> queues.pushFront(NEW, slot);
      }
    }
  }

  @Override
  public int victim() {
    int first = queues.size(NEW) > newBlocks ? NEW : PROVEN;
    int slot = queues.oldestLeaf(first, tree);
    return slot == SlotQueues.NONE ? queues.oldestLeaf(first == NEW ? PROVEN : NEW, tree) : slot;
  }

  @Override
  public void evicted(int slot) {
    queues.evicted(slot, PROVEN, GHOSTS, ghostsMax, tree);
  }
}
