// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.index.table.GrowableWords;
import io.incipit.index.table.HolderTable;
import io.incipit.index.table.Holdings;
import io.incipit.index.table.RunTable;
import io.incipit.index.table.WordAllocator;
import java.util.Arrays;

/// What one run's record said about its holders when it was read: intervals of positions and whose
/// they are, and a set of holders of the whole run. Scratch of a question; believed only after the
/// record turned out not to have changed meanwhile.
final class RunHolders {
  private final Question question;
  private long[] intervals = new long[4];
  private long[] holders = new long[4];
  private int count;
  private int holdersEnd;
  private int liveEnd;
  private long[] whole = new long[4];
  private int wholeWords;

  RunHolders(Question question) {
    this.question = question;
  }

  /// Reads the eligible holders of a run, masked ones left out. Charges each before it is read;
  /// once the question has failed, not all are read.
  void read(RunView view, WordAllocator allocator, HolderTable table, Eligible eligible) {
    readApart(view, allocator, table, eligible);
    for (int i = 0; i < wholeWords && question.charge(Long.bitCount(whole[i])); i++) {
      for (long bits = whole[i]; bits != 0; bits &= bits - 1) {
        int holder = (i << 6) + Long.numberOfTrailingZeros(bits);
        add(Holdings.interval(holder, 0, RunTable.LENGTH_MASK), table, eligible);
      }
    }
  }

  /// Like [#read], but holders of the whole run may stay in a set, ineligible and masked ones
  /// included.
  void readApart(RunView view, WordAllocator allocator, HolderTable table, Eligible eligible) {
    count = 0;
    holdersEnd = 0;
    liveEnd = 0;
    wholeWords = 0;
    for (int i = 0; i < RunTable.INLINE_HOLDERS; i++) {
      long interval = view.words[view.at + RunTable.HOLDERS + i];
      if (interval == 0 || !question.charge(1)) {
        break;
      }
      add(interval, table, eligible);
    }
    if ((view.words[view.at + RunTable.PLACE] & RunTable.MORE_HOLDERS) != 0) {
      readMore(view, allocator, table, eligible);
    }
  }

  private void readMore(
      RunView view, WordAllocator allocator, HolderTable table, Eligible eligible) {
    long more = RunTable.cellWord(view.words, view.at + RunTable.MORE);
    int size = RunTable.moreCount(more);
    if (size > 0 && question.charge(size)) {
      var region = allocator.segment(RunTable.cell(more));
      int start = GrowableWords.word(RunTable.cell(more));
      for (int i = 0; i < size; i++) {
        add(region[start + i], table, eligible);
      }
    }
    long set = RunTable.cellWord(view.words, view.at + RunTable.WHOLE);
    size = RunTable.wholeWords(set);
    if (size > 0 && question.charge(size)) {
      var region = allocator.segment(RunTable.cell(set));
      whole = whole.length < size ? new long[Math.max(size, 2 * whole.length)] : whole;
      System.arraycopy(region, GrowableWords.word(RunTable.cell(set)), whole, 0, size);
      wholeWords = size;
    }
  }

  private void add(long interval, HolderTable table, Eligible eligible) {
    long holder = table.ownerAndTier(Holdings.holder(interval));
    if (HolderTable.isDead(holder)) {
      return;
    }
    liveEnd = Math.max(liveEnd, Holdings.to(interval));
    if (eligible.isAll() || eligible.accepts(HolderTable.owner(holder), HolderTable.tier(holder))) {
      add(interval, holder);
    }
  }

  /// Adds an interval of a holder, as [HolderTable#ownerAndTier] names it.
  private void add(long interval, long ownerAndTier) {
    if (count == intervals.length) {
      intervals = Arrays.copyOf(intervals, 2 * count);
      holders = Arrays.copyOf(holders, 2 * count);
    }
    intervals[count] = interval;
    holdersEnd = Math.max(holdersEnd, (int) ownerAndTier + 1);
    holders[count++] = ownerAndTier;
  }

  /// Blocks of a run of `length` up to the last one that a live holder has, eligible or not.
  int liveEnd(HolderTable table, int length) {
    for (int i = 0; i < wholeWords && liveEnd < length; i++) {
      for (long bits = whole[i]; bits != 0 && liveEnd < length; bits &= bits - 1) {
        int holder = (i << 6) + Long.numberOfTrailingZeros(bits);
        boolean dead = HolderTable.isDead(table.ownerAndTier(holder));
        liveEnd = dead && question.charge(1) ? liveEnd : length;
      }
    }
    return Math.min(liveEnd, length);
  }

  /// Word `i` of the set of holders of the whole run; zero beyond its end.
  long whole(int i) {
    return i < wholeWords ? whole[i] : 0;
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
      // Each further time through the intervals is work that their number does not bound.
      grown &= covered >= most || question.charge(count);
    }
    return Math.min(covered, most);
  }
}
