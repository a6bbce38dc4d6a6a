// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import static io.incipit.block.TestChains.chain;
import static io.incipit.block.TestChains.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Tier;
import io.incipit.index.IndexConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What a projection does with blocks that come before their parent.
final class ParkedBlocksTest {
  private static final int MAX = Orphans.OWNER_BLOCKS_MAX;
  private static final BlockChain A = chain(1, 0, 12);
  private final Talk talk = new Talk();

  @Test
  void publish_piecesInAnyOrder_endAsOneChain() {
    for (var order : permutations(List.of(0, 3, 6, 9))) {
      var each = new Talk();
      long seq = 0;
      for (int from : order) {
        var piece = A.slice(0, from + 3);
        each.apply(
            "a", 1, ++seq, from == 0 ? each.store(piece) : Talk.store(Tier.GPU, piece, from));
      }
      assertEquals("Holders[0..12 owner 0 GPU]", each.holders(A), order.toString());
      assertEquals(0, each.stat("parked-blocks"), order.toString());
      assertFalse(each.isPartial(A));
    }
  }

  private static List<List<Integer>> permutations(List<Integer> of) {
    if (of.isEmpty()) {
      return List.of(List.of());
    }
    var all = new ArrayList<List<Integer>>();
    for (var first : of) {
      for (var rest : permutations(of.stream().filter(each -> !each.equals(first)).toList())) {
        var order = new ArrayList<>(List.of(first));
        order.addAll(rest);
        all.add(order);
      }
    }
    return all;
  }

  @Test
  void publish_parentBySomebodyElse_isAdoptedForWhoHasIt() {
    talk.apply("a", 1, 1, Talk.store(Tier.GPU, A, 6));
    talk.apply("b", 1, 1, Talk.store(Tier.DISK, A, 8));
    assertEquals(10, talk.stat("parked-blocks"));
    assertEquals(0, talk.blocks(A));
    talk.apply("c", 1, 1, talk.store(A.slice(0, 6)));
    assertEquals(
        "Holders[0..6 owner 2 GPU, 6..12 owner 0 GPU, 8..12 owner 1 DISK]", talk.holders(A));
    assertEquals(0, talk.stat("parked-blocks"));
  }

  @Test
  void publish_manyChildrenOfOneParent_areAllAdopted() {
    var parent = BlockChain.of(5);
    for (int i = 1; i <= 500; i++) {
      talk.apply("a", 1, i, new Change.Store(Tier.GPU, parent, BlockChain.of(1_000 + i)));
    }
    talk.apply("a", 1, 501, talk.store(parent));
    for (int i = 1; i <= 500; i++) {
      assertEquals(2, talk.blocks(BlockChain.of(5, 1_000 + i)));
    }
  }

  @Test
  void publish_parkedTwice_isParkedOnce() {
    talk.apply("a", 1, 1, Talk.store(Tier.GPU, A, 6), Talk.store(Tier.GPU, A, 6));
    assertEquals(6, talk.stat("parked-blocks"));
    talk.apply("a", 1, 2, Talk.store(Tier.HOST, A, 6));
    assertEquals(12, talk.stat("parked-blocks"), "once for each tier");
    talk.apply("a", 1, 3, talk.store(A.slice(0, 6)));
    assertEquals("Holders[0..12 owner 0 GPU, 6..12 owner 0 HOST]", talk.holders(A));
  }

  @Test
  void publish_atTheLimit_dropsTheRestAndSaysSo() {
    var chain = BlockChain.of(LongStream.rangeClosed(-MAX - 2, -1).toArray());
    talk.apply("a", 1, 1, Talk.store(Tier.GPU, chain.slice(0, MAX), 1));
    assertEquals(MAX - 1, talk.stat("parked-blocks"));
    assertFalse(talk.isPartial(A));
    talk.apply("a", 1, 2, Talk.store(Tier.GPU, chain.slice(0, MAX + 1), MAX));
    assertEquals(MAX, talk.stat("parked-blocks"));
    assertFalse(talk.isPartial(A));
    assertEquals(0, talk.stat("dropped-orphans"));
    talk.apply("a", 1, 3, Talk.store(Tier.GPU, chain, MAX));
    assertEquals(MAX, talk.stat("parked-blocks"));
    assertEquals(1, talk.stat("dropped-orphans"));
    assertTrue(talk.isPartial(A));
    talk.apply("b", 1, 1, Talk.store(Tier.GPU, A, 1));
    assertEquals(MAX + 11, talk.stat("parked-blocks"), "the limit is for each owner");
    assertFalse(talk.isPartial(A, "b"));

    talk.apply("a", 1, 4, talk.store(chain.slice(0, 1)));
    assertEquals(Orphans.ADOPTED_MAX + 1, talk.blocks(chain), "the rest waits for the sweep");
    talk.sweepAll();
    assertEquals(MAX + 1, talk.blocks(chain), "the first ones were kept");
    assertEquals(11, talk.stat("parked-blocks"));
    talk.apply("a", 1, 5, Talk.synced());
    assertTrue(talk.isPartial(A), "what was dropped is missing still");
    talk.apply("a", 1, 6, Talk.clearAll(), talk.store(A), Talk.synced());
    assertFalse(talk.isPartial(A));
  }

  @Test
  void publish_tiersTogether_areLimitedForTheOwner() {
    var chain = BlockChain.of(LongStream.range(0, MAX / 2 + 2).toArray());
    talk.apply("a", 1, 1, Talk.store(Tier.GPU, chain, 1), Talk.store(Tier.DISK, chain, 1));
    assertEquals(MAX, talk.stat("parked-blocks"));
    assertEquals(2, talk.stat("dropped-orphans"));
    talk.apply("a", 1, 2, Talk.store(Tier.HOST, chain.slice(0, 2), 1));
    assertEquals(3, talk.stat("dropped-orphans"));
  }

  @Test
  void sweep_clearedParkedBlocks_givesThemBackInSlices() {
    for (int i = 0; i < 10_000; i++) {
      talk.apply(
          "a",
          1,
          i + 1,
          new Change.Store(Tier.GPU, BlockChain.of(2L * i), BlockChain.of(2L * i + 1)));
    }
    assertFalse(talk.projection.sweep());
    talk.apply("a", 1, 10_001, Talk.clearAll());
    int slices = 1;
    while (talk.projection.sweep()) {
      slices++;
    }
    assertEquals(10, slices);
  }

  @Test
  void publish_whileBlocksWaitForAdoption_laterChangesWin() {
    int waiting = 3 * Orphans.ADOPTED_MAX;
    var chain = BlockChain.of(LongStream.rangeClosed(-waiting - 1, -1).toArray());
    talk.apply("a", 1, 1, Talk.store(Tier.GPU, chain, 1));
    talk.apply("b", 1, 1, Talk.store(Tier.HOST, chain, 1));
    talk.apply("c", 1, 1, talk.store(chain.slice(0, 1)));
    int removed = 2 * Orphans.ADOPTED_MAX;
    talk.apply("a", 1, 2, Talk.remove(chain.slice(removed, removed + 1)));
    assertEquals(0, talk.stat("not-held-removals"));
    talk.apply("b", 1, 2, Talk.clearAll());
    talk.apply("a", 1, 3, Talk.store(Tier.GPU, join(chain, A.slice(0, 2)), waiting + 1));
    talk.sweepAll();
    assertEquals(removed, talk.blocks(chain));
    assertEquals(
        List.of("Holders[]", "Holders[]", "Holders[]"),
        talk.located(join(chain.slice(removed, removed + 2), A.slice(0, 1))));
    assertEquals(waiting - removed + 2, talk.stat("parked-blocks"), "below the one removed");
    talk.apply("c", 1, 2, Talk.store(Tier.GPU, chain.slice(0, removed + 1), removed));
    talk.sweepAll();
    assertEquals(waiting + 3, talk.blocks(join(chain, A.slice(0, 2))));
    assertEquals(0, talk.stat("parked-blocks"));
    assertEquals(0, talk.scored("b", chain));
  }

  @Test
  void publish_removed_isNotAdopted() {
    talk.apply("a", 1, 1, Talk.store(Tier.GPU, A, 6), Talk.store(Tier.HOST, A, 9));
    talk.apply("a", 1, 2, Talk.remove(join(A.slice(8, 10), A.slice(2, 3))));
    assertEquals(1, talk.stat("not-held-removals"));
    assertEquals(7, talk.stat("parked-blocks"));
    talk.apply("a", 1, 3, talk.store(A.slice(0, 6)));
    assertEquals("Holders[0..8 owner 0 GPU]", talk.holders(A));
    assertEquals(5, talk.stat("parked-blocks"), "below block 8, which nobody has");
    talk.apply("b", 1, 1, talk.store(A.slice(0, 9)));
    assertEquals(
        "Holders[0..8 owner 0 GPU, 0..9 owner 1 GPU, 9..12 owner 0 HOST, 10..12 owner 0 GPU]",
        talk.holders(A));
    assertEquals(0, talk.stat("parked-blocks"));
  }

  @Test
  void publish_holesBetweenPiecesOfOneChain_areNotAdoptedAsHeld() {
    talk.apply("a", 1, 1, Talk.store(Tier.GPU, A.slice(0, 5), 2));
    talk.apply("a", 1, 2, below(A.slice(0, 8), 5, 2), below(A, 8, 3));
    assertEquals(5, talk.stat("parked-blocks"));
    talk.apply("b", 1, 1, talk.store(A.slice(0, 2)));
    assertEquals("Holders[0..2 owner 1 GPU, 2..5 owner 0 GPU]", talk.holders(A));
    assertEquals(0, talk.stat("parked-blocks"));
    talk.apply("b", 1, 2, Talk.store(Tier.GPU, A, 5));
    assertEquals(
        "Holders[0..2 owner 1 GPU, 2..5 owner 0 GPU, 5..12 owner 1 GPU,"
            + " 7..8 owner 0 GPU, 11..12 owner 0 GPU]",
        talk.holders(A));
  }

  /// The blocks of `chain` from `from` on, of which the first `skip` are not held.
  private static Change below(BlockChain chain, int from, int skip) {
    var parent = chain.slice(from - 1, from);
    return new Change.Store(Tier.GPU, parent, chain.slice(from, chain.length()), skip);
  }

  @Test
  void publish_cleared_isNotAdopted() {
    talk.apply("a", 1, 1, Talk.store(Tier.GPU, A, 6), Talk.store(Tier.HOST, A, 6));
    talk.apply("b", 1, 1, Talk.store(Tier.GPU, A, 9));
    talk.apply("a", 1, 2, Talk.clear(Tier.GPU));
    assertEquals(9, talk.stat("parked-blocks"));
    talk.apply("c", 1, 1, talk.store(A.slice(0, 6)));
    assertEquals(
        "Holders[0..6 owner 2 GPU, 6..12 owner 0 HOST, 9..12 owner 1 GPU]", talk.holders(A));
  }

  @Test
  void publish_clearedAndParkedAgain_isAdopted() {
    for (int round = 1; round <= 5; round++) {
      talk.apply("a", round, 1, Talk.store(Tier.GPU, A, 6));
      talk.apply("a", round, 2, Talk.clearAll(), Talk.store(Tier.GPU, A, 9));
      assertEquals(3, talk.stat("parked-blocks"));
    }
    talk.apply("b", 1, 1, talk.store(A.slice(0, 9)));
    assertEquals("Holders[0..9 owner 1 GPU, 9..12 owner 0 GPU]", talk.holders(A));
  }

  @Test
  void publish_blockBelowItself_harmsNothing() {
    var self = BlockChain.of(5);
    talk.apply("a", 1, 1, new Change.Store(Tier.GPU, self, self));
    talk.apply("a", 1, 2, Talk.store(Tier.GPU, BlockChain.of(6, 7, 6), 1));
    talk.apply("a", 1, 3, talk.store(BlockChain.of(5, 6)));
    assertEquals(3, talk.blocks(BlockChain.of(5, 6, 7)));
    assertEquals(0, talk.stat("parked-blocks"));
    assertEquals(2, talk.stat("conflicts"));
  }

  @Test
  void publish_wideHashes_areToldApartByBothHalves() {
    var wide = new Talk(IndexConfig.DEFAULT, 16, 7, 1);
    var chain = BlockChain.ofPairs(1, 10, 2, 20, 3, 30);
    var other = BlockChain.ofPairs(9, 10, 9, 20, 9, 30);
    wide.apply("a", 1, 1, Talk.store(Tier.GPU, chain, 1));
    wide.apply("b", 1, 1, Talk.store(Tier.GPU, other, 1));
    wide.apply("b", 1, 2, Talk.remove(chain));
    assertEquals(4, wide.stat("parked-blocks"));
    wide.apply("c", 1, 1, wide.store(other.slice(0, 1)));
    assertEquals(2, wide.stat("parked-blocks"));
    assertEquals(3, wide.blocks(other));
    assertEquals(0, wide.blocks(chain));
  }
}
