// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import java.util.Arrays;

/// S3-FIFO (Yang et al., SOSP 2023) over leaves: new blocks pass a small queue of a tenth of the
/// pool; those used there go on to the main queue, where use buys another round.
final class S3Fifo implements EvictionPolicy {
  private static final int SMALL = 0;
  private static final int MAIN = 1;
  private static final int GHOSTS = 2;
  private static final int QUEUES = 3;
  private static final int USES_MAX = 3;
  private static final double SMALL_SHARE = 0.1;

  private final BlockTree tree;
  private final int smallBlocks;
  private final int ghostsMax;
  private final SlotQueues queues = new SlotQueues(QUEUES);

  /// Uses since the last move, up to [#USES_MAX].
  private byte[] uses = new byte[0];

  S3Fifo(PoolConfig config, BlockTree tree) {
    this.tree = tree;
    this.smallBlocks = (int) Math.max(1, SMALL_SHARE * config.capacity());
    this.ghostsMax = Math.max(1, config.capacity() - smallBlocks);
  }

  @Override
  public void resize(int slots) {
    queues.resize(slots);
    uses = Arrays.copyOf(uses, slots);
  }

  @Override
  public void arrive(Path path) {
    // Nothing depends on whole requests.
  }

  @Override
  public void touch(Path path) {
    for (int i = path.length - 1; i >= 0; i--) {
      int slot = path.slot(i);
      if (i < path.hits) {
        uses[slot] = (byte) Math.min(USES_MAX, uses[slot] + 1);
      } else {
        queues.pushFront(queues.queue(slot) == GHOSTS ? MAIN : SMALL, slot);
        uses[slot] = 0;
      }
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
    while (true) {
      boolean small =
          queues.back(SMALL) != SlotQueues.NONE
              && (queues.size(SMALL) > smallBlocks || queues.back(MAIN) == SlotQueues.NONE);
      int queue = small ? SMALL : MAIN;
      int slot = queues.back(queue);
      if (uses[slot] > 0) {
        uses[slot] = (byte) (small ? 0 : uses[slot] - 1);
        queues.pushFront(MAIN, slot);
      } else if (tree.isLeaf(slot)) {
        return slot;
      } else {
        queues.park(slot);
      }
    }
  }

  @Override
  public void evicted(int slot) {
    if (queues.queue(slot) == MAIN) {
      queues.remove(slot);
      tree.forget(slot);
      return;
    }
    queues.pushFront(GHOSTS, slot);
    if (queues.size(GHOSTS) > ghostsMax) {
      int oldest = queues.back(GHOSTS);
      queues.remove(oldest);
      tree.forget(oldest);
    }
  }
}
