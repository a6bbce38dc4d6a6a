// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import java.util.Arrays;

/// Who holds what of a run: intervals of positions for holders of a part, a bit for each holder of
/// the whole where there are many. Used by the index's writer, one run at a time: [#load], changes,
/// `commit`.
public final class Holdings {
  /*
   *   interval   63..24 holder | 23..12 from | 11..0 to, exclusive; never 0
   *
   * The first four intervals stand in the run's record, further ones in a region, holders of the
   * whole run in a bit set once there are more than four intervals. Intervals of one holder neither
   * overlap nor touch.
   */
  private static final int FROM_SHIFT = 12;
  private static final int HOLDER_SHIFT = 24;
  private static final int POSITION_MASK = 0xFFF;

  private final RunTable runs;
  private final WordAllocator allocator;
  private final HolderTable holders;
  private long total;
  private long touched;
  private int loaded;
  private boolean masked;
  private long[] intervals = new long[8];
  private int count;
  private long[] whole = new long[4];
  private int wholeWords;
  private int length;

  public Holdings(RunTable runs, WordAllocator allocator, HolderTable holders) {
    this.runs = runs;
    this.allocator = allocator;
    this.holders = holders;
  }

  public static long interval(int holder, int from, int to) {
    RunTable.require("holder", holder, HolderTable.HOLDER_MAX);
    RunTable.require("from", from, to);
    RunTable.require("to", to, POSITION_MASK);
    return (long) holder << HOLDER_SHIFT | (long) from << FROM_SHIFT | to;
  }

  public static int holder(long interval) {
    return (int) (interval >>> HOLDER_SHIFT);
  }

  public static int from(long interval) {
    return (int) (interval >>> FROM_SHIFT) & POSITION_MASK;
  }

  public static int to(long interval) {
    return (int) interval & POSITION_MASK;
  }

  /// Starts with nobody, for a new run of `length` blocks.
  public void begin(int length) {
    this.length = length;
    loaded = 0;
    forget();
  }

  /// Leaves nobody.
  public void forget() {
    count = 0;
    wholeWords = 0;
  }

  /// Reads what a run's record says, less the holders that are masked.
  public void load(int run) {
    var words = runs.segment(run);
    int at = RunTable.at(run);
    begin(RunTable.length(words[at + RunTable.PLACE]));
    for (int i = 0; i < RunTable.INLINE_HOLDERS; i++) {
      if (words[at + RunTable.HOLDERS + i] != 0) {
        append(words[at + RunTable.HOLDERS + i]);
      }
    }
    long more = words[at + RunTable.MORE];
    if (RunTable.moreCount(more) > 0) {
      var region = allocator.segment(RunTable.cell(more));
      int start = GrowableWords.word(RunTable.cell(more));
      for (int i = 0; i < RunTable.moreCount(more); i++) {
        append(region[start + i]);
      }
    }
    loadWhole(words[at + RunTable.WHOLE]);
    loaded = holdings();
    touched += RunTable.WORDS + count + wholeWords;
    masked = false;
    if (holders.hasDead()) {
      dropDead();
    }
  }

  private void dropDead() {
    for (int i = count - 1; i >= 0; i--) {
      if (isDead(holder(intervals[i]))) {
        intervals[i] = intervals[--count];
        masked = true;
      }
    }
    for (int i = 0; i < wholeWords; i++) {
      for (long bits = whole[i]; bits != 0; bits &= bits - 1) {
        int holder = (i << 6) + Long.numberOfTrailingZeros(bits);
        if (isDead(holder)) {
          whole[i] &= ~(1L << holder);
          masked = true;
        }
      }
    }
  }

  private boolean isDead(int holder) {
    return HolderTable.isDead(holders.ownerAndTier(holder));
  }

  /// Whether [#load] left out a masked holder.
  public boolean masked() {
    return masked;
  }

  /// Words read and written since the last call.
  public long takeTouched() {
    long result = touched;
    touched = 0;
    return result;
  }

  /// Pairs of a holder and an interval in all runs.
  public long total() {
    return total;
  }

  private void loadWhole(long word) {
    wholeWords = RunTable.wholeWords(word);
    if (wholeWords > 0) {
      growWhole(wholeWords);
      System.arraycopy(
          allocator.segment(RunTable.cell(word)),
          GrowableWords.word(RunTable.cell(word)),
          whole,
          0,
          wholeWords);
    }
  }

  private void growWhole(int size) {
    if (whole.length < size) {
      whole = Arrays.copyOf(whole, Math.max(size, 2 * whole.length));
    }
  }

  private void append(long interval) {
    if (count == intervals.length) {
      intervals = Arrays.copyOf(intervals, 2 * count);
    }
    intervals[count++] = interval;
  }

  /// Intervals, holders of the whole run in the bit set not counted.
  public int count() {
    return count;
  }

  /// Interval `i`, in no order.
  public long get(int i) {
    return intervals[i];
  }

  /// Whether few enough hold the run, one interval each, to let it grow in place.
  public boolean isSimple() {
    return count <= RunTable.INLINE_HOLDERS && wholeWords == 0;
  }

  private boolean isWhole(int holder) {
    return holder >>> 6 < wholeWords && (whole[holder >>> 6] >>> holder & 1) != 0;
  }

  /// Blocks at the run's start up to the last one that somebody holds.
  public int end() {
    for (int i = 0; i < wholeWords; i++) {
      if (whole[i] != 0) {
        return length;
      }
    }
    int end = 0;
    for (int i = 0; i < count; i++) {
      end = Math.max(end, to(intervals[i]));
    }
    return end;
  }

  /// A holder holds `[from, to)` too.
  ///
  /// @return whether that is news
  public boolean credit(int holder, int from, int to) {
    if (isWhole(holder)) {
      return false;
    }
    int first = from;
    int last = to;
    for (int i = count - 1; i >= 0; i--) {
      long interval = intervals[i];
      if (holder(interval) == holder && from(interval) <= last && to(interval) >= first) {
        if (from(interval) <= from && to(interval) >= to) {
          return false;
        }
        first = Math.min(first, from(interval));
        last = Math.max(last, to(interval));
        intervals[i] = intervals[--count];
      }
    }
    append(interval(holder, first, last));
    return true;
  }

  /// A holder holds `[from, to)` no more.
  ///
  /// @return how many of these blocks it held
  public int debit(int holder, int from, int to) {
    if (isWhole(holder)) {
      whole[holder >>> 6] &= ~(1L << holder);
      append(interval(holder, 0, length));
    }
    int removed = 0;
    for (int i = count - 1; i >= 0; i--) {
      long interval = intervals[i];
      int cutFrom = Math.max(from, from(interval));
      int cutTo = Math.min(to, to(interval));
      if (holder(interval) != holder || cutFrom >= cutTo) {
        continue;
      }
      removed += cutTo - cutFrom;
      intervals[i] = intervals[--count];
      if (from(interval) < cutFrom) {
        append(interval(holder, from(interval), cutFrom));
      }
      if (cutTo < to(interval)) {
        append(interval(holder, cutTo, to(interval)));
      }
    }
    return removed;
  }

  /// Nobody holds anything from `to` on.
  public void cut(int to) {
    for (int i = 0; i < wholeWords; i++) {
      for (long bits = whole[i]; bits != 0; bits &= bits - 1) {
        append(interval((i << 6) + Long.numberOfTrailingZeros(bits), 0, length));
      }
    }
    wholeWords = 0;
    int kept = 0;
    for (int i = 0; i < count; i++) {
      long interval = intervals[i];
      if (from(interval) < to) {
        intervals[kept++] = interval(holder(interval), from(interval), Math.min(to, to(interval)));
      }
    }
    count = kept;
  }

  /// Keeps of everything only what lies in `[from, to)`, counted from `from`: one side of a split.
  public void clip(int from, int to) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      long interval = intervals[i];
      int first = Math.max(from, from(interval));
      int last = Math.min(to, to(interval));
      if (first < last) {
        intervals[kept++] = interval(holder(interval), first - from, last - from);
      }
    }
    count = kept;
    length = to - from;
  }

  /// Counts everything as news: it goes to a new run.
  public void asNew() {
    loaded = 0;
  }

  /// The run is cut to `length` blocks, all that anybody holds of it.
  public void shorten(int length) {
    this.length = length;
  }

  /// The run now has `length` blocks; who held the whole of it keeps what it held.
  public void lengthen(int length) {
    assert wholeWords == 0 : "a run that many hold does not grow";
    this.length = length;
  }

  /// The position at which a split leaves about as many interval ends on each side; 0 if all
  /// intervals are whole.
  public int middle() {
    var ends = new int[2 * count];
    int n = 0;
    for (int i = 0; i < count; i++) {
      if (from(intervals[i]) > 0) {
        ends[n++] = from(intervals[i]);
      }
      if (to(intervals[i]) < length) {
        ends[n++] = to(intervals[i]);
      }
    }
    Arrays.sort(ends, 0, n);
    return n == 0 ? 0 : ends[n / 2];
  }

  /// Pairs of a holder and an interval.
  public int holdings() {
    int total = count;
    for (int i = 0; i < wholeWords; i++) {
      total += Long.bitCount(whole[i]);
    }
    return total;
  }

  /// Calls for each holder, a holder of several intervals several times.
  public void forEachHolder(java.util.function.IntConsumer each) {
    for (int i = 0; i < count; i++) {
      each.accept(holder(intervals[i]));
    }
    for (int i = 0; i < wholeWords; i++) {
      for (long bits = whole[i]; bits != 0; bits &= bits - 1) {
        each.accept((i << 6) + Long.numberOfTrailingZeros(bits));
      }
    }
  }

  /// Moves holders of the whole run to the bit set if there are many intervals.
  private void gatherWhole() {
    if (count <= RunTable.INLINE_HOLDERS && wholeWords == 0) {
      return;
    }
    for (int i = count - 1; i >= 0; i--) {
      long interval = intervals[i];
      if (from(interval) == 0 && to(interval) == length) {
        int word = holder(interval) >>> 6;
        if (word >= wholeWords) {
          growWhole(word + 1);
          Arrays.fill(whole, wholeWords, word + 1, 0);
          wholeWords = word + 1;
        }
        whole[word] |= 1L << holder(interval);
        intervals[i] = intervals[--count];
      }
    }
  }

  /// Brings the count of all holdings up to date, and the bit set to its least size.
  public void normalize() {
    gatherWhole();
    int now = holdings();
    total += now - loaded;
    loaded = now;
    while (wholeWords > 0 && whole[wholeWords - 1] == 0) {
      wholeWords--;
    }
    touched += RunTable.WORDS + count + wholeWords;
  }

  /// Interval `i` of those in the record itself; 0 if there are not so many.
  public long inline(int i) {
    return i < count ? intervals[i] : 0;
  }

  /// Copies what does not fit into the record to a new region.
  ///
  /// @return the word that names it; 0 if there is nothing
  public long copyMore() {
    int further = count - RunTable.INLINE_HOLDERS;
    if (further <= 0) {
      return 0;
    }
    int cells = WordAllocator.roomFor(further);
    int cell = allocator.allocate(cells);
    System.arraycopy(
        intervals,
        RunTable.INLINE_HOLDERS,
        allocator.segment(cell),
        GrowableWords.word(cell),
        further);
    return RunTable.more(cell, cells, further);
  }

  /// Copies the holders of the whole run to a new region, unless `old` names the same.
  ///
  /// @return the word that names it; 0 if there are none
  public long copyWhole(long old) {
    if (isWhole(old)) {
      return old;
    }
    if (wholeWords == 0) {
      return 0;
    }
    int cell = allocator.allocate(WordAllocator.cellsFor(wholeWords));
    System.arraycopy(whole, 0, allocator.segment(cell), GrowableWords.word(cell), wholeWords);
    return RunTable.whole(cell, wholeWords);
  }

  private boolean isWhole(long word) {
    if (RunTable.wholeWords(word) != wholeWords) {
      return false;
    }
    int cell = RunTable.cell(word);
    int start = wholeWords == 0 ? 0 : GrowableWords.word(cell);
    return wholeWords == 0
        || Arrays.equals(allocator.segment(cell), start, start + wholeWords, whole, 0, wholeWords);
  }
}
