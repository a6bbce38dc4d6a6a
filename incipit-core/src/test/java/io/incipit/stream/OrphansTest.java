// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.env.RandomSource;
import io.incipit.env.Search;
import io.incipit.index.IndexConfig;
import io.incipit.index.MatchAnswer;
import io.incipit.index.OracleIndex;
import io.incipit.index.PrefixIndex;
import io.incipit.index.QuestionBudget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class OrphansTest {
  private static final int MANY = Orphans.OWNER_BLOCKS_MAX;
  private static final BlockChain PARENT = BlockChain.of(-1);

  /// Entries looked at for each block parked or removed, on average, that are still few.
  private static final int FEW = 8;

  private final Orphans orphans = new Orphans(42, 8);

  private static BlockChain block(long hash) {
    return BlockChain.of(hash);
  }

  /// Parks `count` blocks below one parent.
  private void parkSiblings(int owner, int count) {
    for (int i = 0; i < count; i++) {
      assertEquals(0, orphans.park(owner, Tier.GPU, PARENT, block(i), 0));
    }
  }

  /// Adopts all that waits below `hashes`.
  private static void adopt(Orphans orphans, PrefixIndex index, BlockChain hashes) {
    orphans.arrived(hashes, hashes.length());
    while (orphans.isAdopting()) {
      orphans.adopt(index, Orphans.ADOPTED_MAX);
    }
  }

  @Test
  void remove_manySiblingsOneByOne_looksAtFewEntriesEach() {
    parkSiblings(0, MANY);
    assertTrue(orphans.touched() < (long) FEW * MANY, () -> "touched: " + orphans.touched());
    long parked = orphans.touched();
    var order = new ArrayList<>(IntStream.range(0, MANY).boxed().toList());
    Collections.shuffle(order, new Random(1));
    for (int i : order) {
      assertTrue(orphans.remove(0, Tier.GPU, block(i), 0));
      assertFalse(orphans.remove(0, Tier.GPU, block(i), 0));
    }
    assertEquals(0, orphans.count());
    assertTrue(
        orphans.touched() - parked < (long) FEW * MANY, () -> "touched: " + orphans.touched());
  }

  @Test
  void adopt_besideManySiblings_looksAtFewEntries() {
    parkSiblings(0, MANY);
    long before = orphans.touched();
    var index = new OracleIndex();
    for (int i = 0; i < 1_000; i++) {
      adopt(orphans, index, block(1L << 40 | i));
    }
    assertTrue(orphans.touched() - before < 1_000 * FEW, () -> "touched: " + orphans.touched());
    assertEquals(MANY, orphans.count());
  }

  @Test
  void bytes_ofParkedBlocks_comeAndGoWithThem() {
    long none = orphans.bytes();
    parkSiblings(0, MANY);
    double each = (double) orphans.bytes() / MANY;
    assertTrue(each >= 50 && each < 96, () -> "bytes a block: " + each);
    for (int i = 0; i < MANY * 3 / 4; i++) {
      orphans.remove(0, Tier.GPU, block(i), 0);
    }
    sweepAll();
    assertTrue(orphans.bytes() < 48L * MANY, () -> "bytes: " + orphans.bytes());
    orphans.clear(0, Tier.ALL_MASK);
    sweepAll();
    assertTrue(Math.abs(none - orphans.bytes()) <= 128, () -> "bytes: " + orphans.bytes());
  }

  private void sweepAll() {
    for (boolean more = true; more; ) {
      more = orphans.sweep();
    }
  }

  @Test
  void bytes_ofAChain_areFew() {
    orphans.park(0, Tier.GPU, PARENT, BlockChain.of(LongStream.range(0, MANY).toArray()), 0);
    assertTrue(orphans.bytes() < 27L * MANY, () -> "bytes: " + orphans.bytes());
  }

  @Test
  void bytes_blocksOneByOneInOrder_areThoseOfAChain() {
    for (int i = 0; i < MANY; i++) {
      assertEquals(0, orphans.park(0, Tier.GPU, block(i - 1), block(i), 0));
    }
    assertTrue(orphans.bytes() < 27L * MANY, () -> "bytes: " + orphans.bytes());
  }

  @Test
  void remove_chainFromBothEndsAndInside_looksAtFewEntriesEach() {
    orphans.park(0, Tier.GPU, PARENT, BlockChain.of(LongStream.range(0, MANY).toArray()), 0);
    long before = orphans.touched();
    for (int i = 0; i < MANY; i++) {
      int block = i % 3 == 0 ? i : i % 3 == 1 ? MANY - 1 - i : (int) (i * 40_503L % MANY);
      orphans.remove(0, Tier.GPU, block(block), 0);
    }
    for (int i = 0; i < MANY; i++) {
      orphans.remove(0, Tier.GPU, block(i), 0);
    }
    assertEquals(0, orphans.count());
    assertTrue(orphans.touched() - before < 2L * FEW * MANY, () -> "touched: " + orphans.touched());
  }

  /// What was removed leaves its place in the table to what comes next.
  @Test
  void park_oneOfManyAgainAndAgain_looksAtFewEntriesAndTakesNoMore() {
    orphans.park(0, Tier.GPU, PARENT, BlockChain.of(LongStream.range(0, MANY - 1).toArray()), 0);
    long before = orphans.touched();
    int rounds = 2 * MANY;
    for (int i = 0; i < rounds; i++) {
      var block = block(i % 2 == 0 ? -2 : -2 - i);
      assertEquals(0, orphans.park(0, Tier.GPU, PARENT, block, 0));
      assertTrue(orphans.remove(0, Tier.GPU, block, 0));
      assertFalse(orphans.remove(0, Tier.GPU, block, 0));
    }
    assertEquals(MANY - 1, orphans.count());
    assertTrue(
        orphans.touched() - before < 2L * FEW * rounds, () -> "touched: " + orphans.touched());
    assertTrue(orphans.bytes() < 36L * MANY, () -> "bytes: " + orphans.bytes());
  }

  /// `review/code/Adopt`: one block for which a million wait.
  @Test
  void adopt_chainsOfManyOwners_storesEachStretchInOneGo() {
    int owners = 15;
    for (int owner = 0; owner < owners; owner++) {
      var above = PARENT;
      for (int from = 0; from < MANY; from += 4_096) {
        long first = (long) owner * MANY + from;
        var chain = BlockChain.of(LongStream.range(first, first + 4_096).toArray());
        assertEquals(0, orphans.park(owner, Tier.GPU, above, chain, 0));
        above = chain.slice(4_095, 4_096);
      }
    }
    assertEquals(owners * MANY, orphans.count());
    long before = orphans.touched();
    var index = PrefixIndex.create(IndexConfig.DEFAULT);
    index.store(owners, Tier.GPU, BlockChain.empty(8), PARENT, 0);
    orphans.arrived(PARENT, 1);
    int slices = 0;
    for (int left = orphans.count(); left > 0; slices++) {
      assertEquals(Orphans.ADOPTED_MAX, orphans.adopt(index, Orphans.ADOPTED_MAX));
      left -= Orphans.ADOPTED_MAX;
      assertEquals(left, orphans.count());
    }
    assertEquals(owners * MANY / Orphans.ADOPTED_MAX, slices);
    long touched = orphans.touched() - before;
    assertTrue(touched < (long) owners * MANY, () -> "touched: " + touched);
    assertEquals(owners * MANY + 1, index.snapshot().blocks());
    assertTrue(
        Math.abs(new Orphans(42, 8).bytes() - orphans.bytes()) <= 8_192,
        () -> "bytes: " + orphans.bytes());
  }

  @Test
  void clear_many_touchesNoneAndIsSweptInSlices() {
    parkSiblings(0, MANY);
    parkSiblings(1, 1_000);
    long before = orphans.touched();
    orphans.clear(0, Tier.ALL_MASK);
    assertEquals(before, orphans.touched());
    assertEquals(1_000, orphans.count());
    assertFalse(orphans.remove(0, Tier.GPU, block(5), 0));
    int slices = 0;
    for (boolean more = true; more; slices++) {
      before = orphans.touched();
      more = orphans.sweep();
      assertTrue(orphans.touched() - before <= (long) FEW * Orphans.SWEEP_ENTRIES);
    }
    assertTrue(slices <= 2 * (MANY + 1_000) / Orphans.SWEEP_ENTRIES, "slices: " + slices);
    assertEquals(1_000, orphans.count());
    for (int i = 0; i < 1_000; i++) {
      assertTrue(orphans.remove(1, Tier.GPU, block(i), 0));
    }
  }

  @Test
  void park_clearedAgainAndAgainWithoutSweep_alwaysFindsRoom() {
    var chain = BlockChain.of(LongStream.range(0, 20_000).toArray());
    for (int round = 0; round * 20_000 < 2 * Orphans.BLOCKS_MAX; round++) {
      assertEquals(0, orphans.park(0, Tier.HOST, PARENT, chain, 0));
      assertEquals(20_000, orphans.count());
      orphans.clear(0, Tier.ALL_MASK);
    }
    assertEquals(0, orphans.count());
  }

  @Test
  void park_namespaceFull_dropsWhatIsMore() {
    int owners = Orphans.BLOCKS_MAX / MANY;
    var chain = BlockChain.of(LongStream.range(0, MANY).toArray());
    for (int owner = 0; owner < owners; owner++) {
      assertEquals(0, orphans.park(owner, Tier.GPU, PARENT, chain, 0));
    }
    assertEquals(Orphans.BLOCKS_MAX, orphans.count());
    assertEquals(3, orphans.park(owners, Tier.GPU, PARENT, chain.slice(0, 3), 0));
    assertTrue(orphans.remove(7, Tier.GPU, chain, 9));
    assertEquals(2, orphans.park(owners, Tier.GPU, PARENT, chain.slice(0, 3), 0));
    orphans.clear(owners, Tier.ALL_MASK);
    orphans.clear(3, Tier.ALL_MASK);
    assertEquals(Orphans.BLOCKS_MAX - MANY - 1, orphans.count());
    while (orphans.sweep()) {
      assertTrue(orphans.count() > 0);
    }
    assertEquals(0, orphans.park(owners, Tier.GPU, PARENT, chain, 0));
  }

  @Test
  void park_nothing_changesNothing() {
    assertEquals(0, orphans.park(0, Tier.GPU, PARENT, BlockChain.empty(8), 0));
    assertFalse(orphans.remove(0, Tier.GPU, PARENT, 0));
    orphans.clear(0, Tier.ALL_MASK);
    adopt(orphans, new OracleIndex(), PARENT);
    assertFalse(orphans.sweep());
    assertEquals(0, orphans.count());
  }

  @Test
  void adopt_parentNotInTheIndex_keepsWhatIsParked() {
    parkSiblings(0, 3);
    adopt(orphans, new OracleIndex(), PARENT);
    assertEquals(3, orphans.count());
  }

  /// One parked block: what the model knows of it.
  private record Parked(int owner, Tier tier, int block) {}

  private static final int BLOCKS = 60;
  private static final int OWNERS = 5;

  @Test
  @Tag("programs")
  void program_random_equalsAMap() {
    Search.of(Search.Family.PROGRAMS, "orphans, programs", 2, 20)
        .run(seed -> new Program(RandomSource.seeded(seed)).run(100_000));
  }

  /// Random steps on orphans and on a plain map. The parent of block `i` is a block before it, or
  /// one of its own that never comes.
  private static final class Program {
    private final RandomGenerator random;
    private final Orphans orphans;
    private final Map<Parked, Integer> model = new HashMap<>();
    private final BlockChain blocks;
    private final int[] parents = new int[BLOCKS];

    Program(RandomGenerator random) {
      this.random = random;
      this.orphans = new Orphans(random.nextLong(), 16);
      var halves = new long[2 * BLOCKS];
      for (int i = 0; i < BLOCKS; i++) {
        // Few different halves, so that many hashes share one.
        halves[2 * i] = i % 8;
        halves[2 * i + 1] = i / 8;
        parents[i] = i == 0 ? 0 : random.nextInt(i);
      }
      blocks = BlockChain.ofPairs(halves);
    }

    void run(int steps) {
      for (int step = 0; step < steps; step++) {
        step(random.nextInt(100));
        assertEquals(model.size(), orphans.count());
      }
      model.keySet().forEach(parked -> assertTrue(isRemoved(parked)));
      assertEquals(0, orphans.count());
    }

    private void step(int dice) {
      int block = 1 + random.nextInt(BLOCKS - 1);
      int owner = random.nextInt(OWNERS);
      var parked = new Parked(owner, Tier.of(random.nextInt(Tier.COUNT)), block);
      if (dice < 2) {
        clear(owner, random.nextInt(1 << Tier.COUNT));
      } else if (dice < 4) {
        adopt(block);
      } else if (dice < 5) {
        orphans.sweep();
      } else if (dice < 40) {
        remove(parked);
      } else {
        park(parked);
      }
    }

    private BlockChain block(int i) {
      return blocks.slice(i, i + 1);
    }

    private void park(Parked parked) {
      int parent = parents[parked.block];
      model.putIfAbsent(parked, parent);
      assertEquals(
          0, orphans.park(parked.owner, parked.tier, block(parent), block(parked.block), 0));
    }

    private void remove(Parked parked) {
      assertEquals(model.remove(parked) != null, isRemoved(parked));
    }

    private boolean isRemoved(Parked parked) {
      return orphans.remove(parked.owner, parked.tier, blocks, parked.block);
    }

    private void clear(int owner, int tierMask) {
      model.keySet().removeIf(each -> each.owner == owner && (each.tier.mask() & tierMask) != 0);
      orphans.clear(owner, tierMask);
    }

    /// Somebody stores the way from the root to a block.
    private void adopt(int block) {
      var way = new ArrayDeque<Integer>();
      for (int at = block; at != 0; at = parents[at]) {
        way.addFirst(at);
      }
      way.addFirst(0);
      var index = new OracleIndex();
      for (int at : way) {
        index.store(
            OWNERS, Tier.GPU, at == 0 ? BlockChain.empty(16) : block(parents[at]), block(at), 0);
        OrphansTest.adopt(orphans, index, block(at));
      }
      var answer = new MatchAnswer();
      var below = way;
      while (!below.isEmpty()) {
        int parent = below.remove();
        var adopted = model.keySet().stream().filter(each -> model.get(each) == parent).toList();
        for (var each : adopted) {
          index.locate(blocks, each.block, QuestionBudget.unlimited(), answer);
          assertTrue(
              answer.holders().toString().contains("owner %d %s".formatted(each.owner, each.tier)));
        }
        model.keySet().removeAll(adopted);
        adopted.stream().mapToInt(Parked::block).distinct().forEach(below::add);
      }
    }
  }
}
