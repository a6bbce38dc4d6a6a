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
final class ArenaTest {
  private static final int CELL_BYTES = Segments.CELL_WORDS * Long.BYTES;
  private static final int FIRST_CELLS = 16;
  private static final long LARGEST_BYTES = (long) Segments.LARGEST_CELLS * CELL_BYTES;

  private final Arena arena = new Arena();

  /// A region in use, all of whose words hold its stamp.
  private record Region(int cell, int cells, long stamp) {
    int from() {
      return Segments.word(cell);
    }

    int to() {
      return from() + cells * Segments.CELL_WORDS;
    }
  }

  private Region allocate(int cells, long stamp) {
    var region = new Region(arena.allocate(cells), cells, stamp);
    Arrays.fill(arena.segment(region.cell), region.from(), region.to(), stamp);
    return region;
  }

  private void free(Region region) {
    var words = arena.segment(region.cell);
    for (int word = region.from(); word < region.to(); word++) {
      assertEquals(region.stamp, words[word], "written by another");
    }
    arena.free(region.cell, region.cells);
  }

  @Test
  @Tag("programs")
  void allocateAndFree_anyOrder_keepsRegionsApart() {
    Search.of(Search.Family.PROGRAMS, "arena", 0, 10)
        .run(seed -> new ArenaTest().program(RandomSource.seeded(seed)));
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
      assertEquals(used * CELL_BYTES, arena.usedBytes());
      assertTrue(arena.bytes() >= arena.usedBytes());
    }
    regions.forEach(this::free);
    assertEquals(0, arena.usedBytes());
    assertTrue(arena.bytes() <= 2 * LARGEST_BYTES, "one segment of the largest size is spare");
  }

  @Test
  void free_inAnyOrder_mergesWithBothNeighbours() {
    int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (var order : orders) {
      var own = new Arena();
      int[] regions = {own.allocate(4), own.allocate(7), own.allocate(5)};
      int[] cells = {4, 7, 5};
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
    int first = arena.allocate(FIRST_CELLS);
    int second = arena.allocate(FIRST_CELLS);
    assertNotEquals(Segments.number(first), Segments.number(second));
    arena.free(first, FIRST_CELLS);
    arena.free(second, FIRST_CELLS);

    var region = allocate(2 * FIRST_CELLS, 1);

    assertEquals(Segments.number(region.cell), Segments.number(region.cell + region.cells - 1));
    free(region);
  }

  /// Sizes of one class differ: a region may be smaller than what its class is asked for.
  @Test
  void allocate_largerThanTheFreeOnesOfItsClass_takesAnother() {
    var sizes = new int[] {64, 71};
    assertEquals(0, arena.allocate(FIRST_CELLS));
    int smaller = arena.allocate(sizes[0]);
    arena.allocate(1);
    arena.free(smaller, sizes[0]);
    var larger = allocate(sizes[1], 1);
    assertTrue(
        larger.cell >= smaller + sizes[0] || larger.cell + larger.cells <= smaller,
        "not where 64 cells are free");
    assertEquals(smaller, arena.allocate(sizes[0]));
    free(larger);
  }

  @Test
  void free_wholeSegments_keepsOneAndGivesTheOthersBack() {
    var regions = new ArrayList<Region>();
    for (int i = 0; i < 3; i++) {
      regions.add(allocate(Segments.LARGEST_CELLS, i + 1));
    }
    assertEquals(4 * LARGEST_BYTES, arena.bytes());
    regions.forEach(this::free);
    assertEquals(2 * LARGEST_BYTES, arena.bytes());
    assertEquals(0, arena.usedBytes());

    var again = allocate(Segments.LARGEST_CELLS, 4);
    var taken = allocate(Segments.LARGEST_CELLS, 5);

    assertEquals(3 * LARGEST_BYTES, arena.bytes());
    free(again);
    free(taken);
    assertEquals(2 * LARGEST_BYTES, arena.bytes());
  }

  @Test
  void roomFor_anyWords_isEnoughAndAtMostAnEighthMore() {
    assertEquals(0, Arena.cellsFor(0));
    assertEquals(1, Arena.cellsFor(1));
    assertEquals(1, Arena.cellsFor(Segments.CELL_WORDS));
    assertEquals(2, Arena.cellsFor(Segments.CELL_WORDS + 1));
    for (int words = 1; words <= 10_000; words++) {
      int cells = Arena.cellsFor(words);
      int room = Arena.roomFor(words);
      assertTrue(room >= cells && room - cells <= cells / 8, () -> "of " + cells);
      assertEquals(room, Arena.roomFor(room * Segments.CELL_WORDS), "room has all it needs");
    }
  }
}
