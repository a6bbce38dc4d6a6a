// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.BlockTree;
import io.incipit.policy.EvictionPolicy;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.SlotHeap;
import io.incipit.policy.SlotQueues;
import java.util.Arrays;

/// Evicts by age times a power of the run that a block was last used with: how many blocks that
/// request added. A turn that adds little mostly goes on; a long new prompt mostly does not.
///
/// Leaves stand in ten heaps by the logarithm of their run, each by last use; the victim is, of the
/// ten oldest, the one with the largest `age 2^(beta bucket) / cost^0.25`. The exponent beta grows
/// as the pool gets small for the gaps that it sees: 0.7 times the mean gap over the mean age of
/// victims.
final class RunWeighted implements EvictionPolicy {
  private static final int HEAPS = 10;
  private static final long GHOSTS_PER_BLOCK = 4;
  private static final int TUNE_REQUESTS = 50;
  private static final double BETA_PER_RATIO = 0.7;
  private static final double BETA_MAX = 1.5;
  private static final double GAP_WEIGHT = 0.01;
  private static final double AGE_WEIGHT = 0.002;
  private static final double START_SECONDS = 60;
  private static final double GAP_SECONDS_MIN = 0.05;

  private final BlockTree tree;
  private final long ghostsMax;
  private final double linearBlocks;
  private final SlotHeap.Ranks uses = new SlotHeap.Ranks();
  private final SlotHeap[] heaps = new SlotHeap[HEAPS];
  private final SlotQueues ghosts = new SlotQueues(1);
  private final double[] factors = new double[HEAPS];

  /// By slot: when it was used, and the heap that it belongs to as a leaf.
  private double[] seconds = new double[0];

  private byte[] buckets = new byte[0];
  private double logGap = Math.log(START_SECONDS);
  private double victimAge = START_SECONDS;
  private double now;
  private long stamp;
  private int requests;

  RunWeighted(PoolConfig config, BlockTree tree) {
    this.tree = tree;
    this.ghostsMax = GHOSTS_PER_BLOCK * config.capacity();
    this.linearBlocks = PrefillCost.linearBlocks(config.blockTokens());
    Arrays.setAll(heaps, _ -> new SlotHeap(uses));
    tune();
  }

  @Override
  public void resize(int slots) {
    uses.resize(slots);
    ghosts.resize(slots);
    seconds = Arrays.copyOf(seconds, slots);
    buckets = Arrays.copyOf(buckets, slots);
  }

  @Override
  public void arrive(Path path) {
    now = path.seconds();
    if (path.known() > 1) {
      double gap = Math.max(GAP_SECONDS_MIN, now - seconds[path.slot(path.known() - 1)]);
      logGap += GAP_WEIGHT * (Math.log(gap) - logGap);
    }
    requests++;
    if (requests % TUNE_REQUESTS == 0) {
      tune();
    }
  }

  private void tune() {
    double beta =
        Math.clamp(BETA_PER_RATIO * Math.exp(logGap) / Math.max(1e-9, victimAge), 0, BETA_MAX);
    for (int bucket = 0; bucket < HEAPS; bucket++) {
      factors[bucket] = Math.pow(2, beta * bucket);
    }
  }

  @Override
  public void touch(Path path) {
    int run = Math.max(1, path.blocks() - path.known());
    byte bucket = (byte) Math.min(HEAPS - 1, Integer.SIZE - 1 - Integer.numberOfLeadingZeros(run));
    boolean lastIsLeaf = path.length() > 0 && path.hits() == path.length() && isLeaf(path);
    if (lastIsLeaf) {
      leafLost(path.slot(path.length() - 1));
    }
    for (int i = path.length() - 1; i >= 0; i--) {
      int slot = path.slot(i);
      stamp++;
      uses.of[slot] = stamp;
      seconds[slot] = now;
      buckets[slot] = bucket;
      if (i >= path.hits()) {
        ghosts.remove(slot);
      }
    }
    if (lastIsLeaf) {
      leafGained(path.slot(path.length() - 1));
    }
  }

  private boolean isLeaf(Path path) {
    return tree.isLeaf(path.slot(path.length() - 1));
  }

  @Override
  public void leafGained(int slot) {
    heaps[buckets[slot]].add(slot);
  }

  @Override
  public void leafLost(int slot) {
    heaps[buckets[slot]].remove(slot);
  }

  @Override
  public int victim() {
    int victim = BlockTree.NONE;
    double most = -1;
    for (int bucket = 0; bucket < HEAPS; bucket++) {
      if (heaps[bucket].isEmpty()) {
        continue;
      }
      int slot = heaps[bucket].top();
      double cost = PrefillCost.ofBlock(tree.depth(slot), linearBlocks);
      double weighed = (stamp - uses.of[slot]) * factors[bucket] / Math.sqrt(Math.sqrt(cost));
      if (weighed > most) {
        most = weighed;
        victim = slot;
      }
    }
    return victim;
  }

  @Override
  public void evicted(int slot) {
    victimAge += AGE_WEIGHT * (now - seconds[slot] - victimAge);
    ghosts.pushFront(0, slot);
    if (ghosts.size(0) > ghostsMax) {
      ghosts.forgetOldest(0, tree);
    }
  }
}
