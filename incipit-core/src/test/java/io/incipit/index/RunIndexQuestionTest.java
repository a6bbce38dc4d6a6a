// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import static io.incipit.block.TestChains.chain;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.index.table.FaultPoints;
import io.incipit.index.table.RunTable;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// No question does more than its budget grants, or waits for ever for what is being changed.
final class RunIndexQuestionTest {
  private static final BlockChain NONE = BlockChain.empty(8);
  private static final long[] GRANTS = {0, 1, 2, 10, 100, 1_000, 4_096};

  private final RunIndex index = new RunIndex(IndexConfig.DEFAULT);
  private final QuestionBudget budget = QuestionBudget.unlimited();
  private final MatchAnswer match = new MatchAnswer();
  private final ScoreAnswer score = new ScoreAnswer();
  private final RunAnswer run = new RunAnswer();

  private void store(int owner, Tier tier, BlockChain chain) {
    assertEquals(chain.length(), index.store(owner, tier, NONE, chain, 0));
  }

  private Outcome match(BlockChain chain, QuestionBudget granted) {
    return index.match(Place.ROOT, chain, Eligible.ALL, Integer.MAX_VALUE, granted, match);
  }

  private Outcome score(BlockChain chain, int owners, QuestionBudget granted) {
    return index.score(Place.ROOT, chain, owners, Eligible.ALL, Integer.MAX_VALUE, granted, score);
  }

  /// A question is answered with so many units as it takes and no fewer, and has an empty answer
  /// else.
  private void assertBounded(Function<QuestionBudget, Outcome> question, Runnable assertEmpty) {
    assertEquals(Outcome.ANSWERED, question.apply(budget.renew()));
    long needed = budget.units();
    for (long grant : GRANTS) {
      var granted = new QuestionBudget().grant(grant, QuestionBudget.RECORDS_MAX);
      var outcome = question.apply(granted);
      assertEquals(grant >= needed ? Outcome.ANSWERED : Outcome.OVER_BUDGET, outcome);
      assertTrue(granted.units() <= grant);
      if (outcome == Outcome.OVER_BUDGET) {
        assertEmpty.run();
        assertEquals(0, granted.records());
      }
    }
  }

  private void assertAllBounded(BlockChain chain, int owners) {
    assertBounded(by -> match(chain, by), () -> assertEquals(0, match.count() + match.blocks()));
    assertBounded(by -> score(chain, owners, by), () -> assertEquals(0, score.known()));
    var first = chain.slice(0, 1);
    assertBounded(
        by -> index.run(first, 0, 5_000, by, run),
        () -> assertEquals(0, run.count() + run.hashes().length()));
    assertBounded(
        by -> index.locate(chain, chain.length() - 1, by, match),
        () -> assertEquals(0, match.count()));
  }

  @Test
  void ask_manyHoldersOfOneBlock_staysInItsBudget() {
    for (int owner = 0; owner < 3_000; owner++) {
      store(owner, Tier.of(owner & 3), chain(1, 0, 1 + owner % 2));
      store(owner, Tier.of(owner + 1 & 3), chain(1, 0, 1));
    }
    assertAllBounded(chain(1, 0, 2), 3_000);
  }

  /// What a question that did not come to its end has found is not in the answer to the next.
  @Test
  void score_afterOneOverBudget_isAsAlways() {
    for (int owner = 0; owner < 300; owner++) {
      store(owner, Tier.GPU, chain(1, 0, owner % 3 == 0 ? 1 : 3));
    }
    var chain = chain(1, 0, 3);
    assertEquals(Outcome.ANSWERED, score(chain, 300, budget.renew()));
    var expected = score.scores().toString();
    long needed = budget.units();
    for (long grant = 0; grant < needed; grant++) {
      assertEquals(Outcome.OVER_BUDGET, score(chain, 300, budget.grant(grant, 1_000)));
      assertEquals(
          Outcome.ANSWERED,
          score(chain, 300, budget.grant(Long.MAX_VALUE, QuestionBudget.RECORDS_MAX)));
      assertEquals(expected, score.scores().toString(), "after a grant of " + grant);
    }
  }

  @Test
  void ask_manyRuns_staysInItsBudget() {
    var chain = chain(1, 0, 3_000);
    store(0, Tier.GPU, chain);
    for (int i = 0; i < chain.length() - 1; i++) {
      index.store(1, Tier.HOST, chain.slice(i, i + 1), BlockChain.of(1_000_000L + i), 0);
    }
    assertAllBounded(chain, 2);
    assertTrue(budget.units() < 10);
    match(chain, budget.renew());
    assertTrue(budget.units() >= chain.length());
    var place = match.place();
    assertBounded(
        by -> index.match(place, NONE, Eligible.ALL, 0, by, match),
        () -> assertEquals(0, match.blocks()));
  }

  /// 32 KiB of one hash that 1,000 hold, asked for in one request, must not make an answer of 33
  /// million bytes.
  @Test
  void locate_sameBlockAgainAndAgain_endsWithItsRecords() {
    for (int owner = 0; owner < 1_000; owner++) {
      store(owner, Tier.GPU, chain(1, 0, 1));
    }
    budget.renew();
    int answered = 0;
    while (index.locate(chain(1, 0, 1), 0, budget, match) == Outcome.ANSWERED) {
      assertEquals(1_000, match.count());
      answered++;
    }
    assertEquals(QuestionBudget.RECORDS_MAX / 1_000, answered);
    assertEquals(1_000 * answered, budget.records());
    assertEquals(0, match.count());
  }

  @Test
  void match_moreHoldersThanLimit_keepsTheFirstInFewSteps() {
    int owners = 8_192;
    for (int i = 0; i < owners; i++) {
      int owner = (i & 1) == 0 ? i / 2 : owners / 2 + i / 2;
      store(owner, Tier.GPU, chain(1, 0, 2 + owner % 2));
    }
    long before = match.compared();
    assertEquals(
        Outcome.ANSWERED,
        index.match(Place.ROOT, chain(1, 0, 3), Eligible.ALL, 3, budget.renew(), match));
    assertEquals(
        "Holders[0..2 owner 0 GPU, 0..3 owner 1 GPU, 0..2 owner 2 GPU]",
        match.holders().toString());
    assertTrue(match.truncated());
    assertTrue(match.compared() - before < 8L * owners);
  }

  @Test
  void run_moreRecordsThanLeft_endsEarlier() {
    for (int owner = 0; owner < 100; owner++) {
      store(owner, Tier.GPU, chain(1, 0, 10));
    }
    store(0, Tier.GPU, chain(1, 0, 20));
    for (int owner = 100; owner < 200; owner++) {
      index.store(owner, Tier.GPU, chain(1, 9, 10), chain(1, 10, 20), 0);
    }
    var granted = new QuestionBudget().grant(Long.MAX_VALUE, 150);
    assertEquals(Outcome.ANSWERED, index.run(chain(1, 0, 1), 0, 99, granted, run));
    assertEquals(RunAnswer.End.COUNT, run.end());
    assertEquals(chain(1, 1, 10), run.hashes());
    assertEquals(100, granted.records());
    granted.grant(Long.MAX_VALUE, 50);
    assertEquals(Outcome.OVER_BUDGET, index.run(chain(1, 0, 1), 0, 99, granted, run));
  }

  private void assertOutcomes(Outcome expected, BlockChain chain) {
    assertEquals(expected, match(chain, budget.renew()));
    assertEquals(expected, score(chain, 3, budget.renew()));
    assertEquals(expected, index.run(chain, 0, 9, budget.renew(), run));
    assertEquals(expected, index.locate(chain, 0, budget.renew(), match));
  }

  @Test
  void ask_recordStaysOpen_isBusy() {
    store(0, Tier.GPU, chain(1, 0, 10));
    match(chain(1, 0, 5), budget.renew());
    var place = match.place();
    var runs = index.tree.runs;
    var words = runs.segment(place.run());
    runs.open(words, RunTable.at(place.run()));
    assertOutcomes(Outcome.BUSY, chain(1, 0, 1));
    assertEquals(0, match.blocks() + match.count());
    assertEquals(Outcome.BUSY, index.match(place, NONE, Eligible.ALL, 9, budget.renew(), match));
    assertEquals(Outcome.ANSWERED, match(chain(2, 0, 1), budget.renew()));
    runs.close(words, RunTable.at(place.run()));
    assertOutcomes(Outcome.ANSWERED, chain(1, 0, 1));
  }

  @Test
  void ask_pieceStaysOpen_isBusyOnlyWhereItMisses() {
    store(0, Tier.GPU, chain(1, 0, 10));
    var heads = index.tree.heads;
    var bucket = heads.bucket(heads.mix(chain(2, 0, 1).low(0)));
    bucket.beginChange();
    assertEquals(Outcome.BUSY, match(chain(2, 0, 1), budget.renew()));
    assertEquals(Outcome.BUSY, score(chain(2, 0, 1), 1, budget.renew()));
    assertEquals(Outcome.ANSWERED, match(chain(1, 0, 10), budget.renew()));
    bucket.endChange();
    assertOutcomes(Outcome.ANSWERED, chain(2, 0, 1));
    var table = Objects.requireNonNull(index.tree.blocks);
    var byHash = table.bucket(table.mix(chain(2, 0, 1).low(0)));
    byHash.beginChange();
    assertEquals(Outcome.BUSY, index.locate(chain(2, 0, 1), 0, budget.renew(), match));
    assertEquals(Outcome.BUSY, index.run(chain(2, 0, 1), 0, 9, budget.renew(), run));
    byHash.endChange();
  }

  @Test
  void score_holdersStayOpen_isBusy() {
    store(0, Tier.GPU, chain(1, 0, 10));
    index.faults().failAt(1);
    assertThrows(
        FaultPoints.PlantedException.class, () -> index.tree.holders.mask(0, Tier.GPU.code()));
    assertEquals(Outcome.BUSY, score(chain(1, 0, 10), 1, budget.renew()));
    assertEquals(Outcome.ANSWERED, match(chain(1, 0, 10), budget.renew()));
  }

  /// A run that is looked at because a few bits of its first hash are those asked for is not used.
  @Test
  void match_runOfAnotherHash_isNotStamped() {
    store(0, Tier.GPU, chain(1, 0, 10));
    var heads = index.tree.heads;
    long asked = 5;
    long tag = heads.bucket(heads.mix(asked)).tag(heads.mix(asked));
    long other = 1L << 40;
    while (heads.mix(other) >>> 39 != heads.mix(asked) >>> 39) {
      other++;
    }
    store(0, Tier.GPU, BlockChain.of(other));
    assertEquals(tag, heads.bucket(heads.mix(other)).tag(heads.mix(other)));
    index.advanceClock(10);
    var joined = BlockChain.of(1_000, 1_001, 1_002, asked);
    assertEquals(Outcome.ANSWERED, match(joined.slice(0, 1), budget.renew()));
    int first = match.place().run();
    assertEquals(Outcome.ANSWERED, match(BlockChain.of(other), budget.renew()));
    int last = match.place().run();
    index.advanceClock(10);
    long before = index.tree.word(last, RunTable.USED);
    store(0, Tier.GPU, chain(1, 0, 1));
    index.store(0, Tier.GPU, chain(1, 2, 3), BlockChain.of(77), 0);
    index.advanceClock(10);

    assertEquals(Outcome.ANSWERED, match(joined, budget.renew()));

    assertEquals(before, index.tree.word(last, RunTable.USED));
    assertNotEquals(first, last);
    assertEquals(index.tree.clock, index.tree.word(match.place().run(), RunTable.USED));
  }
}
