// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import static io.incipit.block.TestChains.chain;
import static io.incipit.block.TestChains.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import io.incipit.index.IndexConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The rules of an owner's stream, one by one.
final class ProjectionTest {
  private static final BlockChain A = chain(1, 0, 10);
  private static final BlockChain B = chain(2, 0, 10);
  private Talk talk = new Talk();

  @Test
  void publish_inOrder_isAppliedAndAcknowledged() {
    talk.apply("a", 1, 1, talk.store(A.slice(0, 4)));
    talk.apply("a", 1, 2, Talk.synced());
    talk.apply("a", 1, 3, Talk.store(Tier.HOST, A, 4));
    assertEquals("Holders[0..4 owner 0 GPU, 4..10 owner 0 HOST]", talk.holders(A));
    assertEquals(Value.of(3), talk.row("a").get("seq"));
    assertFalse(talk.isPartial(A));
  }

  @Test
  void publish_seqAppliedAlready_isIgnoredAndAcknowledged() {
    talk.apply("a", 1, 1, talk.store(A));
    talk.apply("a", 1, 2, Talk.synced());
    talk.apply("a", 1, 3, Talk.synced());
    for (long seq : new long[] {1, 2, 0, -1, Long.MIN_VALUE}) {
      assertEquals(
          new Reply.Published(3), talk.publish("a", 1, seq, Talk.clearAll(), talk.store(B)));
    }
    assertEquals(10, talk.blocks(A));
    assertEquals(0, talk.blocks(B));
    assertEquals(new Reply.Published(3), talk.publish("a", 1, 3, Talk.synced()));
    assertEquals(6, talk.stat("repeats"));
    assertEquals(3, talk.stat("publishes"));
  }

  @Test
  void publish_lastSeqWithOtherChanges_isAConflict() {
    talk.apply("a", 1, 1, talk.store(A));
    talk.apply("a", 1, 2, Talk.store(Tier.HOST, A, 4), Talk.remove(A.slice(9, 10)));
    var others =
        new Change[][] {
          {Talk.store(Tier.HOST, A, 4)},
          {Talk.store(Tier.DISK, A, 4), Talk.remove(A.slice(9, 10))},
          {Talk.store(Tier.HOST, A, 5), Talk.remove(A.slice(9, 10))},
          {Talk.store(Tier.HOST, A, 4), Talk.remove(A.slice(8, 9))},
          {Talk.store(Tier.HOST, A, 4), Talk.remove(A.slice(8, 10))},
          {Talk.remove(A.slice(9, 10)), Talk.store(Tier.HOST, A, 4)},
          {Talk.store(Tier.HOST, A, 4), Talk.remove(A.slice(9, 10)), Talk.synced()},
          {Talk.clearAll()},
          {Talk.clear(Tier.GPU)},
          {
            new Change.Store(Tier.HOST, A.slice(3, 4), A.slice(4, 10), 1),
            Talk.remove(A.slice(9, 10))
          },
        };
    for (var other : others) {
      assertEquals("CONFLICT 2", talk.refuse("a", 1, 2, other), Arrays.toString(other));
    }
    assertEquals(
        new Reply.Published(2),
        talk.publish("a", 1, 2, Talk.store(Tier.HOST, A, 4), Talk.remove(A.slice(9, 10))));
    assertEquals(new Reply.Published(2), talk.publish("a", 1, 1, Talk.clearAll()), "too old");
    assertEquals(10, talk.blocks(A));
    assertFalse(talk.isPartial(A));
  }

  @Test
  void publish_withoutChanges_answersTheSeqAndChangesNothing() {
    assertEquals(new Reply.Published(0), talk.publish("a", 1, 1));
    assertEquals(0, talk.stat("owners"), "it is not made");
    talk.apply("a", 3, 1, talk.store(A));
    talk.apply("a", 3, 2, Talk.synced());
    for (long seq : new long[] {1, 2, 3, 77}) {
      assertEquals(new Reply.Published(2), talk.publish("a", 3, seq));
    }
    assertEquals(new Reply.Published(0), talk.publish("a", 4, 1), "of a life to come");
    assertEquals("FENCED 3", talk.refuse("a", 2, 1));
    assertEquals(10, talk.blocks(A));
    assertFalse(talk.isPartial(A));
    assertEquals(2, talk.stat("publishes"));
    talk.apply("a", 3, 3, Talk.synced());
  }

  @Test
  void publish_ofWhatFindsNoPlace_saysHowMuch() {
    talk.apply("a", 1, 1, talk.store(A));
    var wrong = join(B.slice(0, 3), join(A.slice(5, 6), B.slice(3, 6)));
    assertEquals(new Reply.Published(1, 4), talk.publish("b", 1, 1, talk.store(wrong)));
    assertEquals(new Reply.Published(1, 0), talk.publish("b", 1, 1, talk.store(wrong)), "again");
    assertEquals(
        new Reply.Published(2, 4),
        talk.publish("b", 1, 2, talk.store(wrong), talk.store(chain(4, 0, 4))));
  }

  @Test
  void publish_rebase_isPartialOnlyIfNumbersWereSkipped() {
    talk.apply("a", 1, 1, Talk.clearAll(), talk.store(A));
    assertFalse(talk.isPartial(A), "the first of a life, in its turn");
    talk.apply("a", 1, 2, Talk.clearAll(), talk.store(A));
    assertFalse(talk.isPartial(A), "in its turn");
    talk.apply("a", 1, 4, Talk.clearAll(), talk.store(A));
    assertTrue(talk.isPartial(A), "one was skipped");
    talk.apply("a", 2, 1, Talk.clearAll(), talk.store(A));
    assertFalse(talk.isPartial(A), "a new life misses nothing");
    talk.apply("a", 3, 2, Talk.clearAll(), talk.store(A));
    assertTrue(talk.isPartial(A), "number 1 may have said something");
    talk.apply("a", 3, 3, Talk.synced());
    assertFalse(talk.isPartial(A));
  }

  @Test
  void publish_belowALeafThatNobodyHoldsAnyMore_waitsForIt() {
    talk.apply("a", 1, 1, talk.store(A.slice(0, 5)));
    talk.apply("a", 1, 2, Talk.clearAll());
    talk.apply("b", 1, 1, Talk.store(Tier.GPU, A, 5));
    assertEquals(5, talk.stat("parked-blocks"), "swept or not");
    talk.sweepAll();
    assertEquals(5, talk.stat("parked-blocks"));
    talk.apply("c", 1, 1, talk.store(A.slice(0, 5)));
    assertEquals(10, talk.blocks(A));
    talk.apply("c", 1, 2, Talk.remove(A.slice(4, 5)));
    talk.apply("c", 1, 3, Talk.store(Tier.GPU, join(A.slice(0, 5), B.slice(0, 2)), 5));
    assertEquals(0, talk.stat("parked-blocks"), "a hole is known");
  }

  @Test
  void publish_moreThanOneAhead_isRefusedWithTheExpectedNumber() {
    talk.apply("a", 1, 1, talk.store(A));
    talk.apply("a", 1, 2, Talk.synced());
    assertEquals("GAP 3", talk.refuse("a", 1, 4, talk.store(B), Talk.remove(A), Talk.synced()));
    assertEquals("GAP 3", talk.refuse("a", 1, Long.MAX_VALUE, Talk.synced()));
    assertEquals(10, talk.blocks(A));
    assertEquals(0, talk.blocks(B));
    assertTrue(talk.isPartial(A));
    assertEquals(Value.of(2), talk.row("a").get("seq"));
    assertEquals(2, talk.stat("gaps"));
  }

  @Test
  void publish_gapFilled_isWholeOnceSynced() {
    talk.apply("a", 1, 1, talk.store(A));
    assertEquals("GAP 2", talk.refuse("a", 1, 3, Talk.synced()));
    talk.apply("a", 1, 2, talk.store(B));
    assertTrue(talk.isPartial(B));
    talk.apply("a", 1, 3, Talk.synced());
    assertFalse(talk.isPartial(B));
    assertEquals(10, talk.blocks(A));
  }

  @Test
  void publish_rebase_isAcceptedAtAnyHigherSeq() {
    talk.apply("a", 1, 1, talk.store(A));
    for (long seq : new long[] {2, 4, 1_000_000}) {
      talk.apply("a", 1, seq, Talk.clearAll(), talk.store(B));
      assertEquals(0, talk.blocks(A));
      assertEquals(10, talk.blocks(B));
    }
    assertTrue(talk.isPartial(B), "not all has come yet");
    talk.apply("a", 1, 1_000_001, talk.store(A), Talk.synced());
    assertFalse(talk.isPartial(B));
    assertEquals(0, talk.stat("gaps"));
    assertEquals(
        new Reply.Published(1_000_001), talk.publish("a", 1, 500, Talk.clearAll()), "late");
    assertEquals(10, talk.blocks(A));
  }

  @Test
  void publish_rebaseInOneGo_isWholeAtOnce() {
    assertEquals("GAP 1", talk.refuse("a", 1, 9, Talk.synced()));
    talk.apply("a", 1, 9, Talk.clearAll(), talk.store(A), Talk.synced());
    assertFalse(talk.isPartial(A));
  }

  @Test
  void publish_gapThatDoesNotBeginWithClearAll_isRefused() {
    talk.apply("a", 1, 1, talk.store(A));
    assertEquals("GAP 2", talk.refuse("a", 1, 3, Talk.clear(Tier.GPU), talk.store(B)));
    assertEquals("GAP 2", talk.refuse("a", 1, 3, talk.store(B), Talk.clearAll()));
    assertEquals("GAP 2", talk.refuse("a", 1, 3, Talk.synced(), Talk.clearAll()));
    assertEquals(10, talk.blocks(A));
    assertEquals(0, talk.blocks(B));
  }

  @Test
  void publish_lowerIncarnation_isFencedWithTheCurrentOne() {
    talk.apply("a", 5, 1, talk.store(A));
    assertEquals("FENCED 5", talk.refuse("a", 4, 1, talk.store(B)));
    assertEquals("FENCED 5", talk.refuse("a", 4, 2, Talk.clearAll()));
    assertEquals("FENCED 5", talk.refuse("a", Long.MIN_VALUE, 1, Talk.synced()));
    assertEquals(10, talk.blocks(A));
    assertEquals(0, talk.blocks(B));
    assertFalse(talk.isPartial(A), "the one that lives has missed nothing");
    assertEquals(3, talk.stat("fenced"));
  }

  @Test
  void publish_higherIncarnation_takesEverythingAwayAtOnce() {
    talk.apply("a", 5, 1, talk.store(A), Talk.store(Tier.DISK, A, 3));
    talk.apply("b", 1, 1, talk.store(A.slice(0, 2)));
    talk.apply("a", 5, 2, Talk.store(Tier.GPU, B, 3));
    talk.apply("a", 6, 1, Talk.synced());
    assertEquals("Holders[0..2 owner 1 GPU]", talk.holders(A));
    assertEquals(0, talk.stat("parked-blocks"));
    talk.apply("b", 1, 2, talk.store(B.slice(0, 3)));
    assertEquals(3, talk.blocks(B), "what the last life had parked stays away");
    talk.apply("a", 6, 2, talk.store(B));
    assertEquals(10, talk.blocks(B));
    assertFalse(talk.isPartial(B));
    talk.sweepAll();
    assertEquals(12, talk.stat("blocks"));
  }

  @Test
  void publish_higherIncarnationBeginsWithClear_isAcceptedAtAnySeq() {
    talk.apply("a", 5, 1, talk.store(A));
    talk.apply("a", 6, 77, Talk.clearAll(), talk.store(B), Talk.synced());
    assertEquals(0, talk.blocks(A));
    assertEquals(10, talk.blocks(B));
    assertFalse(talk.isPartial(B));
  }

  @Test
  void publish_higherIncarnationAtAnotherSeq_isRefusedAndEndsTheLastOne() {
    talk.apply("a", 5, 1, talk.store(A));
    talk.apply("a", 5, 2, Talk.store(Tier.GPU, chain(3, 0, 4), 1));
    assertEquals("GAP 1", talk.refuse("a", 6, 2, talk.store(B)));
    assertEquals(0, talk.stat("parked-blocks"));
    assertEquals(0, talk.blocks(A));
    assertEquals(0, talk.blocks(B));
    assertTrue(talk.isPartial(A));
    assertEquals("FENCED 6", talk.refuse("a", 5, 3, talk.store(A)));
    talk.apply("a", 6, 1, talk.store(B), Talk.synced());
    assertFalse(talk.isPartial(B));
  }

  @Test
  void publish_newIncarnationOfPartialOwner_isWhole() {
    assertEquals("GAP 1", talk.refuse("a", 5, 3, Talk.synced()));
    talk.apply("a", 6, 1, talk.store(A));
    assertFalse(talk.isPartial(A));
  }

  @Test
  void publish_refused_appliesNothing() {
    talk.apply("a", 5, 1, talk.store(A), Talk.store(Tier.HOST, chain(3, 0, 9), 1));
    var everything = new ArrayList<Change>();
    everything.add(talk.store(B));
    everything.add(Talk.store(Tier.DISK, A, 4));
    everything.add(Talk.store(Tier.GPU, chain(4, 0, 9), 1));
    everything.add(Talk.remove(join(A.slice(2, 4), chain(5, 0, 2))));
    everything.add(Talk.clear(Tier.HOST));
    everything.add(Talk.clearAll());
    everything.add(Talk.synced());
    var before = applied();
    for (int i = 0; i < everything.size(); i++) {
      assertEquals("GAP 2", talk.refuse("a", 5, 3, everything.toArray(Change[]::new)));
      assertEquals("FENCED 5", talk.refuse("a", 4, 2, everything.toArray(Change[]::new)));
      assertEquals(before, applied());
      assertTrue(talk.isPartial(A));
      Collections.rotate(everything, 1);
      if (everything.getFirst().equals(Talk.clearAll())) {
        Collections.rotate(everything, 1);
      }
    }
  }

  /// All counts that an applied change could have moved, and an answer.
  private String applied() {
    var stats = new TreeMap<>(talk.projection.row());
    List.of("matches", "asked-blocks", "matched-blocks", "gaps", "fenced", "partial-owners")
        .forEach(stats::remove);
    return stats + talk.holders(A) + talk.located(B);
  }

  @Test
  void publish_ownerNeverSeen_beginsWithOneOrClear() {
    assertEquals("GAP 1", talk.refuse("a", 1, 5, talk.store(A)));
    assertEquals(0, talk.blocks(A));
    assertTrue(talk.isPartial(A));
    assertEquals(Value.of(0), talk.row("a").get("seq"));
    talk.apply("b", 1, 5, Talk.clearAll(), talk.store(A));
    talk.apply("c", 1, 1, talk.store(B));
    assertEquals(10, talk.blocks(A));
    assertEquals(10, talk.blocks(B));
  }

  @Test
  void publish_changes_applyInOrder() {
    talk.apply("a", 1, 1, talk.store(A), Talk.remove(A), talk.store(A.slice(0, 6)), Talk.remove(B));
    assertEquals(6, talk.blocks(A));
    talk.apply("a", 1, 2, Talk.remove(A.slice(2, 3)), talk.store(B), Talk.clear(Tier.HOST));
    assertEquals(2, talk.blocks(A));
    assertEquals(10, talk.blocks(B));
    talk.apply("a", 1, 3, talk.store(A), Talk.clearAll(), talk.store(B.slice(0, 1)));
    assertEquals(0, talk.blocks(A));
    assertEquals(1, talk.blocks(B));
  }

  @Test
  void publish_storedTwice_isHeldOnce() {
    talk.apply("a", 1, 1, talk.store(A), talk.store(A));
    talk.apply("a", 1, 2, Talk.remove(A.slice(4, 10)));
    assertEquals(4, talk.blocks(A));
    assertEquals(0, talk.stat("not-held-removals"));
  }

  @Test
  void publish_clearOfOneTier_leavesTheOthers() {
    talk.apply("a", 1, 1, talk.store(A), Talk.store(Tier.HOST, A, 4), talk.store(B));
    talk.apply("a", 1, 2, Talk.store(Tier.HOST, chain(3, 0, 10), 1));
    talk.apply("a", 1, 3, Talk.clear(Tier.GPU));
    assertEquals(0, talk.blocks(A));
    assertEquals(0, talk.blocks(B));
    assertEquals("Holders[0..1 owner 0 HOST]", talk.located(A.slice(4, 5)).getFirst());
    assertEquals(9, talk.stat("parked-blocks"));
    talk.apply("a", 1, 4, Talk.clear(Tier.HOST));
    assertEquals("Holders[]", talk.located(A.slice(4, 5)).getFirst());
    assertEquals(0, talk.stat("parked-blocks"));
  }

  @Test
  void publish_removeOfWhatIsNotHeld_isCounted() {
    talk.apply("a", 1, 1, talk.store(A));
    talk.apply("b", 1, 1, Talk.remove(A), new Change.Remove(Tier.HOST, A.slice(0, 2)));
    assertEquals(12, talk.stat("not-held-removals"));
    talk.apply("a", 1, 2, Talk.remove(join(A.slice(9, 10), A.slice(9, 10))));
    assertEquals(13, talk.stat("not-held-removals"));
    assertEquals(9, talk.blocks(A));
  }

  @Test
  void publish_hashKnownElsewhere_cutsTheStoreAndIsCounted() {
    var x = chain(3, 0, 6);
    talk.apply("a", 1, 1, talk.store(A));
    talk.apply("b", 1, 1, Talk.store(Tier.GPU, join(x, chain(4, 0, 3)), 6));
    var wrong = join(join(x.slice(0, 3), A.slice(5, 6)), x.slice(3, 6));
    talk.apply("b", 1, 2, talk.store(wrong));
    assertEquals(1, talk.stat("conflicts"));
    assertEquals(3, talk.blocks(wrong));
    assertEquals(10, talk.blocks(A));
    assertEquals(3, talk.stat("parked-blocks"), "its parent was not stored");
    talk.apply("a", 1, 2, talk.store(x));
    assertEquals(9, talk.blocks(join(x, chain(4, 0, 3))));
    assertEquals(
        "Holders[0..6 owner 0 GPU, 0..3 owner 1 GPU, 6..9 owner 1 GPU]",
        talk.holders(join(x, chain(4, 0, 3))));
  }

  @Test
  void publish_memoryRunsOut_ownerIsPartialUntilItRebases() {
    talk = new Talk(new IndexConfig(true, 1 << 20, 0), 8, 7, 1);
    long seq = 0;
    while (talk.stat("shed-blocks") == 0) {
      seq++;
      talk.apply("a", 1, seq, talk.store(BlockChain.of(seq, -seq)));
      assertTrue(seq < 200_000, "nothing is shed");
    }
    assertTrue(talk.isPartial(A));
    talk.apply("a", 1, seq + 1, Talk.synced());
    assertTrue(talk.isPartial(A), "what was shed is missing still");
    talk.apply("a", 1, seq + 2, Talk.clearAll(), talk.store(A), Talk.synced());
    assertFalse(talk.isPartial(A));
  }

  @Test
  void publish_moreOwnersThanRemembered_refusesOrForgetsTheIdle() {
    for (int i = 0; i < OwnerTable.OWNERS_MAX; i++) {
      talk.apply("owner-" + i, 1, 1, talk.store(BlockChain.of(i)));
    }
    assertEquals(OwnerTable.OWNERS_MAX, talk.stat("owners"));
    var more = chain(99, 0, 10);
    assertEquals("LIMIT owners:", talk.refuse("one-more", 1, 1, talk.store(more)));
    assertEquals(0, talk.blocks(more));
    assertEquals(1, talk.stat("refused-owners"));
    assertTrue(talk.owners(Optional.of("one-more"), 0, 1).isEmpty());
    talk.apply("owner-5", 1, 2, Talk.clearAll());
    talk.apply("one-more", 1, 1, talk.store(more));
    assertEquals(10, talk.blocks(more));
    assertEquals(1 << 16 | 5, talk.number("one-more"), "the slot again, another number");
    assertTrue(talk.owners(Optional.of("owner-5"), 0, 1).isEmpty());
    assertEquals(OwnerTable.OWNERS_MAX, talk.stat("owners"));
    assertEquals("LIMIT owners:", talk.refuse("owner-5", 1, 3, Talk.synced()));
  }

  @Test
  void publish_afterRestart_rebasesAndAllAnswersAreAsBefore() {
    talk.apply("a", 3, 1, talk.store(A), Talk.store(Tier.HOST, A, 5));
    talk.apply("b", 9, 1, talk.store(join(A.slice(0, 4), B)));
    talk.apply("a", 3, 2, Talk.remove(A.slice(7, 8)));
    var before = talk;

    talk = new Talk(7, 2);
    assertEquals(0, talk.blocks(A));
    assertEquals("GAP 1", talk.refuse("a", 3, 3, talk.store(B)));
    assertEquals("GAP 1", talk.refuse("b", 9, 2, Talk.synced()));
    talk.apply("a", 3, 3, Talk.clearAll(), talk.store(A.slice(0, 7)));
    talk.apply("a", 3, 4, Talk.store(Tier.GPU, A, 8), Talk.store(Tier.HOST, A, 5));
    talk.apply("a", 3, 5, Talk.synced());
    talk.apply("b", 9, 2, Talk.clearAll(), talk.store(join(A.slice(0, 4), B)), Talk.synced());

    for (var chain : new BlockChain[] {A, B, join(A.slice(0, 4), B), A.slice(0, 3)}) {
      assertEquals(withoutCursor(before.match(chain)), withoutCursor(talk.match(chain)));
      assertEquals(before.score(chain).scores(), talk.score(chain).scores());
      assertEquals(before.score(chain).known(), talk.score(chain).known());
      assertEquals(before.located(chain), talk.located(chain));
    }
    assertNotEquals(0, talk.blocks(A));
  }

  private static String withoutCursor(Reply.Matched matched) {
    return matched.blocks() + " " + matched.tokens() + " " + matched.flags() + matched.holders();
  }

  @Test
  void publish_moreRemovalsThanAreJoined_removesAll() {
    var chain = chain(3, 0, 5_000);
    talk.apply("a", 1, 1, talk.store(chain));
    var removals = new ArrayList<Change>();
    for (int i = chain.length() - 1; i >= 0; i--) {
      removals.add(Talk.remove(chain.slice(i, i + 1)));
    }
    talk.apply("a", 1, 2, removals.toArray(Change[]::new));
    assertEquals(0, talk.blocks(chain));
    assertEquals(0, talk.stat("not-held-removals"));
  }
}
