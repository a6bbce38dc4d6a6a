// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.BlockTree;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.SlotQueues;

/// ARC (Megiddo and Modha, FAST 2003) over leaves: blocks used once and blocks used again are two
/// lists, and hits on what either of them evicted move the border between them.
final class Arc extends QueuePolicy {
  private static final int ONCE = 0;
  private static final int AGAIN = 1;
  private static final int GHOST_ONCE = 2;
  private static final int GHOST_AGAIN = 3;
  private static final int QUEUES = 4;

  private final int capacity;

  /// Blocks that `ONCE` should hold, in `[0, capacity]`.
  private double target;

  Arc(PoolConfig config, BlockTree tree) {
    super(tree, QUEUES);
    this.capacity = config.capacity();
  }

  @Override
  public void touch(Path path) {
    for (int i = path.length() - 1; i >= 0; i--) {
      int slot = path.slot(i);
      switch (queues.queue(slot)) {
        case GHOST_ONCE -> target = Math.min(capacity, target + ratio(GHOST_AGAIN, GHOST_ONCE));
        case GHOST_AGAIN -> target = Math.max(0, target - ratio(GHOST_ONCE, GHOST_AGAIN));
        default -> {}
      }
      queues.pushFront(queues.queue(slot) < 0 ? ONCE : AGAIN, slot);
    }
  }

  private double ratio(int part, int whole) {
    return Math.max(1.0, (double) queues.size(part) / queues.size(whole));
  }

  @Override
  public int victim() {
    int once = queues.oldestLeaf(ONCE, tree);
    int again = queues.oldestLeaf(AGAIN, tree);
    boolean preferOnce = queues.size(ONCE) > target || again == SlotQueues.NONE;
    return preferOnce && once != SlotQueues.NONE ? once : again == SlotQueues.NONE ? once : again;
  }

  @Override
  public void evicted(int slot) {
    queues.pushFront(queues.queue(slot) == ONCE ? GHOST_ONCE : GHOST_AGAIN, slot);
    while (queues.size(GHOST_ONCE) > 0 && queues.size(ONCE) + queues.size(GHOST_ONCE) > capacity) {
      queues.forgetOldest(GHOST_ONCE, tree);
    }
    while (queues.size(GHOST_ONCE) + queues.size(GHOST_AGAIN) > capacity) {
      queues.forgetOldest(queues.size(GHOST_AGAIN) > 0 ? GHOST_AGAIN : GHOST_ONCE, tree);
    }
  }
}
