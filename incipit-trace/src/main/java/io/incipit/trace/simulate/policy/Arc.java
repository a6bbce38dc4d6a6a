// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.BlockTree;
import io.incipit.policy.EvictionPolicy;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.SlotQueues;

/// ARC (Megiddo and Modha, FAST 2003) over leaves: blocks used once and blocks used again are two
/// lists, and hits on what either of them evicted move the border between them.
final class Arc implements EvictionPolicy {
  private static final int ONCE = 0;
  private static final int AGAIN = 1;
  private static final int GHOST_ONCE = 2;
  private static final int GHOST_AGAIN = 3;
  private static final int LISTS = 4;

  private final int capacity;
  private final BlockTree tree;
  private final SlotQueues lists = new SlotQueues(LISTS);

  /// Blocks that `ONCE` should hold, in `[0, capacity]`.
  private double target;

  Arc(PoolConfig config, BlockTree tree) {
    this.capacity = config.capacity();
    this.tree = tree;
  }

  @Override
  public void resize(int slots) {
    lists.resize(slots);
  }

  @Override
  public void arrive(Path path) {
    // Ghost hits are counted as blocks are touched, one by one.
  }

  @Override
  public void touch(Path path) {
    for (int i = path.length() - 1; i >= 0; i--) {
      int slot = path.slot(i);
      switch (lists.queue(slot)) {
        case GHOST_ONCE -> target = Math.min(capacity, target + ratio(GHOST_AGAIN, GHOST_ONCE));
        case GHOST_AGAIN -> target = Math.max(0, target - ratio(GHOST_ONCE, GHOST_AGAIN));
        default -> {}
      }
      lists.pushFront(lists.queue(slot) < 0 ? ONCE : AGAIN, slot);
    }
  }

  private double ratio(int part, int whole) {
    return Math.max(1.0, (double) lists.size(part) / lists.size(whole));
  }

  @Override
  public void leafGained(int slot) {
    lists.unpark(slot);
  }

  @Override
  public void leafLost(int slot) {
    // It is parked when its turn comes.
  }

  @Override
  public int victim() {
    int once = lists.oldestLeaf(ONCE, tree);
    int again = lists.oldestLeaf(AGAIN, tree);
    boolean preferOnce = lists.size(ONCE) > target || again == SlotQueues.NONE;
    return preferOnce && once != SlotQueues.NONE ? once : again == SlotQueues.NONE ? once : again;
  }

  @Override
  public void evicted(int slot) {
    lists.pushFront(lists.queue(slot) == ONCE ? GHOST_ONCE : GHOST_AGAIN, slot);
    while (lists.size(GHOST_ONCE) > 0 && lists.size(ONCE) + lists.size(GHOST_ONCE) > capacity) {
      forgetOldest(GHOST_ONCE);
    }
    while (lists.size(GHOST_ONCE) + lists.size(GHOST_AGAIN) > capacity) {
      forgetOldest(lists.size(GHOST_AGAIN) > 0 ? GHOST_AGAIN : GHOST_ONCE);
    }
  }

  private void forgetOldest(int list) {
    int slot = lists.back(list);
    lists.remove(slot);
    tree.forget(slot);
  }
}
