// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import io.incipit.block.Hash64;
import java.util.Arrays;

/// The leaves of a tree in no order, of which some are drawn by chance. O(1) for each change, 8 B a
/// slot at most.
public final class LeafSample {
  /// Leaves that are compared for one decision.
  static final int DRAWN = 64;

  private int[] leaves = new int[64];
  private int size;

  /// By slot; meaningless for others than leaves.
  private int[] places = new int[0];

  private long state;

  /// An empty sample; the same seed, the same draws.
  public LeafSample(long seed) {
    this.state = seed * Hash64.GOLDEN | 1;
  }

  /// Slots below `slots` are about to be used.
  public void resize(int slots) {
    places = Arrays.copyOf(places, slots);
  }

  /// A slot has become a leaf.
  public void add(int slot) {
    if (size == leaves.length) {
      leaves = Arrays.copyOf(leaves, 2 * size);
    }
    leaves[size] = slot;
    places[slot] = size;
    size++;
  }

  /// A slot is a leaf no more.
  public void remove(int slot) {
    size--;
    int last = leaves[size];
    leaves[places[slot]] = last;
    places[last] = places[slot];
  }

  /// Of [#DRAWN] leaves, or of all if they are fewer, the one of the least worth; of several such,
  /// the one used first.
  public int leastOf(Worth worth) {
    int drawn = Math.min(size, DRAWN);
    int least = BlockTree.NONE;
    double leastWorth = Double.POSITIVE_INFINITY;
    for (int i = 0; i < drawn; i++) {
      int slot = leaves[size <= DRAWN ? i : draw()];
      double its = worth.of(slot);
      boolean less =
          its < leastWorth || (its == leastWorth && (least < 0 || worth.isOlder(slot, least)));
      if (less) {
        least = slot;
        leastWorth = its;
      }
    }
    return least;
  }

  /// A number below `size`, by xorshift (Marsaglia, 2003).
  private int draw() {
    state ^= state << 13;
    state ^= state >>> 7;
    state ^= state << 17;
    return (int) (((state >>> 33) * size) >>> 31);
  }

  /// What a block is worth to the cache.
  public interface Worth {
    /// Expected hits for each block and second.
    double of(int slot);

    /// Whether one block was used before another.
    boolean isOlder(int slot, int than);
  }
}
