// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Records of runs: their numbers, states, packed words, and the list of leaves.
final class RunTableTest {
  private final RunTable runs = new RunTable(true);

  @Test
  void allocate_afterRelease_givesTheSameNumberInAnotherState() {
    int first = runs.allocate();
    int second = runs.allocate();
    assertTrue(first > 0 && second > first);
    assertTrue(runs.exists(first));
    var words = runs.segment(first);
    int at = RunTable.at(first);
    runs.open(words, at);
    words[at + RunTable.PLACE] = RunTable.place(1, 0, 5);
    runs.close(words, at, second);
    long state = RunTable.state(words, at);
    assertEquals(second, RunTable.parent(state));
    assertFalse(RunTable.changedSince(words, at, state));

    runs.release(first);

    assertTrue(RunTable.changedSince(words, at, state));
    assertEquals(0, RunTable.length(words[at + RunTable.PLACE]));
    assertEquals(0, RunTable.parent(RunTable.state(words, at)));
    assertEquals(first, runs.allocate());
    assertEquals(2, runs.live());
  }

  @Test
  void open_untilClosed_isSeen() {
    int run = runs.allocate();
    var words = runs.segment(run);
    int at = RunTable.at(run);
    assertFalse(RunTable.isOpen(RunTable.state(words, at)));
    runs.open(words, at);
    assertTrue(RunTable.isOpen(RunTable.state(words, at)));
    assertTrue(RunTable.changedSince(words, at, RunTable.state(words, at)));
    runs.close(words, at);
    assertFalse(RunTable.isOpen(RunTable.state(words, at)));
  }

  @Test
  void leaves_addedAndRemoved_areListedOnce() {
    var left = new HashSet<Integer>();
    for (int i = 0; i < 1_000; i++) {
      int run = runs.allocate();
      runs.addLeaf(run);
      left.add(run);
    }
    for (int i = 0; i < 700; i++) {
      int run = runs.leaf(i * 7 % runs.leafCount());
      runs.removeLeaf(run);
      assertTrue(left.remove(run));
    }
    Set<Integer> listed = new HashSet<>();
    for (int i = 0; i < runs.leafCount(); i++) {
      listed.add(runs.leaf(i));
    }
    assertEquals(left, listed);
    assertEquals(left.size(), runs.leafCount());
  }

  @Test
  void words_atTheirBounds_keepTheirParts() {
    long place = RunTable.place(Integer.MAX_VALUE, 2_047, 2_048);
    assertEquals(Integer.MAX_VALUE, RunTable.cell(place));
    assertEquals(2_047, RunTable.origin(place));
    assertEquals(2_048, RunTable.length(place));
    assertEquals(5, RunTable.position(place, RunTable.offset(place, 5)));
    long more = RunTable.more(7, 0xFFFF, 0xFFFF);
    assertEquals(0xFFFF, RunTable.moreCells(more));
    assertEquals(0xFFFF, RunTable.moreCount(more));
    assertThrows(IllegalStateException.class, () -> RunTable.more(7, 0xFFFF, 0x1_0000));
    assertThrows(IllegalStateException.class, () -> RunTable.place(1, 0, 2_049));
  }

  @Test
  void onlyChild_oneOfThem_isItsNumber() {
    assertEquals(0, RunTable.onlyChild(0));
    long one = RunTable.children(9L << 32, 1);
    assertEquals(9, RunTable.onlyChild(one));
    assertEquals(1, RunTable.childCount(one));
    long two = RunTable.children((9L ^ 12) << 32, 2);
    assertEquals(0, RunTable.onlyChild(two));
    assertEquals(12, RunTable.onlyChild(RunTable.children(two ^ 9L << 32, 1)));
  }
}
