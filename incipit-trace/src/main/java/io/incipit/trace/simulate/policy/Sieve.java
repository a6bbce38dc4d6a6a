// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.BlockTree;
import io.incipit.policy.EvictionPolicy;
import io.incipit.policy.SlotQueues;
import io.incipit.policy.SubtreeVictim;
import java.util.Arrays;

/// SIEVE (Zhang et al., NSDI 2024) over leaves: one queue in the order of arrival, and a hand that
/// walks from old to young, spares what was used since it last came by, and evicts the first other,
/// with what hangs below it.
final class Sieve implements EvictionPolicy {
  private static final int QUEUE = 0;

  private final BlockTree tree;
  private final SlotQueues queue = new SlotQueues(1);
  private final SubtreeVictim subtree;
  private boolean[] used = new boolean[0];

  /// Where the hand stands; [SlotQueues#NONE] is the old end.
  private int hand = SlotQueues.NONE;

  Sieve(BlockTree tree) {
    this.tree = tree;
    this.subtree = new SubtreeVictim(tree);
  }

  @Override
  public void resize(int slots) {
    queue.resize(slots);
    used = Arrays.copyOf(used, slots);
  }

  @Override
  public void arrive(Path path) {
    subtree.reset();
  }

  @Override
  public void touch(Path path) {
    for (int i = path.length() - 1; i >= 0; i--) {
      int slot = path.slot(i);
      used[slot] = i < path.hits();
      if (i >= path.hits()) {
        queue.pushFront(QUEUE, slot);
      }
    }
  }

  @Override
  public int victim() {
    while (true) {
      int slot = hand == SlotQueues.NONE ? queue.back(QUEUE) : hand;
      if (!used[slot]) {
        hand = slot;
        return subtree.leafFor(slot);
      }
      used[slot] = false;
      hand = queue.ahead(slot);
    }
  }

  @Override
  public void evicted(int slot) {
    if (slot == hand) {
      hand = queue.ahead(slot);
    }
    queue.remove(slot);
    tree.forget(slot);
  }
}
