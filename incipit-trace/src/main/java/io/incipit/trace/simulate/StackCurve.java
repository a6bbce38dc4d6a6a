// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.block.Hash64;
import io.incipit.trace.IdInts;
import java.util.Arrays;

/// Hit rates of `leaf-lru` at every capacity, from one pass over a trace (Mattson et al., 1970).
///
/// A request uses its blocks from the tail to the head, so that the blocks which it used last lie
/// in the stack one below the other, in the order of the path:
///
/// ```
/// stack, youngest first:  | all of request 9 | rest of request 7 | rest of request 4 | ...
/// ```
///
/// What is left to a request is the end of its path. So a stack distance is the number of blocks
/// that younger requests own, from a tree of sums over requests, and a place in a stretch; one look
/// at the tree serves a whole stretch. Memory: 4 B a different block, 24 B a request, 16 B a
/// distance.
///
/// Sampled, only blocks whose hash falls into a group are seen, and distances count for as much
/// more. A few hot blocks have many hits at small distances, and are in a group or not: so what is
/// missing to the accesses that a group should have counts as hits at the smallest distance
/// (SHARDS-adj, Waldspurger et al., FAST 2015).
final class StackCurve {
  private final int group;
  private final int groups;

  /// By block, the last request that used it, + 1.
  private final IdInts owners = new IdInts();

  /// By request: its own blocks, the depth at which they begin, and sums over ranges of requests.
  private int[] owned = new int[1 << 10];

  private int[] starts = new int[1 << 10];
  private int[] sums = new int[1 << 10];
  private int total;
  private int count;

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
    grow();
    blocks += all;
    if (groups == 1) {
      seenBlocks += all;
      walk(ids, length);
      own(ids, length);
      return;
    }
    if (seen.length < all) {
      seen = new long[2 * all];
    }
    int kept = sample(ids, 0, length, 0);
    walk(seen, kept);
    own(seen, kept);
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

  private void grow() {
    if (count + 1 >= owned.length) {
      owned = Arrays.copyOf(owned, 2 * owned.length);
      starts = Arrays.copyOf(starts, 2 * starts.length);
      sums = new int[owned.length];
      total = 0;
      for (int request = 0; request < count; request++) {
        change(request, owned[request]);
      }
    }
  }

  /// Counts the distances of the known part of a path, and takes it from its owners.
  private void walk(long[] ids, int length) {
    int begin = 0;
    while (begin < length && owners.at(ids[begin]) > 0) {
      int owner = owners.at(ids[begin]);
      int end = begin + 1;
      while (end < length && owners.at(ids[end]) == owner) {
        end++;
      }
      begin = end;
      place(owner - 1, end);
    }
  }

  private void place(int request, int end) {
    // The stretches before this one were younger, and have left their owners for the new request:
    // they are in no sum, but lie above all that is still to come.
    int taken = end - starts[request];
    int above = starts[request] + total - before(request + 1);
    hits(above + 1, taken);
    starts[request] = end;
    owned[request] -= taken;
    change(request, -taken);
  }

  private void hits(int from, int length) {
    if (from + length + 1 > hitSteps.length) {
      hitSteps = Arrays.copyOf(hitSteps, 2 * (from + length + 1));
    }
    hitSteps[from]++;
    hitSteps[from + length]--;
    distances = Math.max(distances, from + length - 1);
  }

  private void change(int request, int by) {
    total += by;
    for (int i = request; i < sums.length; i |= i + 1) {
      sums[i] += by;
    }
  }

  /// Blocks that the requests before one own.
  private int before(int request) {
    int sum = 0;
    for (int i = request - 1; i >= 0; i = (i & (i + 1)) - 1) {
      sum += sums[i];
    }
    return sum;
  }

  private void own(long[] ids, int length) {
    owned[count] = length;
    starts[count] = 0;
    change(count, length);
    count++;
    for (int i = 0; i < length; i++) {
      owners.put(ids[i], count);
    }
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
