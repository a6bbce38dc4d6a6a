// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

/// W-TinyLFU (Einziger, Friedman and Manes, TOS 2017) over leaves: new blocks pass a window of one
/// in a hundred, and stay after it only if a sketch has seen them more often than what they would
/// replace. A block with cached children stays, whatever the sketch says.
final class TinyLfu implements EvictionPolicy {
  private static final int WINDOW = 0;
  private static final int PROBATION = 1;
  private static final int PROTECTED = 2;
  private static final int QUEUES = 3;
  private static final double WINDOW_SHARE = 0.01;
  private static final double PROTECTED_SHARE = 0.8;

  private final BlockTree tree;
  private final Sketch sketch;
  private final int capacity;
  private final int windowBlocks;
  private final int protectedBlocks;
  private final SlotQueues queues = new SlotQueues(QUEUES);

  TinyLfu(PoolConfig config, BlockTree tree) {
    this.tree = tree;
    this.capacity = config.capacity();
    this.sketch = new Sketch(capacity);
    this.windowBlocks = (int) Math.max(1, WINDOW_SHARE * capacity);
    this.protectedBlocks = (int) (PROTECTED_SHARE * (capacity - windowBlocks));
  }

  @Override
  public void resize(int slots) {
    queues.resize(slots);
  }

  @Override
  public void arrive(Path path) {
    // Nothing depends on whole requests.
  }

  @Override
  public void touch(Path path) {
    for (int i = path.length - 1; i >= 0; i--) {
      int slot = path.slot(i);
      sketch.add(path.ids[i]);
      switch (queues.queue(slot)) {
        case PROBATION, PROTECTED -> protect(slot);
        default -> queues.pushFront(WINDOW, slot);
      }
    }
    // While there is room nobody has to compete.
    int tooMany = Math.max(0, tree.cached() - capacity);
    while (queues.size(WINDOW) > windowBlocks + tooMany && queues.back(WINDOW) != SlotQueues.NONE) {
      queues.pushFront(PROBATION, queues.back(WINDOW));
    }
  }

  private void protect(int slot) {
    queues.pushFront(PROTECTED, slot);
    int oldest = queues.back(PROTECTED);
    if (queues.size(PROTECTED) > protectedBlocks && oldest != SlotQueues.NONE) {
      queues.pushFront(PROBATION, oldest);
    }
  }

  @Override
  public void leafGained(int slot) {
    queues.unpark(slot);
  }

  @Override
  public void leafLost(int slot) {
    // It is parked when its turn comes.
  }

  @Override
  public int victim() {
    while (queues.size(WINDOW) > windowBlocks && queues.back(WINDOW) != SlotQueues.NONE) {
      int candidate = queues.back(WINDOW);
      queues.pushFront(PROBATION, candidate);
      if (tree.isLeaf(candidate)) {
        return loser(candidate, queues.oldestLeaf(PROBATION, tree));
      }
    }
    int slot = queues.oldestLeaf(PROBATION, tree);
    slot = slot == SlotQueues.NONE ? queues.oldestLeaf(PROTECTED, tree) : slot;
    return slot == SlotQueues.NONE ? queues.oldestLeaf(WINDOW, tree) : slot;
  }

  private int loser(int candidate, int oldest) {
    return sketch.count(tree.id(candidate)) > sketch.count(tree.id(oldest)) ? oldest : candidate;
  }

  @Override
  public void evicted(int slot) {
    queues.remove(slot);
    tree.forget(slot);
  }
}
