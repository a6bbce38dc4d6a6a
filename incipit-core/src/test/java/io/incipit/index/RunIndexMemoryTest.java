// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What an index takes of memory: within its limit after whatever change, and given back.
final class RunIndexMemoryTest {
  private static final BlockChain NONE = BlockChain.empty(8);

  private final SplittableRandom random = new SplittableRandom(7);
  private final QuestionBudget budget = QuestionBudget.unlimited();
  private final MatchAnswer match = new MatchAnswer();

  private static RunIndex index(long bytesMax) {
    return new RunIndex(new IndexConfig(true, bytesMax, 42));
  }

  private BlockChain chain(int blocks) {
    return BlockChain.of(random.longs(blocks).toArray());
  }

  private static void sweepAll(RunIndex index) {
    int slices = 0;
    while (index.sweep()) {
      assertTrue(++slices < 1_000_000, "sweep does not end");
    }
  }

  private static void assertGivenBack(RunIndex index) {
    assertEquals(0, index.snapshot().blocks());
    assertEquals(0, index.snapshot().holdings());
    assertEquals(0, index.arenaBytes());
  }

  @Test
  void shorten_holdersOfTheWholeAreMasked_givesTheirSetBack() {
    var index = index(Long.MAX_VALUE);
    var trunk = chain(10);
    for (int owner = 0; owner < 6; owner++) {
      index.store(owner, Tier.GPU, NONE, trunk, 0);
    }
    index.store(6, Tier.GPU, NONE, trunk.slice(0, 5), 0);
    var left = chain(1);
    var right = chain(1);
    index.store(7, Tier.GPU, trunk.slice(9, 10), left, 0);
    index.store(8, Tier.GPU, trunk.slice(9, 10), right, 0);
    for (int owner = 0; owner < 6; owner++) {
      index.clear(owner, Tier.ALL_MASK);
    }
    index.remove(7, Tier.GPU, left);
    index.remove(8, Tier.GPU, right);
    sweepAll(index);
    index.remove(6, Tier.GPU, trunk);
    sweepAll(index);
    assertGivenBack(index);
  }

  @Test
  void remove_atTheLimit_staysWithinIt() {
    int bytesMax = 4 << 20;
    var index = index(bytesMax);
    var chains = new ArrayList<BlockChain>();
    while (index.snapshot().shedBlocks() == 0) {
      var chain = chain(512);
      chains.add(chain);
      index.store(0, Tier.GPU, NONE, chain, 0);
      index.store(1, Tier.GPU, NONE, chain, 0);
    }
    for (var chain : chains) {
      var odd = new long[256];
      Arrays.setAll(odd, i -> chain.low(2 * i + 1));
      for (int i = 0; i < odd.length; i += 64) {
        index.remove(0, Tier.GPU, BlockChain.of(Arrays.copyOfRange(odd, i, i + 64)));
        assertTrue(index.bytes() <= bytesMax, () -> index.bytes() + " of " + bytesMax);
      }
    }
    index.clear(0, Tier.ALL_MASK);
    index.clear(1, Tier.ALL_MASK);
    sweepAll(index);
    assertGivenBack(index);
  }

  @Test
  void store_moreThanAnIntCounts_evictsTheOldestStill() {
    for (long stores : new long[] {0, (1L << 31) + 5}) {
      var index = index(1 << 20);
      var old = store(index, 200);
      index.advanceClock(stores);
      var young = store(index, 2_000);
      assertEquals(0, left(index, old), "old ones left after " + stores);
      assertTrue(left(index, young) > 200, "young ones left after " + stores);
    }
  }

  private List<BlockChain> store(RunIndex index, int chains) {
    var stored = new ArrayList<BlockChain>();
    for (int i = 0; i < chains; i++) {
      var chain = chain(100);
      stored.add(chain);
      index.store(0, Tier.GPU, NONE, chain, 0);
    }
    return stored;
  }

  private long left(RunIndex index, List<BlockChain> chains) {
    return chains.stream()
        .filter(
            chain -> {
              index.match(Place.ROOT, chain, Eligible.ALL, 9, budget, match);
              return match.blocks() == chain.length();
            })
        .count();
  }

  /// 65,800 holders, each of the first of two blocks, below blocks that so many hold that each
  /// store has spent its share before it comes there.
  @Test
  void store_partsOfOneRunByMoreThan65536Holders_areAllKept() {
    int owners = 16_450;
    var index = index(Long.MAX_VALUE);
    var chain = chain(6);
    index.store(0, Tier.GPU, NONE, chain, 0);
    for (int i = 0; i < 5; i++) {
      index.store(0, Tier.GPU, chain.slice(i, i + 1), chain(1), 0);
    }
    index.store(0, Tier.GPU, chain.slice(5, 6), chain(1), 0);
    for (int pass = 5; pass <= 6; pass++) {
      for (int owner = 1; owner < owners; owner++) {
        for (int tier = 0; tier < Tier.COUNT; tier++) {
          assertEquals(pass, index.store(owner, Tier.of(tier), NONE, chain.slice(0, pass), 0));
        }
      }
    }
    index.locate(chain, 5, budget, match);
    assertEquals((owners - 1) * Tier.COUNT + 1, match.count());
    for (int owner = 0; owner < owners; owner++) {
      index.clear(owner, Tier.ALL_MASK);
    }
    sweepAll(index);
    assertGivenBack(index);
  }

  @Test
  void clear_everything_givesSegmentsBackToTheHeap() {
    var index = index(Long.MAX_VALUE);
    for (int i = 0; i < 2_000; i++) {
      index.store(0, Tier.GPU, NONE, chain(1_000), 0);
    }
    long full = index.snapshot().treeBytes();
    index.clear(0, Tier.ALL_MASK);
    sweepAll(index);
    assertGivenBack(index);
    assertTrue(index.snapshot().treeBytes() < full / 3, () -> index.snapshot() + " of " + full);
  }

  @Test
  void store_oneBlock_costsAtMost8KiB() {
    var index = index(Long.MAX_VALUE);
    index.store(0, Tier.GPU, NONE, chain(1), 0);
    assertTrue(index.bytes() <= 8 << 10, () -> index.bytes() + " bytes");
  }
}
