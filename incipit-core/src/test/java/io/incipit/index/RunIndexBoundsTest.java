// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.env.Search;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// No change of at most 64 blocks touches more than so many slots, however large the index is.
final class RunIndexBoundsTest {
  private static final BlockChain NONE = BlockChain.empty(8);
  private static final int STEP = 64;
  private final long seed = Search.seed();
  private final SplittableRandom random = new SplittableRandom(seed);
  private RunIndex index = new RunIndex(new IndexConfig(true, Long.MAX_VALUE, seed));

  private void assertBounded() {
    assertTrue(
        index.slotsTouchedMax() <= RunIndex.SLOTS_TOUCHED_MAX,
        () -> "-Dincipit.seed=%d: %d slots".formatted(seed, index.slotsTouchedMax()));
  }

  private BlockChain chain(int length) {
    return BlockChain.of(random.longs(length).toArray());
  }

  /// Stores a chain 64 blocks at a time.
  private void store(int owner, BlockChain chain) {
    for (int i = 0; i < chain.length(); i += STEP) {
      int end = Math.min(chain.length(), i + STEP);
      var parent = chain.slice(Math.max(0, i - 1), i);
      assertEquals(end - i, index.store(owner, Tier.GPU, parent, chain.slice(i, end), 0));
    }
  }

  private void sweepAll() {
    int slices = 0;
    while (index.sweep()) {
      assertTrue(++slices < 1_000_000, "sweep does not end");
    }
  }

  private void assertEmpty() {
    sweepAll();
    assertEquals(0, index.snapshot().blocks());
    assertEquals(0, index.snapshot().runs());
    assertEquals(0, index.snapshot().holdings());
    assertBounded();
  }

  @Test
  void store_millionsOfBlocks_growsInSlices() {
    int chains = Search.Family.PROGRAMS.isSlow() ? 10_000 : 1_500;
    for (int i = 0; i < chains; i++) {
      store(i % 7, chain(1 + random.nextInt(2_000)));
    }
    assertBounded();
    for (int owner = 0; owner < 7; owner++) {
      index.clear(owner, Tier.ALL_MASK);
    }
    assertEmpty();
  }

  @Test
  void clear_ownerOfManyRuns_isSweptInSlices() {
    for (int i = 0; i < 100_000; i++) {
      index.store(i % 10 == 0 ? 2 : 1, Tier.GPU, NONE, chain(1 + random.nextInt(4)), 0);
    }
    index.clear(1, Tier.ALL_MASK);
    sweepAll();
    assertEquals(10_000, index.snapshot().runs());
    index.clear(2, Tier.ALL_MASK);
    assertEmpty();
  }

  @Test
  void remove_leafBelowManyUnheldBlocks_isBounded() {
    var chain = chain(100_000);
    store(1, chain);
    store(2, chain);
    index.clear(1, Tier.ALL_MASK);
    for (int i = 0; i < chain.length() - 1; i += STEP) {
      int end = Math.min(chain.length() - 1, i + STEP);
      assertEquals(end - i, index.remove(2, Tier.GPU, chain.slice(i, end)));
    }
    assertEquals(100_000, index.snapshot().blocks());
    int last = chain.length() - 1;
    assertEquals(1, index.remove(2, Tier.GPU, chain.slice(last, last + 1)));
    assertEmpty();
  }

  @Test
  void store_intoFullRuns_splitsThemInSlices() {
    var trunk = chain(2_048);
    for (int round = 0; round < 20; round++) {
      store(1, trunk);
      for (int i = 2_000; i > 0; i -= 37) {
        index.store(2, Tier.GPU, trunk.slice(i - 1, i), chain(STEP), 0);
      }
      index.clear(1, Tier.ALL_MASK);
      index.clear(2, Tier.ALL_MASK);
      sweepAll();
    }
    assertEmpty();
  }

  /// Each of 64 runs is one interval away from being split, and one change adds it to all of them.
  @Test
  void remove_inManyCrowdedRuns_putsSplitsOff() {
    var chains = IntStream.range(0, STEP).mapToObj(_ -> chain(2_048)).toList();
    for (var chain : chains) {
      store(0, chain);
      for (int owner = 1; owner <= 63; owner++) {
        index.store(owner, Tier.GPU, NONE, chain.slice(0, 1_000 + owner), 0);
      }
    }
    for (int at = 100; at < 140; at++) {
      int position = at;
      var hashes = chains.stream().mapToLong(chain -> chain.low(position)).toArray();
      assertEquals(STEP, index.remove(0, Tier.GPU, BlockChain.of(hashes)));
    }
    for (int owner = 0; owner <= 63; owner++) {
      index.clear(owner, Tier.ALL_MASK);
    }
    assertEmpty();
  }

  @Test
  void clear_manyOwners_isBounded() {
    var chain = chain(10);
    int owners = 20_000;
    for (int owner = 0; owner < owners; owner++) {
      index.store(owner, Tier.of(owner & 3), NONE, chain.slice(0, 1 + owner % 10), 0);
    }
    for (int owner = 0; owner < owners; owner++) {
      index.clear(owner, Tier.ALL_MASK);
    }
    assertEmpty();
  }

  @Test
  void store_beyondTheLimit_shedsInSlices() {
    index = new RunIndex(new IndexConfig(true, 8 << 20, seed));
    for (int i = 0; i < 2_000; i++) {
      store(i % 3, chain(1 + random.nextInt(i % 10 == 0 ? 10_000 : 100)));
      assertTrue(index.bytes() <= 8 << 20);
    }
    assertTrue(index.snapshot().shedBlocks() > 0);
    assertBounded();
  }
}
