// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import java.util.Arrays;

/// Regions of words for hash columns and holder lists, given out and taken back by one writer.
///
/// A region may be handed out again at once: whoever reads one without holding it checks afterwards
/// that its run did not change meanwhile.
public final class WordAllocator {
  /*
   * Segregated free lists with merging of neighbours (boundary tags). A free region of n cells
   * keeps its size in its first and last word and its list links in words 1 and 2; a segment's two
   * bit maps say at which cells a free region starts and ends, since regions in use carry no tag of
   * their own.
   *
   *   word 0   size in cells
   *   word 1   next free region of the class, or -1
   *   word 2   previous one, or -1
   *   word 4n-1  size in cells
   *
   * Sizes fall into classes, eight a doubling; a list may hold any size of its class, so a search
   * starts in the class above the wanted size and every region found there fits. What is left over
   * goes back. Segments never merge with each other. Of segments of the largest size that are free
   * as a whole one is kept, and the memory of the others goes back to the heap.
   */
  private static final int FIRST_CLASSES = Long.SIZE;

  /// Enough for a whole segment.
  private static final int CLASSES = 2 * Long.SIZE;

  private static final int NONE = -1;

  private final GrowableWords segments = new GrowableWords();
  private long[][] freeStarts = new long[0][];
  private long[][] freeEnds = new long[0][];

  /// First free region of each class; of the larger half once there are such.
  private int[] heads = new int[FIRST_CLASSES];

  /// A bit for each class that has free regions.
  private final long[] nonEmpty = new long[CLASSES / Long.SIZE];

  private long usedCells;
  private int[] givenBack = new int[4];
  private int givenBackCount;
  private int spareSegments;

  /// The segment that holds a cell.
  public long[] segment(int cell) {
    return segments.segment(cell);
  }

  /// Bytes taken from the heap.
  public long bytes() {
    return segments.bytes();
  }

  /// The least that is charged for them, see [GrowableWords#chargedBytes].
  public long chargedBytes() {
    return segments.chargedBytes();
  }

  /// Bytes of the regions in use.
  public long usedBytes() {
    return usedCells * GrowableWords.CELL_WORDS * Long.BYTES;
  }

  /// Cells that hold `words` words.
  public static int cellsFor(int words) {
    return (words + GrowableWords.CELL_WORDS - 1) / GrowableWords.CELL_WORDS;
  }

  /// Cells of a region for `words` words, with the room to grow that keeps copying rare: an eighth
  /// beyond 32 cells.
  public static int roomFor(int words) {
    int cells = cellsFor(words);
    if (cells <= 8) {
      return cells;
    }
    int step = Math.max(1, Integer.highestOneBit(cells) / 16);
    return (cells + step - 1) / step * step;
  }

  private static int classOf(int cells) {
    if (cells < 16) {
      return cells;
    }
    int log = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(cells);
    return 8 * (log - 2) + (cells >>> (log - 3)) - 8;
  }

  /// Takes a region of `cells` cells; its words hold anything.
  ///
  /// @return its first cell
  public int allocate(int cells) {
    int region = find(cells);
    while (region == NONE) {
      grow();
      region = find(cells);
    }
    int size = sizeAt(region);
    take(region, size);
    if (size > cells) {
      put(region + cells, size - cells);
    }
    usedCells += cells;
    return region;
  }

  private void grow() {
    if (givenBackCount > 0) {
      int number = givenBack[--givenBackCount];
      segments.takeAgain(number);
      put(GrowableWords.firstCell(number), GrowableWords.cellsOf(number));
      return;
    }
    int first = segments.grow();
    int size = (int) (segments.cells() - first);
    int words = (size + Long.SIZE - 1) / Long.SIZE;
    freeStarts = Arrays.copyOf(freeStarts, freeStarts.length + 1);
    freeStarts[freeStarts.length - 1] = new long[words];
    freeEnds = Arrays.copyOf(freeEnds, freeEnds.length + 1);
    freeEnds[freeEnds.length - 1] = new long[words];
    put(first, size);
  }

  private int find(int cells) {
    int own = classOf(cells);
    if (hasFree(own) && sizeAt(heads[own]) >= cells) {
      return heads[own];
    }
    int klass = own + 1;
    long larger = nonEmpty[klass >>> 6] >>> klass << klass;
    if (larger == 0 && klass < Long.SIZE) {
      klass = Long.SIZE;
      larger = nonEmpty[1];
    }
    return larger == 0 ? NONE : heads[(klass & -Long.SIZE) + Long.numberOfTrailingZeros(larger)];
  }

  private boolean hasFree(int klass) {
    return (nonEmpty[klass >>> 6] >>> klass & 1) != 0;
  }

  /// Gives back the region of `cells` cells at `region`, merging it with free neighbours.
  public void free(int region, int cells) {
    usedCells -= cells;
    int start = region;
    int size = cells;
    if (!GrowableWords.isFirst(region) && isSet(freeEnds, region - 1)) {
      int before = lastSize(region - 1);
      start = region - before;
      take(start, before);
      size += before;
    }
    int after = region + cells;
    if (!GrowableWords.isFirst(after) && isSet(freeStarts, after)) {
      int next = sizeAt(after);
      take(after, next);
      size += next;
    }
    if (!isSpareToo(start, size)) {
      put(start, size);
    }
  }

  /// Gives a whole segment back to the heap if there is another free one.
  private boolean isSpareToo(int region, int cells) {
    int number = GrowableWords.number(region);
    if (!isWhole(region, cells) || spareSegments == 0 || !segments.giveBack(number)) {
      return false;
    }
    if (givenBackCount == givenBack.length) {
      givenBack = Arrays.copyOf(givenBack, 2 * givenBackCount);
    }
    givenBack[givenBackCount++] = number;
    return true;
  }

  private static boolean isWhole(int region, int cells) {
    return GrowableWords.isFirst(region) && cells == GrowableWords.LARGEST_CELLS;
  }

  private void put(int region, int cells) {
    int klass = classOf(cells);
    int next = hasFree(klass) ? heads[klass] : NONE;
    if (klass >= heads.length) {
      heads = Arrays.copyOf(heads, CLASSES);
    }
    var words = segments.segment(region);
    int at = GrowableWords.word(region);
    words[at] = cells;
    words[at + 1] = next;
    words[at + 2] = NONE;
    words[at + cells * GrowableWords.CELL_WORDS - 1] = cells;
    if (next != NONE) {
      segments.segment(next)[GrowableWords.word(next) + 2] = region;
    }
    heads[klass] = region;
    nonEmpty[klass >>> 6] |= 1L << klass;
    spareSegments += isWhole(region, cells) ? 1 : 0;
    flip(freeStarts, region);
    flip(freeEnds, region + cells - 1);
  }

  private void take(int region, int cells) {
    int klass = classOf(cells);
    var words = segments.segment(region);
    int at = GrowableWords.word(region);
    spareSegments -= isWhole(region, cells) ? 1 : 0;
    int next = (int) words[at + 1];
    int previous = (int) words[at + 2];
    if (next != NONE) {
      segments.segment(next)[GrowableWords.word(next) + 2] = previous;
    }
    if (previous != NONE) {
      segments.segment(previous)[GrowableWords.word(previous) + 1] = next;
    } else {
      heads[klass] = next;
      nonEmpty[klass >>> 6] &= next == NONE ? ~(1L << klass) : -1;
    }
    flip(freeStarts, region);
    flip(freeEnds, region + cells - 1);
  }

  private static boolean isSet(long[][] bits, int cell) {
    int bit = GrowableWords.word(cell) / GrowableWords.CELL_WORDS;
    return (bits[GrowableWords.number(cell)][bit >>> 6] >>> bit & 1) != 0;
  }

  private static void flip(long[][] bits, int cell) {
    int bit = GrowableWords.word(cell) / GrowableWords.CELL_WORDS;
    bits[GrowableWords.number(cell)][bit >>> 6] ^= 1L << bit;
  }

  private int sizeAt(int region) {
    return (int) segments.segment(region)[GrowableWords.word(region)];
  }

  private int lastSize(int lastCell) {
    return (int)
        segments.segment(lastCell)[GrowableWords.word(lastCell) + GrowableWords.CELL_WORDS - 1];
  }
}
