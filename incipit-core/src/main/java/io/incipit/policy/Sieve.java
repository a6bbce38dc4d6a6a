// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import java.util.Arrays;

/// SIEVE (Zhang et al., NSDI 2024) over leaves: one queue in the order of arrival, and a hand that
/// walks from old to young, spares what was used since it last came by, and evicts the first other.
final class Sieve implements EvictionPolicy {
  private static final int QUEUE = 0;

  private final BlockTree tree;
  private final SlotQueues queue = new SlotQueues(1);
  private boolean[] used = new boolean[0];

  /// Where the hand stands; [SlotQueues#NONE] is the old end.
  private int hand = SlotQueues.NONE;

  Sieve(BlockTree tree) {
    this.tree = tree;
  }

  @Override
  public void resize(int slots) {
    queue.resize(slots);
    used = Arrays.copyOf(used, slots);
  }

  @Override
  public void arrive(Path path) {
    // Nothing depends on whole requests.
  }

  @Override
  public void touch(Path path) {
    for (int i = path.length - 1; i >= 0; i--) {
      int slot = path.slot(i);
      used[slot] = i < path.hits;
      if (i >= path.hits) {
        queue.pushFront(QUEUE, slot);
      }
    }
  }

  @Override
  public void leafGained(int slot) {
    if (queue.isParked(slot)) {
      queue.unpark(slot);
    }
  }

  @Override
  public void leafLost(int slot) {
    // It is parked when the hand comes by.
  }

  @Override
  public int victim() {
    while (true) {
      int slot = hand == SlotQueues.NONE ? queue.back(QUEUE) : hand;
      if (used[slot]) {
        used[slot] = false;
        hand = queue.ahead(slot);
      } else if (tree.isLeaf(slot)) {
        return slot;
      } else {
        hand = queue.ahead(slot);
        queue.park(slot);
      }
    }
  }

  @Override
  public void evicted(int slot) {
    hand = queue.ahead(slot);
    queue.remove(slot);
    tree.forget(slot);
  }
}
