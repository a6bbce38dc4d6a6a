// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// A row of 64-bit words that grows by whole segments and never moves: the first has 64 KiB, each
/// further one as much as there is already, up to 2 MiB. Addressed by cells of four words.
///
/// Grown by one writer; any thread may read a cell it has learnt of.
final class Segments {
  /// Words in a cell.
  static final int CELL_WORDS = 4;

  /// Access to words with a stated memory order.
  static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int FIRST_LOG = 11;
  private static final int LARGEST_LOG = 16;
  private static final int DOUBLINGS = LARGEST_LOG - FIRST_LOG;
  private static final int LARGEST_MASK = (1 << LARGEST_LOG) - 1;

  private volatile long[][] segments = new long[0][];
  private volatile long cells;

  /// The segment that holds a cell.
  long[] segment(int cell) {
    return segments[number(cell)];
  }

  /// Whether a segment starts at a cell, there or where the next one will be.
  static boolean isFirst(int cell) {
    return word(cell) == 0;
  }

  /// Number of the segment that holds a cell.
  static int number(int cell) {
    return cell > LARGEST_MASK
        ? DOUBLINGS + (cell >>> LARGEST_LOG)
        : Integer.SIZE - Integer.numberOfLeadingZeros(cell >>> FIRST_LOG);
  }

  /// Index of a cell's first word in its segment.
  static int word(int cell) {
    int start;
    if (cell > LARGEST_MASK) {
      start = cell & ~LARGEST_MASK;
    } else {
      start = cell < 1 << FIRST_LOG ? 0 : Integer.highestOneBit(cell);
    }
    return (cell - start) * CELL_WORDS;
  }

  /// Adds a segment.
  ///
  /// @return its first cell; it ends at [#cells]
  int grow() {
    int first = Math.toIntExact(cells);
    int size = first <= LARGEST_MASK ? Math.max(1 << FIRST_LOG, first) : 1 << LARGEST_LOG;
    var grown = Arrays.copyOf(segments, segments.length + 1);
    grown[segments.length] = new long[size * CELL_WORDS];
    segments = grown;
    cells = first + (long) size;
    return first;
  }

  /// Cells there are.
  long cells() {
    return cells;
  }

  /// Bytes of all segments.
  long bytes() {
    return cells * CELL_WORDS * Long.BYTES;
  }
}
