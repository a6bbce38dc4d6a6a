// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

/// How often ids were seen lately, more or less: a count-min sketch of 4-bit counters, all halved
/// after ten times as many additions as the pool has blocks. 8 to 16 B a block of the pool.
final class Sketch {
  private static final int ROWS = 4;
  private static final int COUNTERS = 16;
  private static final int COUNT_MAX = 15;
  private static final long ADDITIONS_PER_BLOCK = 10;
  private static final long HALVES = 0x7777_7777_7777_7777L;

  private final long[] words;
  private final long additionsMax;
  private long additions;

  Sketch(int capacity) {
    words = new long[Math.max(8, Integer.highestOneBit(Math.max(1, capacity - 1)) << 1)];
    additionsMax = ADDITIONS_PER_BLOCK * capacity;
  }

  void add(long id) {
    for (int row = 0; row < ROWS; row++) {
      long hash = hash(id, row);
      int shift = shift(hash);
      int word = word(hash);
      if (((words[word] >>> shift) & COUNT_MAX) < COUNT_MAX) {
        words[word] += 1L << shift;
      }
    }
    additions++;
    if (additions == additionsMax) {
      halve();
    }
  }

  /// At least as often as it was seen, up to 15.
  int count(long id) {
    int least = COUNT_MAX;
    for (int row = 0; row < ROWS; row++) {
      long hash = hash(id, row);
      least = Math.min(least, (int) (words[word(hash)] >>> shift(hash)) & COUNT_MAX);
    }
    return least;
  }

  private void halve() {
    for (int i = 0; i < words.length; i++) {
      words[i] = (words[i] >>> 1) & HALVES;
    }
    additions /= 2;
  }

  private int word(long hash) {
    return (int) (hash >>> Integer.SIZE) & (words.length - 1);
  }

  private static int shift(long hash) {
    return (int) (hash & (COUNTERS - 1)) * 4;
  }

  /// The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), another one for each row.
  private static long hash(long id, int row) {
    long mixed = (id + (row + 1) * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
