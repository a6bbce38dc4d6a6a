// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.index.table.FaultPoints;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Every kind of change is made to fail at every point where it can: the index says at the next
/// change that it may be broken, and questions end and are not too long.
final class RunIndexFaultTest {
  private static final BlockChain NONE = BlockChain.empty(8);

  private final QuestionBudget budget = QuestionBudget.unlimited();

  private BlockChain trunk = NONE;

  private static BlockChain chain(SplittableRandom random, int blocks) {
    return BlockChain.of(random.longs(blocks).toArray());
  }

  /// A trunk of 200 blocks that twelve hold in parts, with branches.
  private RunIndex planted() {
    var random = new SplittableRandom(7);
    var index = new RunIndex(new IndexConfig(true, 1 << 20, 42));
    trunk = chain(random, 200);
    for (int owner = 0; owner < 12; owner++) {
      index.store(owner, Tier.GPU, NONE, trunk.slice(0, 200 - 3 * owner), 0);
    }
    for (int at = 40; at < 200; at += 40) {
      index.store(1, Tier.HOST, trunk.slice(at, at + 1), chain(random, 30), 0);
    }
    return index;
  }

  /// @return how many points there were
  private int failEverywhere(Consumer<RunIndex> change) {
    for (int point = 1; ; point++) {
      var index = planted();
      index.faults().failAt(point);
      try {
        change.accept(index);
        assertTrue(index.faults().isPending());
        return point - 1;
      } catch (FaultPoints.PlantedException failure) {
        ask(index);
        assertThrows(IllegalStateException.class, () -> index.store(0, Tier.GPU, NONE, trunk, 0));
        assertThrows(IllegalStateException.class, index::sweep);
        ask(index);
      }
    }
  }

  private void ask(RunIndex index) {
    var match = new MatchAnswer();
    if (index.match(Place.ROOT, trunk, Eligible.ALL, 100, budget, match) == Outcome.ANSWERED) {
      assertTrue(match.blocks() <= trunk.length());
    }
    index.score(Place.ROOT, trunk, 12, Eligible.ALL, 100, budget, new ScoreAnswer());
    index.run(trunk.slice(0, 1), 0, 300, budget, new RunAnswer());
    for (int i = 0; i < trunk.length(); i += 20) {
      index.locate(trunk, i, budget, match);
    }
  }

  private static void assertPoints(int least, int points) {
    assertTrue(points >= least, () -> points + " points");
  }

  @Test
  void store_ofNewBlocks_failingAnywhere_isNoticed() {
    var fresh = chain(new SplittableRandom(1), 3_000);
    assertPoints(4, failEverywhere(index -> index.store(20, Tier.GPU, NONE, fresh, 0)));
  }

  @Test
  void store_belowTheMiddleOfARun_failingAnywhere_isNoticed() {
    var fresh = chain(new SplittableRandom(2), 10);
    assertPoints(
        8, failEverywhere(index -> index.store(3, Tier.GPU, trunk.slice(17, 18), fresh, 0)));
  }

  @Test
  void store_ofKnownBlocks_failingAnywhere_isNoticed() {
    assertPoints(4, failEverywhere(index -> index.store(30, Tier.DISK, NONE, trunk, 0)));
  }

  @Test
  void remove_failingAnywhere_isNoticed() {
    assertPoints(3, failEverywhere(index -> index.remove(5, Tier.GPU, trunk.slice(50, 60))));
  }

  @Test
  void removeChain_ofALeaf_failingAnywhere_isNoticed() {
    assertPoints(6, failEverywhere(index -> index.removeChain(0, Tier.GPU, trunk, 0)));
  }

  @Test
  void clear_failingAnywhere_isNoticed() {
    assertPoints(1, failEverywhere(index -> index.clear(2, Tier.ALL_MASK)));
  }

  @Test
  void sweep_failingAnywhere_isNoticed() {
    assertPoints(
        6,
        failEverywhere(
            index -> {
              for (int owner = 0; owner < 12; owner++) {
                index.clear(owner, Tier.ALL_MASK);
              }
              while (index.sweep()) {
                // Until nothing is left.
              }
            }));
  }

  @Test
  void shed_failingAnywhere_isNoticed() {
    var random = new SplittableRandom(3);
    var large = chain(random, 40_000);
    assertPoints(
        20,
        failEverywhere(
            index -> {
              for (int i = 0; i < large.length(); i += 1_000) {
                index.store(4, Tier.GPU, NONE, large.slice(i, i + 1_000), 0);
              }
            }));
  }
}
