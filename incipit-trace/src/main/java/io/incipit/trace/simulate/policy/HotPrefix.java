// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.BlockTree;
import io.incipit.policy.EvictionPolicy;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.SlotHeap;
import io.incipit.policy.SlotQueues;
import java.util.Arrays;

/// HotPrefix's admission (Li et al., SIGMOD 2025, doi 10.1145/3749168) over leaves: what leaves the
/// GPU's memory enters the host's only if it is hotter than the coldest there. Here both make one
/// pool: a fifth of it is the first, in the order of use, and whatever is used enters that.
///
/// Hotness is uses that fade: each counts half after as many uses of blocks as ten times the pool
/// holds. All fade alike, so what is kept is the logarithm of the sum of `2^(use / half-life)`,
/// whose order does not change with time. A block with cached children stays, however cold. What
/// is evicted is forgotten.
///
/// The paper moves what is hot back to the GPU now and then; that changes no hit here.
final class HotPrefix implements EvictionPolicy {
  static final double FIRST_SHARE = 0.2;
  static final double HALF_LIFE_PER_BLOCK = 10;
  private static final double LOG_2 = Math.log(2);

  private final BlockTree tree;
  private final int capacity;
  private final int firstMax;
  private final SlotQueues first = new SlotQueues(1);
  private final SlotHeap.Ranks hotness = new SlotHeap.Ranks();

  /// Leaves of the second part, the coldest at the top.
  private final SlotHeap second = new SlotHeap(hotness);

  /// By slot, whether it has been used since it was entered.
  private boolean[] isKnown = new boolean[0];

  private long stamp;

  HotPrefix(PoolConfig config, BlockTree tree) {
    this.tree = tree;
    this.capacity = config.capacity();
    this.firstMax = (int) Math.max(1, FIRST_SHARE * capacity);
  }

  @Override
  public void resize(int slots) {
    first.resize(slots);
    hotness.resize(slots);
    isKnown = Arrays.copyOf(isKnown, slots);
  }

  @Override
  public void touch(Path path) {
    int last = path.length() == 0 ? BlockTree.NONE : path.slot(path.length() - 1);
    if (path.length() > 0 && path.hits() == path.length() && tree.isLeaf(last)) {
      leafLost(last);
    }
    for (int i = path.length() - 1; i >= 0; i--) {
      int slot = path.slot(i);
      stamp++;
      double use = stamp / (HALF_LIFE_PER_BLOCK * capacity);
      double hot = isKnown[slot] ? sum(use, Double.longBitsToDouble(hotness.of[slot])) : use;
      isKnown[slot] = true;
      hotness.of[slot] = Double.doubleToRawLongBits(hot);
      first.pushFront(0, slot);
    }
  }

  /// The logarithm of `2^a + 2^b`.
  private static double sum(double a, double b) {
    return Math.max(a, b) + Math.log1p(Math.pow(2, -Math.abs(a - b))) / LOG_2;
  }

  @Override
  public void leafGained(int slot) {
    if (first.queue(slot) < 0) {
      second.add(slot);
    }
  }

  @Override
  public void leafLost(int slot) {
    if (first.queue(slot) < 0) {
      second.remove(slot);
    }
  }

  @Override
  public int victim() {
    while (first.size(0) > firstMax) {
      int slot = first.back(0);
      boolean isLeaf = tree.isLeaf(slot);
      boolean room = tree.cached() - first.size(0) < capacity - firstMax || second.isEmpty();
      if (isLeaf && !room && hotness.of[slot] <= hotness.of[second.top()]) {
        return slot;
      }
      first.remove(slot);
      if (isLeaf) {
        second.add(slot);
        if (!room) {
          return second.top();
        }
      }
    }
    // What is used last is in the first part, and whatever is below it in the tree behind it there.
    return second.top();
  }

  @Override
  public void evicted(int slot) {
    first.remove(slot);
    isKnown[slot] = false;
    tree.forget(slot);
  }
}
