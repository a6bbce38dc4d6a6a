// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.env.RandomSource;
import io.incipit.env.Search;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Regions of words: they overlap with no other, merge when they are free, and go back to the heap.
final class WordAllocatorTest {
  private static final int CELL_BYTES = GrowableWords.CELL_WORDS * Long.BYTES;
  private static final int FIRST_CELLS = 8;
  private static final long LARGEST_BYTES = (long) GrowableWords.LARGEST_CELLS * CELL_BYTES;

  private final WordAllocator allocator = new WordAllocator();

  /// A region in use, all of whose words hold its stamp.
  private record Region(int cell, int cells, long stamp) {
    int from() {
      return GrowableWords.word(cell);
    }

    int to() {
      return from() + cells * GrowableWords.CELL_WORDS;
    }
  }

  private Region allocate(int cells, long stamp) {
    var region = new Region(allocator.allocate(cells), cells, stamp);
    Arrays.fill(allocator.segment(region.cell), region.from(), region.to(), stamp);
    return region;
  }

  private void free(Region region) {
    var words = allocator.segment(region.cell);
    for (int word = region.from(); word < region.to(); word++) {
      assertEquals(region.stamp, words[word], "written by another");
    }
    allocator.free(region.cell, region.cells);
  }

  @Test
  @Tag("programs")
  void allocateAndFree_anyOrder_keepsRegionsApart() {
    Search.of(Search.Family.PROGRAMS, "allocator", 0, 10)
        .run(seed -> new WordAllocatorTest().program(RandomSource.seeded(seed)));
  }

  private void program(RandomGenerator random) {
    var regions = new ArrayList<Region>();
    long used = 0;
    for (int step = 0; step < 20_000; step++) {
      boolean grows = step / 2_000 % 2 == 0;
      if (regions.isEmpty() || random.nextInt(8) < (grows ? 5 : 3)) {
        int cells = 1 + (random.nextInt() >>> 1 >>> (20 + random.nextInt(11)));
        regions.add(allocate(cells, step + 1));
        used += cells;
      } else {
        var region = regions.set(random.nextInt(regions.size()), regions.getLast());
        regions.removeLast();
        free(region);
        used -= region.cells;
      }
      assertEquals(used * CELL_BYTES, allocator.usedBytes());
      assertTrue(allocator.bytes() >= allocator.usedBytes());
    }
    regions.forEach(this::free);
    assertEquals(0, allocator.usedBytes());
    assertTrue(allocator.bytes() <= 2 * LARGEST_BYTES, "one segment of the largest size is spare");
  }

  @Test
  void free_inAnyOrder_mergesWithBothNeighbours() {
    int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (var order : orders) {
      var own = new WordAllocator();
      int[] regions = {own.allocate(2), own.allocate(3), own.allocate(3)};
      int[] cells = {2, 3, 3};
      for (int i : order) {
        own.free(regions[i], cells[i]);
      }
      assertEquals(0, own.allocate(FIRST_CELLS), () -> Arrays.toString(order));
      assertEquals(FIRST_CELLS * CELL_BYTES, own.bytes());
    }
  }

  @Test
  void free_betweenOthers_mergesWithNoneInUse() {
    var before = allocate(4, 1);
    var middle = allocate(7, 2);
    var after = allocate(5, 3);
    free(middle);
    var again = allocate(7, 4);
    assertEquals(middle.cell, again.cell);
    free(before);
    free(again);
    free(after);
  }

  @Test
  void allocate_beyondASegment_takesNoneThatSpansTwo() {
    int first = allocator.allocate(FIRST_CELLS);
    int second = allocator.allocate(FIRST_CELLS);
    assertNotEquals(GrowableWords.number(first), GrowableWords.number(second));
    allocator.free(first, FIRST_CELLS);
    allocator.free(second, FIRST_CELLS);

    var region = allocate(2 * FIRST_CELLS, 1);

    assertEquals(
        GrowableWords.number(region.cell), GrowableWords.number(region.cell + region.cells - 1));
    free(region);
  }

  /// Sizes of one class differ: a region may be smaller than what its class is asked for.
  @Test
  void allocate_largerThanTheFreeOnesOfItsClass_takesAnother() {
    var sizes = new int[] {64, 71};
    assertEquals(0, allocator.allocate(FIRST_CELLS));
    int smaller = allocator.allocate(sizes[0]);
    allocator.allocate(1);
    allocator.free(smaller, sizes[0]);
    var larger = allocate(sizes[1], 1);
    assertTrue(
        larger.cell >= smaller + sizes[0] || larger.cell + larger.cells <= smaller,
        "not where 64 cells are free");
    assertEquals(smaller, allocator.allocate(sizes[0]));
    free(larger);
  }

  /// Columns of 2,048 blocks with hashes of 16 bytes, and sets of many holders, are that large.
  @Test
  void allocate_largeAgain_takesWhatWasFreed() {
    for (int cells : new int[] {1_024, 1_500, 16_384, 40_000}) {
      int large = allocator.allocate(cells);
      int keeper = allocator.allocate(cells);
      int smaller = allocator.allocate(cells - 40);
      int other = allocator.allocate(cells);
      allocator.free(large, cells);
      allocator.free(smaller, cells - 40);
      long before = allocator.bytes();

      var again = allocate(cells, 1);

      assertEquals(before, allocator.bytes(), () -> cells + " cells are free");
      free(again);
      allocator.free(keeper, cells);
      allocator.free(other, cells);
    }
  }

  @Test
  void free_wholeSegments_keepsOneAndGivesTheOthersBack() {
    var regions = new ArrayList<Region>();
    for (int i = 0; i < 3; i++) {
      regions.add(allocate(GrowableWords.LARGEST_CELLS, i + 1));
    }
    assertEquals(4 * LARGEST_BYTES, allocator.bytes());
    regions.forEach(this::free);
    assertEquals(2 * LARGEST_BYTES, allocator.bytes());
    assertEquals(0, allocator.usedBytes());

    var again = allocate(GrowableWords.LARGEST_CELLS, 4);
    var taken = allocate(GrowableWords.LARGEST_CELLS, 5);

    assertEquals(3 * LARGEST_BYTES, allocator.bytes());
    free(again);
    free(taken);
    assertEquals(2 * LARGEST_BYTES, allocator.bytes());
  }

  @Test
  void roomFor_anyWords_isEnoughAndAtMostAnEighthMore() {
    assertEquals(0, WordAllocator.cellsFor(0));
    assertEquals(1, WordAllocator.cellsFor(1));
    assertEquals(1, WordAllocator.cellsFor(GrowableWords.CELL_WORDS));
    assertEquals(2, WordAllocator.cellsFor(GrowableWords.CELL_WORDS + 1));
    for (int words = 1; words <= 10_000; words++) {
      int cells = WordAllocator.cellsFor(words);
      int room = WordAllocator.roomFor(words);
      assertTrue(room >= cells && room - cells <= cells / 8, () -> "of " + cells);
      assertEquals(
          room, WordAllocator.roomFor(room * GrowableWords.CELL_WORDS), "room has all it needs");
    }
  }
}
