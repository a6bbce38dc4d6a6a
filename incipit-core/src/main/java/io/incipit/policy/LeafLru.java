// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

/// Evicts the leaf that was used first.
///
/// That is the block that was used first: a request uses its blocks from the tail to the head, so a
/// block is always used after those below it. One queue is enough, O(1) for each change, and 10 B a
/// block; nothing evicted is remembered. Where a store holds blocks, or puts roots below others,
/// what is first but no leaf is passed over until it is one.
public final class LeafLru implements EvictionPolicy {
  private static final int QUEUE = 0;

  private final BlockTree tree;
  private final SlotQueues queue = new SlotQueues(1);

  /// Makes the policy of an empty pool.
  public LeafLru(BlockTree tree) {
    this.tree = tree;
  }

  @Override
  public void resize(int slots) {
    queue.resize(slots);
  }

  @Override
  public void touch(Path path) {
    for (int i = path.length() - 1; i >= 0; i--) {
      queue.pushFront(QUEUE, path.slot(i));
    }
  }

  @Override
  public void leafGained(int slot) {
    queue.unpark(slot);
  }

  @Override
  public int victim() {
    return queue.oldestLeaf(QUEUE, tree);
  }

  @Override
  public void evicted(int slot) {
    queue.remove(slot);
    tree.forget(slot);
  }
}
