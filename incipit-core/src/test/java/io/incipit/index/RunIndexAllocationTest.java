// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Look-ups allocate nothing once their answers have grown.
final class RunIndexAllocationTest {
  private static final int CHAINS = 100;
  private static final int OWNERS = 100;
  private static final int QUESTIONS = 100_000;
  private static final int BYTES_MAX = 4_096;

  private final RunIndex index = new RunIndex(IndexConfig.DEFAULT);
  private final BlockChain[] chains = new BlockChain[CHAINS];
  private final BlockChain[] tails = new BlockChain[CHAINS];
  private final Place[] places = new Place[CHAINS];
  private final QuestionBudget budget = QuestionBudget.unlimited();
  private final MatchAnswer match = new MatchAnswer();
  private final ScoreAnswer score = new ScoreAnswer();

  @Test
  void ask_warmAnswers_allocatesNothing() {
    fill();
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().threadId();
    long blocks = ask(QUESTIONS);
    long before = threads.getThreadAllocatedBytes(thread);
    long again = ask(QUESTIONS);
    long allocated = threads.getThreadAllocatedBytes(thread) - before;
    assertEquals(blocks, again);
    assertTrue(allocated < BYTES_MAX, () -> allocated + " bytes");
  }

  /// A trunk that all share, with many holders, and below it a branch of each.
  private void fill() {
    var random = new SplittableRandom(1);
    var trunk = random.longs(50).toArray();
    for (int c = 0; c < CHAINS; c++) {
      var hashes = random.longs(250).toArray();
      System.arraycopy(trunk, 0, hashes, 0, trunk.length);
      chains[c] = BlockChain.of(hashes);
      index.store(c % OWNERS, Tier.of(c & 3), BlockChain.empty(8), chains[c], 0);
      tails[c] = chains[c].slice(200, 250);
      index.storeChain((c + 1) % OWNERS, Tier.GPU, chains[c].slice(0, 100), 0);
    }
    for (int c = 0; c < CHAINS; c++) {
      index.match(Place.ROOT, chains[c].slice(0, 200), Eligible.ALL, 0, budget.renew(), match);
      places[c] = match.place();
    }
  }

  private long ask(int questions) {
    long sum = 0;
    for (int i = 0; i < questions; i++) {
      int c = i % CHAINS;
      var chain = chains[c];
      index.match(Place.ROOT, chain, Eligible.ALL, Integer.MAX_VALUE, budget.renew(), match);
      sum += match.blocks();
      index.score(
          Place.ROOT, chain, OWNERS, Eligible.ALL, Integer.MAX_VALUE, budget.renew(), score);
      sum += score.known();
      index.match(places[c], tails[c], Eligible.ALL, Integer.MAX_VALUE, budget.renew(), match);
      sum += match.blocks();
      index.locate(chain, i % chain.length(), budget.renew(), match);
      sum += match.count();
    }
    return sum;
  }
}
