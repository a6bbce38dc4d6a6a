// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Where cells are, how the row grows, and what it gives back.
final class GrowableWordsTest {
  private static final long LARGEST_BYTES = 2 << 20;

  /// Segments below the largest size; together they have as many bytes as one of these.
  private static final int SMALLER = 14;

  private final GrowableWords segments = new GrowableWords();

  /// Makes the segments with numbers below `count`.
  private void growTo(int count) {
    for (int number = 0; number < count; number++) {
      assertEquals(GrowableWords.firstCell(number), segments.grow());
    }
  }

  @Test
  void numberAndWord_ofEachCell_leaveNoGapAndNoOverlap() {
    int number = 0;
    int first = 0;
    for (int cell = 0; cell < 3 * GrowableWords.LARGEST_CELLS; cell++) {
      if (cell == first + GrowableWords.cellsOf(number)) {
        first = cell;
        number++;
      }
      assertEquals(number, GrowableWords.number(cell));
      assertEquals((cell - first) * GrowableWords.CELL_WORDS, GrowableWords.word(cell));
      assertEquals(cell == first, GrowableWords.isFirst(cell));
    }
    assertEquals(SMALLER + 1, number);
  }

  @Test
  void numberAndWord_ofTheLastCellThereCanBe_areTheEndOfASegment() {
    int number = GrowableWords.number(Integer.MAX_VALUE);
    assertEquals(
        Integer.MAX_VALUE,
        (long) GrowableWords.firstCell(number) + GrowableWords.cellsOf(number) - 1);
    assertEquals(
        (GrowableWords.LARGEST_CELLS - 1) * GrowableWords.CELL_WORDS,
        GrowableWords.word(Integer.MAX_VALUE));
  }

  @Test
  void grow_again_movesNoWords() {
    growTo(1);
    var words = segments.segment(0);
    assertEquals(256, segments.bytes());
    for (int number = 1; number < SMALLER + 2; number++) {
      int first = segments.grow();
      assertEquals(GrowableWords.firstCell(number), first);
      assertEquals(
          GrowableWords.cellsOf(number) * GrowableWords.CELL_WORDS, segments.segment(first).length);
      assertSame(segments.segment(first), segments.segment((int) segments.cells() - 1));
    }
    assertSame(words, segments.segment(0));
    assertEquals(3 * LARGEST_BYTES, segments.bytes());
  }

  @Test
  void chargedBytes_ofSmallerAndLargest_areHalfAndThreeQuarters() {
    assertEquals(0, segments.chargedBytes());
    growTo(1);
    assertEquals(128, segments.chargedBytes());
    while (segments.bytes() < 2 * LARGEST_BYTES) {
      segments.grow();
    }
    assertEquals(LARGEST_BYTES / 2 + LARGEST_BYTES / 4 * 3, segments.chargedBytes());
  }

  @Test
  void giveBack_aSmallerSegment_isRefused() {
    growTo(SMALLER);
    var words = segments.segment((int) segments.cells() - 1);
    assertFalse(segments.giveBack(SMALLER - 1));
    assertSame(words, segments.segment((int) segments.cells() - 1));
    assertEquals(LARGEST_BYTES, segments.bytes());
  }

  @Test
  void giveBack_oneOfTheLargest_readsAsZerosUntilTakenAgain() {
    growTo(SMALLER + 2);
    int cell = GrowableWords.firstCell(SMALLER) + 5;
    int other = GrowableWords.firstCell(SMALLER + 1) + 5;
    int at = GrowableWords.word(cell);
    segments.segment(cell)[at] = 7;
    segments.segment(other)[at] = 8;

    assertTrue(segments.giveBack(SMALLER));

    assertEquals(0, segments.segment(cell)[at]);
    assertEquals(8, segments.segment(other)[at]);
    assertEquals(2 * LARGEST_BYTES, segments.bytes());
    assertEquals(3L * GrowableWords.LARGEST_CELLS, segments.cells());

    assertTrue(segments.giveBack(SMALLER + 1));
    segments.takeAgain(SMALLER);
    segments.segment(cell)[at] = 9;

    assertEquals(0, segments.segment(other)[at], "others read what nobody writes to");
    assertEquals(2 * LARGEST_BYTES, segments.bytes());
  }
}
