// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// A row of 64-bit words that grows by whole segments and never moves: the first has 512 B, each
/// further one as much as there is already, up to 2 MiB. Addressed by cells of four words.
///
/// Grown by one writer; any thread may read a cell it has learnt of, also one whose segment was
/// given back since: it then reads zeros, or what came there later.
public final class GrowableWords {
  /// Words in a cell.
  public static final int CELL_WORDS = 4;

  /// Access to words with a stated memory order.
  public static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int FIRST_LOG = 3;
  private static final int LARGEST_LOG = 16;
  private static final int DOUBLINGS = LARGEST_LOG - FIRST_LOG;
  private static final int LARGEST_MASK = (1 << LARGEST_LOG) - 1;

  /// Cells of a segment of the largest size.
  public static final int LARGEST_CELLS = 1 << LARGEST_LOG;

  /// What readers find where a segment was given back.
  private static final long[] GIVEN_BACK = new long[CELL_WORDS << LARGEST_LOG];

  private volatile long[][] segments = new long[0][];
  private volatile long cells;
  private int givenBack;

  /// The segment that holds a cell.
  public long[] segment(int cell) {
    return segments[number(cell)];
  }

  /// Whether a segment starts at a cell, there or where the next one will be.
  public static boolean isFirst(int cell) {
    return word(cell) == 0;
  }

  /// Number of the segment that holds a cell.
  public static int number(int cell) {
    return cell > LARGEST_MASK
        ? DOUBLINGS + (cell >>> LARGEST_LOG)
        : Integer.SIZE - Integer.numberOfLeadingZeros(cell >>> FIRST_LOG);
  }

  /// Index of a cell's first word in its segment.
  public static int word(int cell) {
    int start;
    if (cell > LARGEST_MASK) {
      start = cell & ~LARGEST_MASK;
    } else {
      start = cell < 1 << FIRST_LOG ? 0 : Integer.highestOneBit(cell);
    }
    return (cell - start) * CELL_WORDS;
  }

  /// First cell of the segment with a number.
  public static int firstCell(int number) {
    if (number > DOUBLINGS) {
      return (number - DOUBLINGS) << LARGEST_LOG;
    }
    return number == 0 ? 0 : 1 << (FIRST_LOG + number - 1);
  }

  /// Cells of the segment with a number.
  public static int cellsOf(int number) {
    return number == 0 ? 1 << FIRST_LOG : Math.min(firstCell(number), 1 << LARGEST_LOG);
  }

  /// Gives the memory of a segment of the largest size back to the heap, if it is one of these.
  public boolean giveBack(int number) {
    if (cellsOf(number) < 1 << LARGEST_LOG) {
      return false;
    }
    replace(number, GIVEN_BACK);
    givenBack++;
    return true;
  }

  /// Takes memory again for a segment that was given back.
  public void takeAgain(int number) {
    replace(number, new long[CELL_WORDS << LARGEST_LOG]);
    givenBack--;
  }

  private void replace(int number, long[] words) {
    var replaced = segments.clone();
    replaced[number] = words;
    segments = replaced;
  }

  /// Adds a segment.
  ///
  /// @return its first cell; it ends at [#cells]
  public int grow() {
    int first = Math.toIntExact(cells);
    int size = first <= LARGEST_MASK ? Math.max(1 << FIRST_LOG, first) : 1 << LARGEST_LOG;
    var grown = Arrays.copyOf(segments, segments.length + 1);
    grown[segments.length] = new long[size * CELL_WORDS];
    segments = grown;
    cells = first + (long) size;
    return first;
  }

  /// Cells there are.
  public long cells() {
    return cells;
  }

  /// The least that is charged for these segments, however little of them is in use: half of the
  /// smaller ones, since each is as large as all before it, and three quarters of the largest.
  public long chargedBytes() {
    long small = Math.min(bytes(), (long) LARGEST_CELLS * CELL_WORDS * Long.BYTES);
    return small / 2 + (bytes() - small) / 4 * 3;
  }

  /// Bytes of all segments that there is memory for.
  public long bytes() {
    return (cells - ((long) givenBack << LARGEST_LOG)) * CELL_WORDS * Long.BYTES;
  }
}
