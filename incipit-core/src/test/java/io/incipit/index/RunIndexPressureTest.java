// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.env.Search;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// At its memory limit the index forgets, and says whose blocks; it makes nothing up.
@Tag("programs")
final class RunIndexPressureTest {
  private static final int OWNERS = 5;
  private static final int BYTES_MAX = 1 << 20;
  private static final int BLOCKS_MAX = 5_000;
  private static final int STEPS = 40_000;

  private SplittableRandom random = new SplittableRandom(0);
  private RunIndex index = new RunIndex(IndexConfig.DEFAULT);

  /// What each owner has stored since it was last told that it lost something.
  private final List<Set<Long>> stored = new ArrayList<>();

  private long blocksMax = Long.MAX_VALUE;
  private final Set<Integer> told = new HashSet<>();
  private final MatchAnswer match = new MatchAnswer();
  private final ScoreAnswer score = new ScoreAnswer();

  @Test
  void store_beyondTheLimit_shedsAndTells() {
    Search.of(Search.Family.PROGRAMS, "index, memory pressure", 4, 30).run(this::run);
  }

  @Test
  void store_beyondTheQuotaOfBlocks_shedsAndTells() {
    Search.of(Search.Family.PROGRAMS, "index, too many blocks", 4, 30)
        .run(
            seed -> {
              blocksMax = BLOCKS_MAX;
              run(seed);
            });
  }

  @Test
  void store_aChainLongerThanTheQuotaOfBlocks_keepsItsBeginning() {
    index.limit(Long.MAX_VALUE, 100);
    var chain = BlockChain.of(LongStream.range(1, 3_001).toArray());
    index.store(0, Tier.GPU, BlockChain.empty(8), chain, 0);
    assertEquals(100, index.snapshot().blocks());
    assertEquals(2_900, index.snapshot().shedBlocks());
    index.match(Place.ROOT, chain, Eligible.ALL, OWNERS, QuestionBudget.unlimited(), match);
    assertEquals(100, match.blocks());
  }

  private void run(long seed) {
    random = new SplittableRandom(seed);
    index = new RunIndex(new IndexConfig(true, BYTES_MAX, random.nextLong()));
    stored.clear();
    told.clear();
    for (int owner = 0; owner < OWNERS; owner++) {
      stored.add(new HashSet<>());
    }
    index.onShed(told::add);
    index.limit(BYTES_MAX, blocksMax);
    for (int step = 0; step < STEPS; step++) {
      step();
    }
    assertTrue(index.snapshot().shedBlocks() > 0);
    end();
  }

  private void step() {
    int owner = random.nextInt(OWNERS);
    var chain = chain();
    if (random.nextInt(8) == 0) {
      int from = random.nextInt(chain.length());
      index.removeChain(owner, Tier.GPU, chain, from);
      for (int i = from; i < chain.length(); i++) {
        stored.get(owner).remove(chain.low(i));
      }
    } else {
      assertEquals(chain.length(), index.store(owner, Tier.GPU, BlockChain.empty(8), chain, 0));
      for (int i = 0; i < chain.length(); i++) {
        stored.get(owner).add(chain.low(i));
      }
    }
    assertTrue(
        index.bytes() <= BYTES_MAX || index.snapshot().blocks() == 0,
        () -> index.bytes() + " bytes: " + index.snapshot());
    assertTrue(index.snapshot().blocks() <= blocksMax, () -> index.snapshot().toString());
    compare(chain());
    forgive();
  }

  /// One of a thousand prompts and one of its many continuations, at most 192 blocks.
  private BlockChain chain() {
    var hashes = new long[1 + random.nextInt(192)];
    long hash = (1L + random.nextInt(1_000)) << 32;
    int branch = random.nextInt(hashes.length);
    for (int i = 0; i < hashes.length; i++) {
      hash = (hash + (i == branch ? random.nextInt(100) : 0)) * 0x9E37_79B9_7F4A_7C15L + 1;
      hashes[i] = hash;
    }
    return BlockChain.of(hashes);
  }

  /// Nobody is credited with more than it holds, nor with less unless it was told.
  private void compare(BlockChain chain) {
    var budget = QuestionBudget.unlimited();
    assertEquals(
        Outcome.ANSWERED,
        index.score(Place.ROOT, chain, OWNERS, Eligible.ALL, OWNERS, budget, score));
    assertEquals(
        Outcome.ANSWERED,
        index.match(Place.ROOT, chain, Eligible.ALL, OWNERS, budget.renew(), match));
    int longest = 0;
    for (int owner = 0; owner < OWNERS; owner++) {
      int held = 0;
      while (held < chain.length() && stored.get(owner).contains(chain.low(held))) {
        held++;
      }
      int scored = score.scores().blocksOf(owner, Tier.GPU);
      assertTrue(
          scored == held || (scored < held && told.contains(owner)),
          "owner %d holds %d, scored %d".formatted(owner, held, scored));
      longest = Math.max(longest, scored);
    }
    assertTrue(match.blocks() >= longest);
    for (int i = 0; i < match.count(); i++) {
      for (int block = match.from(i); block < match.to(i); block++) {
        assertTrue(stored.get(match.owner(i)).contains(chain.low(block)));
      }
    }
  }

  /// An owner that was told starts afresh, now and then.
  private void forgive() {
    for (int owner = 0; owner < OWNERS; owner++) {
      if (told.contains(owner) && random.nextInt(1_000) == 0) {
        index.clear(owner, Tier.ALL_MASK);
        sweepAll();
        stored.get(owner).clear();
        told.remove(owner);
      }
    }
  }

  private void sweepAll() {
    int slices = 0;
    while (index.sweep()) {
      assertTrue(++slices < 1_000_000, "sweep does not end");
    }
  }

  private void end() {
    for (int owner = 0; owner < OWNERS; owner++) {
      index.clear(owner, Tier.ALL_MASK);
    }
    sweepAll();
    assertEquals(0, index.snapshot().blocks());
    assertEquals(0, index.snapshot().runs());
    assertEquals(0, index.snapshot().holdings());
    assertEquals(0, index.arenaBytes());
  }
}
