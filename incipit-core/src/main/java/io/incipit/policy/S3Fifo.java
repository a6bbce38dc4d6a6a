// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import java.util.Arrays;

/// S3-FIFO (Yang et al., SOSP 2023) over leaves: new blocks pass a small queue of a tenth of the
/// pool; those used there go on to the main queue, where use buys another round. A block that has
/// to go takes with it what hangs below it.
public final class S3Fifo implements EvictionPolicy {
  private static final int SMALL = 0;
  private static final int MAIN = 1;
  private static final int GHOSTS = 2;
  private static final int QUEUES = 3;
  private static final int USES_MAX = 3;
  private static final double SMALL_SHARE = 0.1;

  private final BlockTree tree;
  private final SlotQueues queues = new SlotQueues(QUEUES);
  private final SubtreeVictim subtree;
  private int smallBlocks;
  private int ghostsMax;

  /// Uses since the last move, up to [#USES_MAX].
  private byte[] uses = new byte[0];

  /// Makes the policy of an empty pool.
  public S3Fifo(PoolConfig config, BlockTree tree) {
    this.tree = tree;
    this.subtree = new SubtreeVictim(tree);
    capacity(config.capacity());
  }

  @Override
  public void capacity(int blocks) {
    smallBlocks = (int) Math.max(1, SMALL_SHARE * blocks);
    ghostsMax = Math.clamp(blocks - smallBlocks, 1, PoolConfig.GHOSTS_MAX);
  }

  @Override
  public void resize(int slots) {
    queues.resize(slots);
    uses = Arrays.copyOf(uses, slots);
  }

  @Override
  public void arrive(Path path) {
    subtree.reset();
  }

  @Override
  public void touch(Path path) {
    for (int i = path.length() - 1; i >= 0; i--) {
      int slot = path.slot(i);
      if (i < path.hits()) {
        uses[slot] = (byte) Math.min(USES_MAX, uses[slot] + 1);
      } else {
        queues.pushFront(queues.queue(slot) == GHOSTS ? MAIN : SMALL, slot);
        uses[slot] = 0;
      }
    }
  }

  @Override
  public void leafLost(int slot) {
    if (tree.isHeld(slot)) {
      subtree.reset();
    } else {
      subtree.lost(slot);
    }
  }

  @Override
  public void released(int slot) {
    queues.unpark(slot);
  }

  @Override
  public int victim() {
    while (true) {
      boolean small =
          queues.size(SMALL) > 0 && (queues.size(SMALL) > smallBlocks || queues.size(MAIN) == 0);
      int slot = queues.back(small ? SMALL : MAIN);
      if (slot == SlotQueues.NONE) {
        small = !small;
        slot = queues.back(small ? SMALL : MAIN);
      }
      if (slot == SlotQueues.NONE) {
        return BlockTree.NONE;
      }
      if (uses[slot] > 0) {
        uses[slot] = (byte) (small ? 0 : uses[slot] - 1);
        queues.pushFront(MAIN, slot);
      } else {
        int leaf = subtree.leafFor(slot);
        if (!tree.isHeld(leaf)) {
          return leaf;
        }
        holdFrom(leaf, slot);
      }
    }
  }

  /// Holds what is above a held block, up to the one that cannot go because of it: each block is
  /// passed over once for as long as that lasts.
  private void holdFrom(int held, int slot) {
    subtree.reset();
    for (int above = held; ; above = tree.parent(above)) {
      tree.hold(above);
      queues.park(above);
      if (above == slot) {
        return;
      }
    }
  }

  @Override
  public void evicted(int slot) {
    queues.evicted(slot, MAIN, GHOSTS, ghostsMax, tree);
  }
}
