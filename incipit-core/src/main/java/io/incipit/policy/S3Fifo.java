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
  private final int smallBlocks;
  private final int ghostsMax;
  private final SlotQueues queues = new SlotQueues(QUEUES);
  private final SubtreeVictim subtree;

  /// Uses since the last move, up to [#USES_MAX].
  private byte[] uses = new byte[0];

  /// Makes the policy of an empty pool.
  public S3Fifo(PoolConfig config, BlockTree tree) {
    this.tree = tree;
    this.subtree = new SubtreeVictim(tree);
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
  public int victim() {
    while (true) {
      boolean small =
          queues.size(SMALL) > 0 && (queues.size(SMALL) > smallBlocks || queues.size(MAIN) == 0);
      int slot = queues.back(small ? SMALL : MAIN);
      if (uses[slot] == 0) {
        return subtree.leafFor(slot);
      }
      uses[slot] = (byte) (small ? 0 : uses[slot] - 1);
      queues.pushFront(MAIN, slot);
    }
  }

  @Override
  public void evicted(int slot) {
    queues.evicted(slot, MAIN, GHOSTS, ghostsMax, tree);
  }
}
