// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.block.Hash64;
import io.incipit.trace.PathStack;
import java.util.Arrays;

/// Hit rates of `leaf-lru` at every capacity, from one pass over a trace: counts the distances of a
/// [PathStack]. Memory: that of the stack, and 16 B a distance.
///
/// Sampled, only blocks whose hash falls into a group are seen, and distances count for as much
/// more. A few hot blocks have many hits at small distances, and are in a group or not: so what is
/// missing to the accesses that a group should have counts as hits at the smallest distance
/// (SHARDS-adj, Waldspurger et al., FAST 2015).
final class StackCurve {
  private static final int SEEN_MIN = 16;

  private final int group;
  private final int groups;

  private final PathStack stack = new PathStack();

  /// By distance, how many hits more there are than at the distance before.
  private long[] hitSteps = new long[1 << 12];

  private int distances;
  private long blocks;
  private long seenBlocks;
  private long[] seen = new long[64];

  /// Sees all blocks.
  StackCurve() {
    this(0, 1);
  }

  /// Sees the blocks of one of several groups of equal size, cut by hash.
  StackCurve(int group, int groups) {
    this.group = group;
    this.groups = groups;
  }

  /// Takes the next request.
  ///
  /// @param length leading blocks that may be cached
  /// @param all blocks of the prompt
  void add(long[] ids, int length, int all) {
    blocks += all;
    if (groups == 1) {
      seenBlocks += all;
      stack.use(ids, length, this::count);
      return;
    }
    if (seen.length < all) {
      seen = new long[2 * all];
    }
    int kept = sample(ids, 0, length, 0);
    stack.use(seen, kept, this::count);
    seenBlocks += sample(ids, length, all, kept);
  }

  /// Puts what is seen of a stretch behind what was kept before.
  private int sample(long[] ids, int from, int to, int before) {
    int kept = before;
    for (int i = from; i < to; i++) {
      long mixed = (ids[i] + 1) * Hash64.GOLDEN;
      if (((mixed ^ (mixed >>> Integer.SIZE)) & Integer.MAX_VALUE) % groups == group) {
        seen[kept] = ids[i];
        kept++;
      }
    }
    return kept;
  }

  private void count(int request, int depth, int known, long above) {
    hits(Math.toIntExact(above + 1), known);
  }

  private void hits(int from, int length) {
    if (from + length + 1 > hitSteps.length) {
      hitSteps = Arrays.copyOf(hitSteps, 2 * (from + length + 1));
    }
    hitSteps[from]++;
    hitSteps[from + length]--;
    distances = Math.max(distances, from + length - 1);
  }

  /// The least capacity of which it can tell, in blocks of the trace: of a smaller one a sample
  /// holds a few blocks at most, its rate is all correction, and its error says too little.
  long distanceMin() {
    return groups == 1 ? 1 : (long) SEEN_MIN * groups;
  }

  /// The largest capacity, in blocks of the trace, at which anything changes.
  long distanceMax() {
    return (long) distances * groups;
  }

  /// Block hit rates at some capacities, which ascend.
  double[] hitRates(long[] capacities) {
    var rates = new double[capacities.length];
    double expected = (double) blocks / groups;
    long step = 0;
    double hits = expected - seenBlocks;
    int distance = 0;
    for (int i = 0; i < capacities.length; i++) {
      long fits = Math.min(capacities[i] / groups, distances);
      while (distance < fits) {
        distance++;
        step += hitSteps[distance];
        hits += step;
      }
      rates[i] = blocks == 0 ? 0 : Math.clamp(hits / expected, 0, 1);
    }
    return rates;
  }
}
