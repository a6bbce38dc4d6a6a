// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import java.util.Arrays;

/// What a look-up found. Used again and again. For one thread.
public final class PoolAnswer {
  private int blocks;
  private int count;
  private int[] from = new int[16];
  private int[] to = new int[16];
  private int[] owner = new int[16];
  private int[] tier = new int[16];
  private long[] locations = new long[64];

  /// Nothing found yet.
  public PoolAnswer() {}

  /// Leading blocks that somebody holds.
  public int blocks() {
    return blocks;
  }

  /// Number of intervals that follow. Of one owner and tier no two overlap; one ends where its run
  /// does, so that two may touch. All lie in `[0, blocks)`, and their order says nothing.
  public int holders() {
    return count;
  }

  /// First block of interval `i`.
  public int from(int i) {
    return from[i];
  }

  /// End of interval `i`, exclusive.
  public int to(int i) {
    return to[i];
  }

  /// Who holds interval `i`.
  public int owner(int i) {
    return owner[i];
  }

  /// Where its owner has it.
  public int tier(int i) {
    return tier[i];
  }

  /// Whether one owner alone holds all blocks found, each in one interval.
  public boolean isOf(int holder, int holderTier) {
    var held = new boolean[blocks];
    int left = blocks;
    for (int i = 0; i < count; i++) {
      if (owner[i] != holder || tier[i] != holderTier || from[i] < 0 || to[i] > blocks) {
        return false;
      }
      for (int block = from[i]; block < to[i]; block++) {
        if (held[block]) {
          return false;
        }
        held[block] = true;
        left--;
      }
    }
    return left == 0;
  }

  /// Location of a block below [#blocks], as its last put said; only where the index has locations.
  public long location(int block) {
    return locations[block];
  }

  void clear() {
    blocks = 0;
    count = 0;
  }

  void add(int first, int end, int holder, int holderTier) {
    if (count == from.length) {
      from = Arrays.copyOf(from, 2 * count);
      to = Arrays.copyOf(to, 2 * count);
      owner = Arrays.copyOf(owner, 2 * count);
      tier = Arrays.copyOf(tier, 2 * count);
    }
    from[count] = first;
    to[count] = end;
    owner[count] = holder;
    tier[count++] = holderTier;
  }

  void location(int block, long location) {
    if (block >= locations.length) {
      locations = Arrays.copyOf(locations, Math.max(block + 1, 2 * locations.length));
    }
    locations[block] = location;
  }

  void blocks(int found) {
    blocks = found;
  }
}
