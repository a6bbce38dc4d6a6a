// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// The records of all runs: 16 words each, by run number. Numbers start at 1; 0 is the root, above
/// the first blocks of all prompts.
///
/// Written by one writer. A reader takes [#state] first, reads what it wants, and believes it only
/// if the state is the same afterwards; while it is odd the record is being changed.
public final class RunTable {
  /*
   *   word 0      STATE     63..32 generation (odd while changing) | 27..0 parent run
   *   word 1      PLACE     63..32 cell of the column | 25 more holders | 22..12 origin
   *                         | 11..0 length in blocks, 0 for a free record
   *   word 2      HEAD_LOW  last 8 bytes of the first block's hash
   *   word 3      LAST_LOW  the same of the last block's
   *   word 4      CHILDREN  63..32 the numbers of all child runs, xored: of a single one its number
   *                         | 31..0 how many there are
   *   word 5..8   HOLDERS   holder intervals, 0 where empty
   *   word 9      USED      stamp of the last use; readers write it, racing
   *   word 10     MORE      63..32 cell of further intervals | 31..16 cells | 15..0 count
   *   word 11     WHOLE     63..32 cell of a bit set of holders of the whole run | 31..0 words
   *   word 12, 13 HIGH      the 8 bytes before HEAD_LOW and LAST_LOW; 0 where hashes have 8 bytes
   *   word 14     SIZE      63..32 cells of the column | 31..0 depth: blocks above the run
   *   word 15     NEXT      of a free record the next one; of a leaf its place in the list of
   *                         leaves
   *
   * A look-up of short hashes with a holder or two reads the first ten words, in one cache line or
   * two.
   *
   * A block's offset in the by-hash table is (origin + position) mod 2,048, so that a run can lose
   * its front without its other blocks changing their slots.
   */
  public static final int WORDS = 16;
  public static final int STATE = 0;
  public static final int PLACE = 1;
  public static final int HEAD_LOW = 2;
  public static final int LAST_LOW = 3;
  public static final int CHILDREN = 4;
  public static final int HOLDERS = 5;
  public static final int INLINE_HOLDERS = 4;
  public static final int USED = 9;
  public static final int MORE = 10;
  public static final int WHOLE = 11;
  public static final int HEAD_HIGH = 12;
  public static final int LAST_HIGH = 13;
  public static final int SIZE = 14;
  public static final int NEXT = 15;

  public static final int LENGTH_MASK = 0xFFF;
  public static final long MORE_HOLDERS = 1L << 25;
  public static final long PARENT_MASK = SlotTable.RUN_MAX;

  private static final int ORIGIN_SHIFT = 12;
  private static final int LEAF_PAGE_LOG = 5;
  private static final int LEAF_PAGE = 1 << LEAF_PAGE_LOG;
  private static final int CELLS = WORDS / GrowableWords.CELL_WORDS;

  private final GrowableWords segments = new GrowableWords();
  private int count = 1;
  private int free;
  private int live;
  private int[][] leaves = new int[0][];
  private int leafPages;
  private int leafCount;

  /// 1, and 0 where a test plants the bug that generations do not count.
  private final long step;

  /// An empty table.
  ///
  /// @param countsGenerations false where a test plants the bug that generations do not count
  public RunTable(boolean countsGenerations) {
    step = countsGenerations ? 1 : 0;
  }

  /// The segment of a run's record.
  public long[] segment(int run) {
    return segments.segment(run * CELLS);
  }

  /// Index of a record's first word in its segment.
  public static int at(int run) {
    return GrowableWords.word(run * CELLS);
  }

  /// Whether a number has ever been given out; safe to ask from any thread.
  public boolean exists(int run) {
    return run > 0 && run < segments.cells() / CELLS;
  }

  /// Numbers given out so far, the root included.
  public int count() {
    return count;
  }

  /// Runs in use.
  public int live() {
    return live;
  }

  /// The least that is charged for them, see [GrowableWords#chargedBytes].
  public long chargedBytes() {
    return segments.chargedBytes();
  }

  public long bytes() {
    return segments.bytes() + (long) leafPages * LEAF_PAGE * Integer.BYTES;
  }

  /// A record of length zero, which no look-up matches before it is written.
  public int allocate() {
    int run = free;
    if (run == 0) {
      run = count;
      if (run > SlotTable.RUN_MAX) {
        throw new IllegalStateException(
            "runs: %d (expected: at most %d)".formatted(run, SlotTable.RUN_MAX));
      }
      while ((long) (run + 1) * CELLS > segments.cells()) {
        segments.grow();
      }
      count = run + 1;
    } else {
      free = (int) segment(run)[at(run) + NEXT];
    }
    live++;
    return run;
  }

  /// Gives a record back: its length is zero from now on.
  public void release(int run) {
    var words = segment(run);
    int at = at(run);
    open(words, at);
    for (int word = STATE + 1; word < WORDS; word++) {
      words[at + word] = 0;
    }
    words[at + NEXT] = free;
    close(words, at, 0);
    free = run;
    live--;
  }

  /// Runs without children.
  public int leafCount() {
    return leafCount;
  }

  /// Leaf `i`, in no order.
  public int leaf(int i) {
    return leaves[i >>> LEAF_PAGE_LOG][i & (LEAF_PAGE - 1)];
  }

  /// A run has become a leaf.
  public void addLeaf(int run) {
    if (leafCount >>> LEAF_PAGE_LOG == leafPages) {
      if (leafPages == leaves.length) {
        leaves = Arrays.copyOf(leaves, leafPages + leafPages / 8 + 1);
      }
      leaves[leafPages++] = new int[LEAF_PAGE];
    }
    setLeaf(leafCount++, run);
  }

  /// A run is a leaf no more, or gone; the last leaf takes its place in the list.
  public void removeLeaf(int run) {
    int i = (int) segment(run)[at(run) + NEXT];
    setLeaf(i, leaf(--leafCount));
  }

  private void setLeaf(int i, int run) {
    leaves[i >>> LEAF_PAGE_LOG][i & (LEAF_PAGE - 1)] = run;
    segment(run)[at(run) + NEXT] = i;
  }

  /// Begins a change: readers of the record wait, or look again.
  public void open(long[] words, int at) {
    long state = words[at + STATE];
    GrowableWords.WORDS.setOpaque(words, at + STATE, state + (step << 32));
    VarHandle.storeStoreFence();
  }

  /// Ends a change, and sets the parent.
  public void close(long[] words, int at, int parent) {
    long generation = (words[at + STATE] >>> 32) + step;
    GrowableWords.WORDS.setRelease(words, at + STATE, generation << 32 | parent);
  }

  /// Ends a change; the parent stays.
  public void close(long[] words, int at) {
    close(words, at, parent(words[at + STATE]));
  }

  /// The state of a record, for [#changedSince].
  public static long state(long[] words, int at) {
    return (long) GrowableWords.WORDS.getAcquire(words, at + STATE);
  }

  /// A word that names a cell. Read so that the segment of the cell is there for whoever reads on,
  /// even if the record is being changed.
  public static long cellWord(long[] words, int at) {
    return (long) GrowableWords.WORDS.getAcquire(words, at);
  }

  public static boolean isOpen(long state) {
    return (state >>> 32 & 1) != 0;
  }

  /// Whether a record has changed since its state was read, or was changing then.
  public static boolean changedSince(long[] words, int at, long state) {
    VarHandle.acquireFence();
    return isOpen(state) || (long) GrowableWords.WORDS.getOpaque(words, at + STATE) != state;
  }

  public static int parent(long state) {
    return (int) (state & PARENT_MASK);
  }

  /// The word of a column at `cell`, whose first block has offset `origin`, and of `length` blocks.
  public static long place(int cell, int origin, int length) {
    require("cell", cell, Integer.MAX_VALUE);
    require("origin", origin, SlotTable.OFFSET_MASK);
    require("length", length, SlotTable.OFFSET_MASK + 1);
    return (long) cell << 32 | (long) origin << ORIGIN_SHIFT | length;
  }

  /// The word of `count` further intervals in a region of `cells` cells at `cell`.
  public static long more(int cell, int cells, int count) {
    require("cell", cell, Integer.MAX_VALUE);
    require("cells", cells, 0xFFFF);
    require("count", count, 0xFFFF);
    return (long) cell << 32 | (long) cells << 16 | count;
  }

  /// The word of a bit set of `size` words at `cell`.
  public static long whole(int cell, int size) {
    require("cell", cell, Integer.MAX_VALUE);
    require("size", size, HolderTable.HOLDER_MAX >>> 6);
    return (long) cell << 32 | size;
  }

  /// The word of a column of `cells` cells, `depth` blocks below the root.
  public static long size(int cells, int depth) {
    require("cells", cells, Integer.MAX_VALUE);
    require("depth", depth, Integer.MAX_VALUE);
    return (long) cells << 32 | depth;
  }

  /// Refuses what would run over into the bits beside it.
  public static void require(String name, int value, int max) {
    if (value < 0 || value > max) {
      throw new IllegalStateException("%s: %d (expected: 0 to %d)".formatted(name, value, max));
    }
  }

  public static int cell(long word) {
    return (int) (word >>> 32);
  }

  public static int length(long place) {
    return (int) place & LENGTH_MASK;
  }

  public static int origin(long place) {
    return (int) (place >>> ORIGIN_SHIFT) & SlotTable.OFFSET_MASK;
  }

  /// Position in a run of a block with this offset in the by-hash table.
  public static int position(long place, int offset) {
    return offset - origin(place) & SlotTable.OFFSET_MASK;
  }

  /// Offset in the by-hash table of a position in a run.
  public static int offset(long place, int position) {
    return origin(place) + position & SlotTable.OFFSET_MASK;
  }

  public static int depth(long size) {
    return (int) size;
  }

  public static int moreCount(long more) {
    return (int) more & 0xFFFF;
  }

  public static int moreCells(long more) {
    return (int) (more >>> 16) & 0xFFFF;
  }

  public static int wholeWords(long whole) {
    return (int) whole;
  }

  /// A [#CHILDREN] word with another count.
  public static long children(long word, int count) {
    require("children", count, SlotTable.RUN_MAX);
    return (word & ~0xFFFF_FFFFL) | count;
  }

  /// Number of children of a [#CHILDREN] word.
  public static int childCount(long children) {
    return (int) children;
  }

  /// The one child of a [#CHILDREN] word; 0 if there are none or several.
  public static int onlyChild(long children) {
    return (int) children == 1 ? (int) (children >>> 32) : 0;
  }
}
