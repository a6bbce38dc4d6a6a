// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import static io.incipit.block.TestChains.chain;
import static io.incipit.block.TestChains.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What every [PrefixIndex] does; each implementation, and the oracle, extends this.
abstract class PrefixIndexContract {
  private static final BlockChain NONE = BlockChain.empty(8);
  private final QuestionBudget budget = QuestionBudget.unlimited();
  private final MatchAnswer match = new MatchAnswer();
  private final ScoreAnswer score = new ScoreAnswer();
  private final RunAnswer run = new RunAnswer();
  private PrefixIndex index = newIndex(IndexConfig.DEFAULT);

  abstract PrefixIndex newIndex(IndexConfig config);

  private void store(int owner, BlockChain chain) {
    index.store(owner, Tier.GPU, NONE, chain, 0);
  }

  private void store(int owner, Tier tier, BlockChain parent, BlockChain hashes) {
    assertEquals(hashes.length(), index.store(owner, tier, parent, hashes, 0));
  }

  private void remove(int owner, int seed, int from, int to) {
    assertEquals(to - from, index.remove(owner, Tier.GPU, chain(seed, from, to)));
  }

  private int matched(BlockChain chain) {
    return matched(chain, Eligible.ALL);
  }

  private int matched(BlockChain chain, Eligible eligible) {
    assertEquals(Outcome.ANSWERED, ask(Place.ROOT, chain, eligible, 1_000));
    return match.blocks();
  }

  private int scored(int owner, BlockChain chain) {
    return scored(owner, chain, Tier.REMOTE);
  }

  private int scored(int owner, BlockChain chain, Tier tier) {
    assertEquals(Outcome.ANSWERED, ask(Place.ROOT, chain, 8, Eligible.ALL, 1_000));
    return score.scores().blocksOf(owner, tier);
  }

  private Outcome ask(Place from, BlockChain next, Eligible eligible, int limit) {
    return index.match(from, next, eligible, limit, budget.renew(), match);
  }

  private Outcome ask(Place from, BlockChain next, int owners, Eligible eligible, int limit) {
    return index.score(from, next, owners, eligible, limit, budget.renew(), score);
  }

  private String holders(BlockChain chain) {
    matched(chain);
    return match.holders().toString();
  }

  @Test
  void match_emptyIndex_isZero() {
    assertEquals(0, matched(chain(1, 0, 3)));
    assertEquals(0, matched(NONE));
    assertTrue(match.place().isRoot());
  }

  @Test
  void match_tailUnknown_returnsStoredPart() {
    store(7, chain(1, 0, 3));
    assertEquals(2, matched(join(chain(1, 0, 2), chain(9, 0, 1))));
    assertEquals(3, matched(chain(1, 0, 5)));
    assertEquals("Holders[0..3 owner 7 GPU]", holders(chain(1, 0, 5)));
  }

  @Test
  void match_hashOfZeros_isLegal() {
    store(1, BlockChain.of(0, 5));
    assertEquals(2, matched(BlockChain.of(0, 5)));
    assertEquals(0, matched(BlockChain.of(5)));
  }

  @Test
  void store_again_changesNothing() {
    store(1, chain(1, 0, 10));
    var before = index.snapshot();
    store(1, chain(1, 0, 10));
    store(1, chain(1, 0, 4));
    assertEquals(before.blocks(), index.snapshot().blocks());
    assertEquals("Holders[0..10 owner 1 GPU]", holders(chain(1, 0, 10)));
  }

  @Test
  void store_unknownParent_isRefusedAndChangesNothing() {
    assertEquals(
        PrefixIndex.UNKNOWN_PARENT, index.store(1, Tier.GPU, chain(1, 4, 5), chain(1, 5, 9), 0));
    assertEquals(0, index.snapshot().blocks());
  }

  @Test
  void store_parentInTheMiddle_branches() {
    store(1, chain(1, 0, 100));
    store(2, Tier.HOST, chain(1, 49, 50), chain(2, 50, 80));
    var branch = join(chain(1, 0, 50), chain(2, 50, 80));
    assertEquals(80, matched(branch));
    assertEquals("Holders[0..50 owner 1 GPU, 50..80 owner 2 HOST]", holders(branch));
    assertEquals(100, matched(chain(1, 0, 100)));
    assertEquals(130, index.snapshot().blocks());
  }

  @Test
  void store_laterHashInItsPlaceButNotTheOneBefore_creditsOnlyWhatWasNamed() {
    store(1, chain(1, 0, 4));

    var contradiction = join(chain(9, 0, 1), chain(1, 2, 4));
    assertEquals(1, index.store(2, Tier.GPU, chain(1, 0, 1), contradiction, 0));

    assertEquals(Outcome.ANSWERED, index.locate(chain(1, 1, 2), 0, budget, match));
    assertEquals("Holders[0..1 owner 1 GPU]", match.holders().toString());
    assertEquals(Outcome.ANSWERED, index.locate(chain(9, 0, 1), 0, budget, match));
    assertEquals("Holders[0..1 owner 2 GPU]", match.holders().toString());
  }

  @Test
  void store_hashKnownElsewhere_stopsThere() {
    store(1, chain(1, 0, 10));
    store(1, join(chain(2, 0, 3), chain(1, 5, 8)));
    assertEquals(3, matched(join(chain(2, 0, 3), chain(1, 5, 8))));
    assertEquals(1, index.snapshot().conflicts());
    assertEquals(10, matched(chain(1, 0, 10)));
  }

  @Test
  void storeChain_fromTheMiddle_needsWhatIsBefore() {
    assertEquals(PrefixIndex.UNKNOWN_PARENT, index.storeChain(1, Tier.GPU, chain(1, 0, 10), 1));
    assertEquals(6, index.storeChain(1, Tier.GPU, chain(1, 0, 6), 0));
    assertEquals(5, index.storeChain(2, Tier.GPU, chain(1, 0, 10), 5));
    assertEquals("Holders[0..6 owner 1 GPU, 5..10 owner 2 GPU]", holders(chain(1, 0, 10)));
    assertEquals(3, index.removeChain(2, Tier.GPU, chain(1, 0, 10), 7));
    assertEquals("Holders[0..6 owner 1 GPU, 5..7 owner 2 GPU]", holders(chain(1, 0, 10)));
  }

  @Test
  void remove_interior_stopsAtTheFirstGap() {
    store(0, chain(1, 0, 100));
    remove(0, 1, 40, 45);
    assertEquals(40, matched(chain(1, 0, 100)));
    assertEquals(40, scored(0, chain(1, 0, 100)));
    assertEquals(40, matched(chain(1, 0, 50)));
    assertEquals(40, scored(0, chain(1, 0, 50)));
    assertEquals(100, index.snapshot().blocks());
  }

  @Test
  void remove_thenStoredAgain_countsInFull() {
    store(0, chain(1, 0, 100));
    remove(0, 1, 40, 45);
    store(0, Tier.GPU, chain(1, 39, 40), chain(1, 40, 45));
    assertEquals(100, matched(chain(1, 0, 100)));
    assertEquals(100, scored(0, chain(1, 0, 100)));
    assertEquals("Holders[0..100 owner 0 GPU]", holders(chain(1, 0, 100)));
  }

  @Test
  void remove_byOneWorker_leavesTheOther() {
    store(0, chain(1, 0, 100));
    store(1, chain(1, 0, 100));
    remove(1, 1, 40, 45);
    assertEquals(100, scored(0, chain(1, 0, 100)));
    assertEquals(40, scored(1, chain(1, 0, 100)));
    assertEquals(100, matched(chain(1, 0, 100)));
    remove(0, 1, 60, 100);
    assertEquals(60, scored(0, chain(1, 0, 100)));
    assertEquals(40, scored(1, chain(1, 0, 100)));
    assertEquals(
        "Holders[0..60 owner 0 GPU, 0..40 owner 1 GPU, 45..100 owner 1 GPU]",
        holders(chain(1, 0, 100)));
  }

  @Test
  void remove_anyHoleWidth_isExact() {
    store(0, chain(1, 0, 100));
    remove(0, 1, 50, 51);
    assertEquals(50, scored(0, chain(1, 0, 100)));
    store(0, chain(1, 0, 100));
    remove(0, 1, 62, 67);
    assertEquals(62, scored(0, chain(1, 0, 100)));
  }

  @Test
  void score_divergedChains_equalSizedSetsAreNotEqualSets() {
    var a = chain(1, 0, 100);
    var b = join(chain(1, 0, 50), chain(2, 50, 100));
    store(0, a);
    store(1, b);
    remove(0, 1, 40, 45);
    assertEquals(40, scored(0, a));
    assertEquals(50, scored(1, a));
    assertEquals(100, scored(1, b));
    assertEquals(40, scored(0, b));
  }

  @Test
  void score_holeAndShorterChain_keepsBothExact() {
    store(0, chain(1, 0, 100));
    remove(0, 1, 40, 45);
    store(1, chain(1, 0, 60));
    assertEquals(40, scored(0, chain(1, 0, 100)));
    assertEquals(60, scored(1, chain(1, 0, 100)));
  }

  @Test
  void score_headEvicted_isZero() {
    store(0, chain(1, 0, 60));
    store(1, chain(1, 0, 100));
    remove(1, 1, 0, 20);
    assertEquals(60, scored(0, chain(1, 0, 100)));
    assertEquals(0, scored(1, chain(1, 0, 100)));
    assertEquals(100, matched(chain(1, 0, 100)));
  }

  @Test
  void remove_tailOneByOne_thenStoredAgain() {
    store(0, chain(1, 0, 100));
    for (int i = 99; i >= 40; i--) {
      remove(0, 1, i, i + 1);
      assertEquals(i, matched(chain(1, 0, 100)));
      assertEquals(i, index.snapshot().blocks());
    }
    store(0, chain(1, 0, 100));
    assertEquals(100, matched(chain(1, 0, 100)));
  }

  @Test
  void store_manyBlocksInOneChange_countsAll() {
    store(0, chain(1, 0, 900));
    assertEquals(900, scored(0, chain(1, 0, 900)));
    for (int i = 1; i < 200; i++) {
      store(0, BlockChain.of(LongStream.range(0, 100).map(j -> 0x100_0000L * (j + 1)).toArray()));
    }
    for (int i = 1; i <= 12_000; i++) {
      store(0, BlockChain.of(-i));
    }
    assertEquals(1, matched(BlockChain.of(-12_000)));
  }

  @Test
  void remove_notHeld_isNotCounted() {
    store(0, chain(1, 0, 10));
    assertEquals(0, index.remove(1, Tier.GPU, chain(1, 0, 10)));
    assertEquals(0, index.remove(0, Tier.HOST, chain(1, 0, 10)));
    assertEquals(0, index.remove(0, Tier.GPU, chain(3, 0, 10)));
    assertEquals(10, matched(chain(1, 0, 10)));
  }

  @Test
  void remove_all_leavesNothing() {
    store(0, chain(1, 0, 100));
    store(1, Tier.DISK, chain(1, 49, 50), chain(2, 50, 80));
    remove(0, 1, 0, 100);
    assertEquals(80, index.snapshot().blocks());
    assertEquals(30, index.remove(1, Tier.DISK, chain(2, 50, 80)));
    assertEquals(0, index.snapshot().blocks());
    assertEquals(0, index.snapshot().holdings());
  }

  @Test
  void score_tiers_areCumulative() {
    var chain = chain(1, 0, 30);
    store(2, chain(1, 0, 10));
    store(2, Tier.HOST, chain(1, 9, 10), chain(1, 10, 20));
    store(2, Tier.REMOTE, chain(1, 19, 20), chain(1, 20, 30));
    assertEquals(10, scored(2, chain, Tier.GPU));
    assertEquals(20, scored(2, chain, Tier.HOST));
    assertEquals(20, scored(2, chain, Tier.DISK));
    assertEquals(30, scored(2, chain, Tier.REMOTE));
  }

  @Test
  void score_sharedTrunk_isTheBase() {
    for (int owner = 0; owner < 8; owner++) {
      store(owner, chain(1, 0, 20));
    }
    store(5, chain(1, 0, 40));
    assertEquals(Outcome.ANSWERED, ask(Place.ROOT, chain(1, 0, 50), 8, Eligible.ALL, 10));
    assertEquals(40, score.known());
    assertEquals(
        "Scores[base [20, 20, 20, 20], listed [5, 40, 40, 40, 40]]", score.scores().toString());
  }

  @Test
  void score_limit_keepsTheBestAndSaysSo() {
    for (int owner = 0; owner < 8; owner++) {
      store(owner, chain(1, 0, 20 + owner));
    }
    assertEquals(Outcome.ANSWERED, ask(Place.ROOT, chain(1, 0, 50), 8, Eligible.ALL, 2));
    assertEquals(
        "Scores[base [20, 20, 20, 20], listed [7, 27, 27, 27, 27, 6, 26, 26, 26, 26]]",
        score.scores().toString());
    assertTrue(score.truncated());
  }

  @Test
  void score_limitBelowTheBase_lowersItToTheWorstLeftOut() {
    for (int owner = 0; owner < 6; owner++) {
      store(owner, chain(1, 0, 20));
    }
    store(6, chain(1, 0, 30));
    index.store(7, Tier.HOST, NONE, chain(1, 0, 10), 0);
    assertEquals(Outcome.ANSWERED, ask(Place.ROOT, chain(1, 0, 50), 8, Eligible.ALL, 2));
    assertEquals(
        "Scores[base [20, 20, 20, 20], listed [6, 30, 30, 30, 30, 7, 0, 10, 10, 10]]",
        score.scores().toString());
    assertEquals(Outcome.ANSWERED, ask(Place.ROOT, chain(1, 0, 50), 8, Eligible.ALL, 1));
    assertEquals(
        "Scores[base [0, 10, 10, 10], listed [6, 30, 30, 30, 30]]", score.scores().toString());
    assertEquals(Outcome.ANSWERED, ask(Place.ROOT, chain(1, 0, 50), 8, Eligible.ALL, 0));
    assertEquals("Scores[base [0, 10, 10, 10], listed []]", score.scores().toString());
    assertTrue(score.truncated());
  }

  @Test
  void score_eligibleOnly_listsAndCountsNobodyElse() {
    for (int owner = 0; owner < 4; owner++) {
      store(owner, chain(1, 0, 20));
    }
    store(4, chain(1, 0, 40));
    index.store(4, Tier.DISK, NONE, chain(1, 0, 50), 0);
    index.store(5, Tier.HOST, NONE, chain(1, 0, 30), 0);
    assertEquals(
        "Scores[base [0, 0, 0, 0], listed [4, 40, 40, 50, 50]]", scored(Tier.ALL_MASK, 4, 6, 7));
    assertEquals(
        "Scores[base [0, 0, 0, 0], listed [5, 0, 30, 30, 30]]",
        scored(Tier.HOST.mask(), 0, 1, 4, 5));
    assertEquals(
        "Scores[base [20, 20, 20, 20], listed [4, 40, 40, 40, 40, 6, 0, 0, 0, 0]]",
        scored(Tier.GPU.mask(), 0, 1, 4, 6));
    assertEquals("Scores[base [0, 0, 0, 0], listed []]", scored(Tier.ALL_MASK));
    assertEquals("Scores[base [0, 0, 0, 0], listed []]", scored(0, 1, 2));
    var host = Eligible.inTiers(Tier.HOST.mask());
    assertEquals(Outcome.ANSWERED, ask(Place.ROOT, chain(1, 0, 90), 8, host, 9));
    assertEquals("Scores[base [0, 0, 0, 0], listed [5, 0, 30, 30, 30]]", score.scores().toString());
    assertEquals(50, score.known());
  }

  private String scored(int tierMask, int... owners) {
    var eligible = Eligible.of(tierMask, owners);
    assertEquals(Outcome.ANSWERED, ask(Place.ROOT, chain(1, 0, 90), 8, eligible, 9));
    return score.scores().toString();
  }

  @Test
  void match_eligibleOnly_countsNobodyElse() {
    store(0, chain(1, 0, 10));
    store(1, Tier.HOST, chain(1, 4, 5), chain(1, 5, 20));
    assertEquals(20, matched(chain(1, 0, 30)));
    assertEquals(10, matched(chain(1, 0, 30), Eligible.inTiers(Tier.GPU.mask())));
    assertEquals(0, matched(chain(1, 0, 30), Eligible.inTiers(Tier.HOST.mask())));
    assertEquals(0, matched(chain(1, 0, 30), Eligible.of(Tier.ALL_MASK, 1)));
    assertEquals(20, matched(chain(1, 0, 30), Eligible.of(Tier.ALL_MASK, 1, 0)));
    assertEquals(0, matched(chain(1, 0, 30), Eligible.of(Tier.ALL_MASK)));
  }

  @Test
  void match_limit_cutsTheListNotTheLength() {
    for (int owner = 0; owner < 8; owner++) {
      store(owner, chain(1, 0, 10));
    }
    assertEquals(Outcome.ANSWERED, ask(Place.ROOT, chain(1, 0, 10), Eligible.ALL, 3));
    assertEquals(10, match.blocks());
    assertEquals(3, match.count());
    assertTrue(match.truncated());
  }

  @Test
  void match_fromPlace_countsFromTheStart() {
    store(0, chain(1, 0, 100));
    matched(chain(1, 0, 60));
    var place = match.place();
    assertEquals(60, place.depth());
    store(3, chain(1, 0, 30));
    assertEquals(Outcome.ANSWERED, ask(place, chain(1, 60, 120), Eligible.ALL, 10));
    assertEquals(100, match.blocks());
    assertEquals("Holders[0..100 owner 0 GPU, 0..30 owner 3 GPU]", match.holders().toString());
    assertEquals(Outcome.ANSWERED, ask(place, chain(1, 60, 80), 8, Eligible.ALL, 10));
    assertEquals(80, score.known());
    assertEquals(30, score.scores().blocksOf(3, Tier.GPU));
  }

  @Test
  void match_placeInASplitRun_goesOn() {
    store(0, chain(1, 0, 100));
    matched(chain(1, 0, 60));
    var above = match.place();
    matched(chain(1, 0, 90));
    var below = match.place();
    store(1, join(chain(1, 0, 70), chain(2, 70, 80)));
    store(1, join(chain(1, 0, 30), chain(3, 30, 40)));
    assertEquals(Outcome.ANSWERED, ask(above, chain(1, 60, 120), Eligible.ALL, 10));
    assertEquals(100, match.blocks());
    assertEquals("Holders[0..100 owner 0 GPU, 0..70 owner 1 GPU]", match.holders().toString());
    assertEquals(Outcome.ANSWERED, ask(below, chain(1, 90, 120), Eligible.ALL, 10));
    assertEquals(100, match.blocks());
    assertEquals(Outcome.ANSWERED, ask(above, chain(1, 60, 80), 8, Eligible.ALL, 10));
    assertEquals(80, score.known());
    assertEquals(70, score.scores().blocksOf(1, Tier.GPU));
  }

  @Test
  void match_placeAboveTwoSplits_goesOn() {
    store(0, BlockChain.of(1, 2, 3, 4));
    matched(BlockChain.of(1));
    var place = match.place();
    store(0, Tier.GPU, BlockChain.of(2), BlockChain.of(50));
    store(0, Tier.GPU, BlockChain.of(1), BlockChain.of(60));
    assertEquals(Outcome.ANSWERED, ask(place, BlockChain.of(2, 3, 4), Eligible.ALL, 10));
    assertEquals(4, match.blocks());
    assertEquals(Outcome.ANSWERED, ask(place, BlockChain.of(60), 8, Eligible.ALL, 10));
    assertEquals(2, score.known());
  }

  @Test
  void match_placeWhoseRunIsGoneButNotItsBlock_goesOn() {
    store(0, chain(1, 0, 100));
    matched(chain(1, 0, 60));
    var place = match.place();
    store(1, join(chain(1, 0, 70), chain(2, 70, 80)));
    remove(0, 1, 70, 100);
    for (int seed = 3; seed < 9; seed++) {
      store(2, chain(seed, 0, 100));
    }
    assertEquals(Outcome.ANSWERED, ask(place, chain(1, 60, 100), Eligible.ALL, 10));
    assertEquals(70, match.blocks());
    assertEquals("Holders[0..70 owner 0 GPU, 0..70 owner 1 GPU]", match.holders().toString());
    var elsewhere = new Place(place.run(), 61, place.low(), place.high());
    assertEquals(Outcome.PLACE_GONE, ask(elsewhere, chain(1, 60, 100), Eligible.ALL, 10));
  }

  @Test
  void match_placeRemoved_isStale() {
    store(0, chain(1, 0, 100));
    matched(chain(1, 0, 60));
    var place = match.place();
    remove(0, 1, 0, 100);
    assertEquals(Outcome.PLACE_GONE, ask(place, chain(1, 60, 100), Eligible.ALL, 10));
    assertEquals(Outcome.PLACE_GONE, ask(place, chain(1, 60, 100), 8, Eligible.ALL, 10));
  }

  @Test
  void match_forgedPlace_isStale() {
    store(0, chain(1, 0, 100));
    for (int value : new int[] {-1, 1, 7, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      var forged = new Place(value, Math.max(1, value), 5, 0);
      assertEquals(Outcome.PLACE_GONE, ask(forged, chain(1, 60, 100), Eligible.ALL, 10));
    }
  }

  @Test
  void clear_owner_isGoneAtOnce() {
    store(0, chain(1, 0, 100));
    store(1, chain(1, 0, 50));
    store(1, Tier.HOST, chain(1, 49, 50), chain(1, 50, 60));
    index.clear(0, Tier.ALL_MASK);
    assertEquals(60, matched(chain(1, 0, 100)));
    assertEquals(0, scored(0, chain(1, 0, 100)));
    index.clear(1, Tier.HOST.mask());
    assertEquals(50, matched(chain(1, 0, 100)));
    store(0, chain(1, 0, 55));
    assertEquals(55, matched(chain(1, 0, 100)));
    sweepAll();
    assertEquals(55, index.snapshot().blocks());
    assertEquals("Holders[0..55 owner 0 GPU, 0..50 owner 1 GPU]", holders(chain(1, 0, 100)));
  }

  @Test
  void clear_thenSweep_leavesNothing() {
    for (int owner = 0; owner < 8; owner++) {
      store(owner, chain(owner, 0, 100));
      store(owner, chain(9, 0, 100));
    }
    for (int owner = 0; owner < 8; owner++) {
      index.clear(owner, Tier.ALL_MASK);
    }
    assertEquals(0, matched(chain(9, 0, 100)));
    sweepAll();
    assertEquals(0, index.snapshot().blocks());
    assertEquals(0, index.snapshot().holdings());
  }

  @Test
  void clear_endOfALeaf_isUnknownAtOnce() {
    store(0, chain(1, 0, 100));
    store(1, chain(1, 0, 50));
    index.clear(0, Tier.ALL_MASK);
    scored(1, chain(1, 0, 100));
    assertEquals(50, score.known());
    assertEquals(chain(1, 10, 50), run(chain(1, 9, 10), 0, 100));
    assertEquals(RunAnswer.End.END, run.end());
    assertEquals(0, run(chain(1, 60, 61), 0, 100).length());
    assertEquals(RunAnswer.End.UNKNOWN, run.end());
    index.clear(1, Tier.ALL_MASK);
    scored(1, chain(1, 0, 100));
    assertEquals(0, score.known());
    assertTrue(score.place().isRoot());
  }

  private void sweepAll() {
    int slices = 0;
    while (index.sweep()) {
      assertTrue(++slices < 1_000_000, "sweep does not end");
    }
  }

  @Test
  void sweep_nothingLeftBehind_isFalse() {
    assertFalse(index.sweep());
    store(0, chain(1, 0, 10));
    assertFalse(index.sweep());
  }

  /// The same tokens after another beginning are other blocks: their hashes cover the beginning.
  @Test
  void match_anotherBeginning_findsOnlyItsOwn() {
    store(0, chain(1, 0, 100));
    store(1, join(chain(2, 0, 50), chain(3, 50, 100)));
    assertEquals(100, matched(join(chain(2, 0, 50), chain(3, 50, 100))));
    assertEquals(0, scored(0, join(chain(2, 0, 50), chain(3, 50, 100))));
    assertEquals(50, matched(join(chain(2, 0, 50), chain(1, 50, 100))));
    assertEquals(0, matched(chain(3, 50, 100)));
  }

  @Test
  void locate_anyBlock_namesItsHolders() {
    store(0, chain(1, 0, 100));
    store(3, Tier.DISK, chain(1, 39, 40), chain(1, 40, 45));
    assertEquals(Outcome.ANSWERED, index.locate(chain(1, 42, 44), 1, budget, match));
    assertEquals("Holders[0..1 owner 0 GPU, 0..1 owner 3 DISK]", match.holders().toString());
    assertEquals(Outcome.ANSWERED, index.locate(chain(2, 0, 1), 0, budget, match));
    assertEquals(0, match.count());
  }

  private BlockChain run(BlockChain hash, int from, int count) {
    assertEquals(Outcome.ANSWERED, index.run(hash, from, count, budget.renew(), run));
    return run.hashes();
  }

  @Test
  void run_fromAnyBlock_readsOn() {
    store(0, chain(1, 0, 20));
    store(3, Tier.DISK, chain(1, 9, 10), chain(1, 10, 15));
    assertEquals(chain(1, 5, 12), run(chain(1, 4, 5), 0, 7));
    assertEquals("Holders[0..7 owner 0 GPU, 5..7 owner 3 DISK]", run.holders().toString());
    assertEquals(0, run(chain(2, 0, 1), 0, 7).length());
    assertEquals(0, run(chain(1, 19, 20), 0, 7).length());
  }

  @Test
  void run_longChain_isReadToItsEnd() {
    store(0, chain(1, 0, 5_000));
    store(1, Tier.HOST, chain(1, 1_999, 2_000), chain(1, 2_000, 3_000));
    assertEquals(chain(1, 1, 5_000), run(chain(1, 0, 1), 0, 9_999));
    assertEquals(RunAnswer.End.END, run.end());
    assertEquals("Holders[0..4999 owner 0 GPU, 1999..2999 owner 1 HOST]", run.holders().toString());
    assertEquals(chain(1, 2_048, 5_000), run(chain(1, 2_047, 2_048), 0, Integer.MAX_VALUE));
  }

  @Test
  void run_afterABranchCameAndWent_goesOn() {
    store(0, chain(1, 0, 100));
    store(1, Tier.GPU, chain(1, 49, 50), chain(2, 50, 80));
    run(chain(1, 0, 1), 0, 1_000);
    assertEquals(RunAnswer.End.PARTING, run.end());
    remove(1, 2, 50, 80);
    assertEquals(chain(1, 1, 100), run(chain(1, 0, 1), 0, 1_000));
    assertEquals("Holders[0..99 owner 0 GPU]", run.holders().toString());
    assertEquals(RunAnswer.End.END, run.end());
  }

  @Test
  void run_anyEnd_saysWhy() {
    store(0, chain(1, 0, 20));
    run(chain(1, 4, 5), 0, 14);
    assertEquals(RunAnswer.End.COUNT, run.end());
    run(chain(1, 4, 5), 0, 15);
    assertEquals(RunAnswer.End.END, run.end());
    run(chain(1, 19, 20), 0, 0);
    assertEquals(RunAnswer.End.END, run.end());
    run(chain(1, 4, 5), 0, 0);
    assertEquals(RunAnswer.End.COUNT, run.end());
    run(chain(2, 4, 5), 0, 15);
    assertEquals(RunAnswer.End.UNKNOWN, run.end());
    store(0, Tier.GPU, chain(1, 9, 10), chain(2, 0, 5));
    run(chain(1, 4, 5), 0, 5);
    assertEquals(RunAnswer.End.PARTING, run.end());
  }

  @Test
  void run_from_leavesOutTheFirst() {
    store(0, chain(1, 0, 3_000));
    store(1, chain(1, 0, 20));
    assertEquals(chain(1, 11, 31), run(chain(1, 0, 1), 10, 20));
    assertEquals("Holders[0..20 owner 0 GPU, 0..9 owner 1 GPU]", run.holders().toString());
    assertEquals(RunAnswer.End.COUNT, run.end());
    assertEquals(chain(1, 2_501, 2_503), run(chain(1, 0, 1), 2_500, 2));
    assertEquals("Holders[0..2 owner 0 GPU]", run.holders().toString());
    assertEquals(0, run(chain(1, 0, 1), 2_999, 2).length());
    assertEquals(RunAnswer.End.END, run.end());
    assertEquals(0, run(chain(1, 0, 1), Integer.MAX_VALUE, Integer.MAX_VALUE).length());
  }

  @Test
  void run_wideHashes_areWhole() {
    index = newIndex(IndexConfig.DEFAULT.withHashBytes(16));
    store(0, Tier.GPU, BlockChain.empty(16), BlockChain.ofPairs(1, 10, 2, 10, 3, 30));
    assertEquals(BlockChain.ofPairs(2, 10, 3, 30), run(BlockChain.ofPairs(1, 10), 0, 9));
    assertEquals(BlockChain.empty(16), run(BlockChain.ofPairs(4, 10), 0, 9));
    matched(BlockChain.ofPairs(1, 10, 2, 10));
    var place = match.place();
    assertEquals(Outcome.ANSWERED, ask(place, BlockChain.ofPairs(3, 30), Eligible.ALL, 9));
    assertEquals(3, match.blocks());
    var other = new Place(place.run(), 2, place.low(), 9);
    assertEquals(Outcome.PLACE_GONE, ask(other, BlockChain.ofPairs(3, 30), Eligible.ALL, 9));
  }

  @Test
  void run_whereChainsPart_stopsThere() {
    store(0, chain(1, 0, 20));
    store(0, Tier.GPU, chain(1, 9, 10), chain(2, 0, 5));
    assertEquals(chain(1, 5, 10), run(chain(1, 4, 5), 0, 20));
    assertEquals("Holders[0..5 owner 0 GPU]", run.holders().toString());
    assertEquals(chain(2, 1, 5), run(chain(2, 0, 1), 0, 20));
  }

  @Test
  void match_wideHashes_compareBothHalves() {
    index = newIndex(IndexConfig.DEFAULT.withHashBytes(16));
    store(0, Tier.GPU, BlockChain.empty(16), BlockChain.ofPairs(1, 10, 2, 20, 3, 30));
    assertEquals(3, matched(BlockChain.ofPairs(1, 10, 2, 20, 3, 30)));
    assertEquals(0, matched(BlockChain.ofPairs(9, 10, 2, 20, 3, 30)));
  }

  /// Two prompts whose second blocks have equal last 8 bytes.
  @Test
  void wideHashes_equalLowHalvesInside_areOtherBlocks() {
    index = newIndex(IndexConfig.DEFAULT.withHashBytes(16));
    var wide = BlockChain.empty(16);
    var mine = BlockChain.ofPairs(3, 30, 4, 40, 5, 50);
    var yours = BlockChain.ofPairs(3, 30, 9, 40, 8, 80);
    store(0, Tier.GPU, wide, mine);
    assertEquals(1, matched(yours));
    store(1, Tier.GPU, wide, yours);
    assertEquals(3, matched(mine, Eligible.of(Tier.ALL_MASK, 0)));
    assertEquals(1, matched(mine, Eligible.of(Tier.ALL_MASK, 1)));
    assertEquals(3, matched(yours, Eligible.of(Tier.ALL_MASK, 1)));
    assertEquals(1, matched(yours, Eligible.of(Tier.ALL_MASK, 0)));
    assertEquals(1, matched(BlockChain.ofPairs(3, 30, 77, 40, 5, 50)));
    assertEquals(3, scored(0, mine));
    assertEquals(1, scored(1, mine));
    assertEquals("Holders[0..1 owner 1 GPU]", located(yours, 1));
    assertEquals("Holders[0..1 owner 0 GPU]", located(mine, 1));
    assertEquals("Holders[]", located(BlockChain.ofPairs(77, 40), 0));
    assertEquals(2, index.remove(0, Tier.GPU, mine.slice(1, 3)));
    assertEquals(3, matched(yours));
    assertEquals(1, matched(mine));
  }

  /// Neighbours in one chain may have equal last 8 bytes.
  @Test
  void wideHashes_neighboursWithEqualLowHalves_areStored() {
    index = newIndex(IndexConfig.DEFAULT.withHashBytes(16));
    var chain = BlockChain.ofPairs(1, 10, 2, 10, 3, 10, 4, 10);
    store(0, Tier.GPU, BlockChain.empty(16), chain);
    assertEquals(4, matched(chain));
    assertEquals(2, matched(BlockChain.ofPairs(1, 10, 2, 10, 9, 10, 9, 10)));
    assertEquals(1, index.remove(0, Tier.GPU, chain.slice(2, 3)));
    assertEquals(2, matched(chain));
  }

  private String located(BlockChain hashes, int i) {
    index.locate(hashes, i, budget.renew(), match);
    return match.holders().toString();
  }

  @Test
  void store_belowAHole_holdsWhatIsBelow() {
    var chain = chain(1, 0, 10);
    assertEquals(10, index.store(0, Tier.GPU, NONE, chain, 4));
    assertEquals(0, matched(chain));
    assertEquals("Holders[0..1 owner 0 GPU]", located(chain, 4));
    assertEquals("Holders[]", located(chain, 3));
    store(1, Tier.GPU, NONE, chain.slice(0, 4));
    assertEquals(10, matched(chain));
    assertEquals(0, index.store(2, Tier.GPU, NONE, chain(3, 0, 5), 5));
    assertEquals(0, matched(chain(3, 0, 5)));
  }
}
