// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.BlockTree;
import io.incipit.policy.EvictionPolicy;
import io.incipit.policy.SlotQueues;

/// A policy that keeps blocks in queues and evicts their oldest leaves: what has children when its
/// turn comes is parked, see [SlotQueues], until it is a leaf.
abstract sealed class QueuePolicy implements EvictionPolicy
    permits Arc, SegmentedLru, TailLru, TinyLfu, TwoQueues {
  final BlockTree tree;
  final SlotQueues queues;

  QueuePolicy(BlockTree tree, int count) {
    this.tree = tree;
    this.queues = new SlotQueues(count);
  }

  @Override
  public final void resize(int slots) {
    queues.resize(slots);
  }

  @Override
  public final void leafGained(int slot) {
    queues.unpark(slot);
  }
}
