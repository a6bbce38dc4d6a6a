// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.BlockTree;
import io.incipit.policy.EvictionPolicy;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.SlotHeap;
import io.incipit.policy.SlotQueues;
import java.util.Arrays;

/// Evicts the leaf of the smallest rank. What a rank is makes the policy.
///
/// A block's rank is fixed when it is used; only leaves are kept in order, so that using an inner
/// block costs one write.
final class Ranked implements EvictionPolicy {
  private static final long GHOSTS_PER_BLOCK = 4;
  private static final int STAMP_BITS = 40;
  private static final long STAMP_MASK = (1L << STAMP_BITS) - 1;
  private static final int USES_MAX = (1 << (Long.SIZE - STAMP_BITS - 1)) - 1;

  private final PolicyName order;
  private final BlockTree tree;
  private final Foresight foresight;
  private final double linearBlocks;
  private final SlotHeap.Ranks ranks = new SlotHeap.Ranks();
  private final SlotHeap leaves = new SlotHeap(ranks);

  /// What `lfu-kept` remembers; no member for the others.
  private final SlotQueues ghosts = new SlotQueues(1);

  private final long ghostsMax;
  private int[] uses = new int[0];
  private int[] nextUses = new int[64];

  /// Uses of blocks since the pool began.
  private long stamp;

  /// What greedy dual adds to the ranks of blocks used now: the rank of the last victim.
  private double inflation;

  Ranked(PolicyName order, PoolConfig config, BlockTree tree, Foresight foresight) {
    this.order = order;
    this.tree = tree;
    this.foresight = foresight;
    this.ghostsMax = order == PolicyName.LFU_KEPT ? GHOSTS_PER_BLOCK * config.capacity() : 0;
    this.linearBlocks = PrefillCost.linearBlocks(config.blockTokens());
  }

  @Override
  public void resize(int slots) {
    ranks.resize(slots);
    uses = Arrays.copyOf(uses, slots);
    if (ghostsMax > 0) {
      ghosts.resize(slots);
    }
  }

  @Override
  public void arrive(Path path) {
    if (order != PolicyName.BELADY && order != PolicyName.ALIVE) {
      return;
    }
    if (nextUses.length < path.length()) {
      nextUses = new int[2 * path.length()];
    }
    foresight.nextUses(path.request(), nextUses, path.length());
  }

  @Override
  public void touch(Path path) {
    for (int i = path.length() - 1; i >= 0; i--) {
      int slot = path.slot(i);
      boolean hit = i < path.hits();
      stamp = (stamp + 1) & STAMP_MASK;
      uses[slot] = hit || isRemembered(slot) ? Math.min(USES_MAX, uses[slot] + 1) : 1;
      if (!hit || order != PolicyName.LEAF_FIFO) {
        ranks.of[slot] = rank(slot, i);
        leaves.update(slot);
      }
    }
  }

  /// Whether a block comes back with its count; it is a ghost no more then.
  private boolean isRemembered(int slot) {
    if (ghostsMax == 0 || ghosts.queue(slot) < 0) {
      return false;
    }
    ghosts.remove(slot);
    return true;
  }

  private long rank(int slot, int depth) {
    return switch (order) {
      case LFU, LFU_KEPT -> ((long) uses[slot] << STAMP_BITS) | stamp;
      case GDSF ->
          Double.doubleToRawLongBits(
              inflation + uses[slot] * PrefillCost.ofBlock(depth, linearBlocks));
      case BELADY -> SlotHeap.furthestFirst(nextUses[depth], stamp);
      case ALIVE -> nextUses[depth] == Foresight.NEVER ? stamp : stamp | (1L << STAMP_BITS);
      default -> stamp;
    };
  }

  @Override
  public void leafGained(int slot) {
    leaves.add(slot);
  }

  @Override
  public void leafLost(int slot) {
    leaves.remove(slot);
  }

  @Override
  public int victim() {
    return leaves.top();
  }

  @Override
  public void evicted(int slot) {
    if (order == PolicyName.GDSF) {
      inflation = Math.max(inflation, Double.longBitsToDouble(ranks.of[slot]));
    }
    if (ghostsMax == 0) {
      tree.forget(slot);
      return;
    }
    ghosts.pushFront(0, slot);
    if (ghosts.size(0) > ghostsMax) {
      ghosts.forgetOldest(0, tree);
    }
  }
}
