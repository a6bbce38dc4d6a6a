// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.index.table.HolderTable;
import io.incipit.index.table.Holdings;
import io.incipit.index.table.RunTable;
import io.incipit.index.table.WordAllocator;
import org.junit.jupiter.api.Test;

/// Adding up of leading blocks, run by run.
final class ScoreCounterTest {
  private final HolderTable holders = new HolderTable();
  private final QuestionBudget budget = QuestionBudget.unlimited();
  private final Question question = budget.question();
  private final ScoreAnswer answer = new ScoreAnswer();

  private void begin() {
    answer.clear();
    assertTrue(question.counter().begin(holders, holders.version(), Eligible.ALL));
  }

  /// Adds a run of `length` blocks of which the first is block `base`.
  private void add(int base, int length, long... intervals) {
    var view = question.view;
    view.words = new long[RunTable.WORDS];
    System.arraycopy(intervals, 0, view.words, RunTable.HOLDERS, intervals.length);
    question.held.readApart(view, new WordAllocator(), holders, Eligible.ALL);
    question.counter().add(question.held, base, length);
  }

  private String finished(int owners) {
    question.counter().finish(owners, answer);
    answer.sortAndLimit(Integer.MAX_VALUE);
    assertEquals(Outcome.ANSWERED, question.outcome());
    return answer.scores().toString();
  }

  private static long whole(int holder) {
    return Holdings.interval(holder, 0, 10);
  }

  @Test
  void finish_nothingAdded_isZeroForAll() {
    begin();
    assertEquals("Scores[base [0, 0, 0, 0], listed []]", finished(5));
  }

  @Test
  void finish_ownersStopAtRuns_areCountedWhereTheyStop() {
    int a = holders.findOrAdd(0, 0);
    int b = holders.findOrAdd(1, 2);
    int c = holders.findOrAdd(2, 0);
    begin();
    add(0, 10, whole(a), whole(b), whole(c));
    add(10, 10, whole(a), whole(b));
    add(20, 10, whole(b), whole(c));
    assertEquals(
        "Scores[base [0, 0, 0, 0], "
            + "listed [1, 0, 0, 30, 30, 0, 20, 20, 20, 20, 2, 10, 10, 10, 10]]",
        finished(9));
  }

  @Test
  void finish_ownerStopsInsideARun_isCountedToThere() {
    int a = holders.findOrAdd(0, 0);
    int b = holders.findOrAdd(1, 0);
    begin();
    add(0, 10, whole(a), whole(b));
    add(10, 10, Holdings.interval(a, 0, 3), Holdings.interval(a, 4, 10), whole(b));
    add(20, 10, whole(a), whole(b));
    assertEquals("Scores[base [13, 13, 13, 13], listed [1, 30, 30, 30, 30]]", finished(2));
  }

  @Test
  void finish_ownerInSeveralTiers_goesOnFromOneToTheOther() {
    int gpu = holders.findOrAdd(0, 0);
    int disk = holders.findOrAdd(0, 2);
    begin();
    add(0, 10, whole(gpu));
    add(10, 10, Holdings.interval(disk, 2, 10), Holdings.interval(gpu, 0, 4));
    add(20, 10, whole(disk));
    assertEquals("Scores[base [14, 14, 30, 30], listed []]", finished(1));
  }

  @Test
  void add_manyRuns_keepsWhoStopsNotWhoStands() {
    int a = holders.findOrAdd(0, 0);
    begin();
    for (int i = 0; i < 10_000; i++) {
      add(10 * i, 10, whole(a));
    }
    long units = budget.units();
    assertEquals("Scores[base [100000, 100000, 100000, 100000], listed []]", finished(1));
    assertTrue(budget.units() - units < 100);
  }

  @Test
  void begin_afterABudgetRanOut_failsBeforeItReads() {
    for (int owner = 0; owner < 10_000; owner++) {
      holders.findOrAdd(owner, 0);
    }
    var small = new QuestionBudget().grant(100, 10);
    var asked = small.question();
    assertTrue(!asked.counter().begin(holders, holders.version(), Eligible.ALL));
    assertEquals(Outcome.OVER_BUDGET, asked.outcome());
    assertEquals(0, small.units());
  }
}
