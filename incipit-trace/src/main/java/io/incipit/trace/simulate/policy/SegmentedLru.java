// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.BlockTree;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.SlotQueues;

/// SLRU (Karedla et al., IEEE Computer 1994) over leaves: blocks used once are on probation, those
/// used again are protected, up to four fifths of the pool; what is too much there goes back to
/// probation. SGLang has one without that bound.
final class SegmentedLru extends QueuePolicy {
  private static final int PROBATION = 0;
  private static final int PROTECTED = 1;
  private static final int QUEUES = 2;
  private static final double PROTECTED_SHARE = 0.8;

  private final int protectedMax;

  SegmentedLru(PoolConfig config, BlockTree tree) {
    super(tree, QUEUES);
    this.protectedMax = (int) (PROTECTED_SHARE * config.capacity());
  }

  @Override
  public void touch(Path path) {
    for (int i = path.length() - 1; i >= 0; i--) {
      int slot = path.slot(i);
      queues.pushFront(queues.queue(slot) < 0 ? PROBATION : PROTECTED, slot);
    }
    while (queues.size(PROTECTED) > protectedMax) {
      int oldest = queues.oldestLeaf(PROTECTED, tree);
      if (oldest == SlotQueues.NONE) {
        break;
      }
      queues.pushFront(PROBATION, oldest);
    }
  }

  @Override
  public int victim() {
    int slot = queues.oldestLeaf(PROBATION, tree);
    return slot == SlotQueues.NONE ? queues.oldestLeaf(PROTECTED, tree) : slot;
  }

  @Override
  public void evicted(int slot) {
    queues.remove(slot);
    tree.forget(slot);
  }
}
