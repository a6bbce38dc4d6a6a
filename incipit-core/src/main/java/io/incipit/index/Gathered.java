// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import java.util.Arrays;

/// What one run's record said about its holders when it was read: intervals of positions and whose
/// they are, and a set of holders of the whole run. Scratch of an answer; believed only after the
/// record turned out not to have changed meanwhile.
final class Gathered {
  private long[] intervals = new long[8];
  private long[] holders = new long[8];
  private int count;
  private int holdersEnd;
  private long[] whole = new long[4];
  private int wholeWords;

  void clear() {
    count = 0;
    holdersEnd = 0;
    wholeWords = 0;
  }

  /// Adds an interval of a holder, as [HolderTable#ownerAndTier] names it.
  void add(long interval, long ownerAndTier) {
    if (count == intervals.length) {
      intervals = Arrays.copyOf(intervals, 2 * count);
      holders = Arrays.copyOf(holders, 2 * count);
    }
    intervals[count] = interval;
    holdersEnd = Math.max(holdersEnd, (int) ownerAndTier + 1);
    holders[count++] = ownerAndTier;
  }

  /// Adds the set of holders of the whole run.
  void addWhole(long[] words, int from, int size) {
    if (whole.length < size) {
      whole = new long[Math.max(size, 2 * whole.length)];
    }
    System.arraycopy(words, from, whole, 0, size);
    wholeWords = size;
  }

  /// Word `i` of the set of holders of the whole run; zero beyond its end.
  long whole(int i) {
    return i < wholeWords ? whole[i] : 0;
  }

  int wholeWords() {
    return wholeWords;
  }

  int count() {
    return count;
  }

  /// The largest [#holder], plus one.
  int holdersEnd() {
    return holdersEnd;
  }

  /// Owner and tier of interval `i` as one number. Not the number that runs know the holder by: an
  /// owner that is cleared and comes back between two runs has another one then.
  int holder(int i) {
    return (int) holders[i];
  }

  /// The number that runs know the holder of interval `i` by.
  int number(int i) {
    return Holdings.holder(intervals[i]);
  }

  int from(int i) {
    return Holdings.from(intervals[i]);
  }

  int to(int i) {
    return Holdings.to(intervals[i]);
  }

  int owner(int i) {
    return HolderTable.owner(holders[i]);
  }

  int tier(int i) {
    return HolderTable.tier(holders[i]);
  }

  /// How many of the first `most` positions are held without a gap by all intervals together.
  int cover(int most) {
    int covered = 0;
    boolean grown = true;
    while (grown && covered < most) {
      grown = false;
      for (int i = 0; i < count; i++) {
        if (from(i) <= covered && to(i) > covered) {
          covered = to(i);
          grown = true;
        }
      }
    }
    return Math.min(covered, most);
  }
}
