// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.micro;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.env.RandomSource;
import io.incipit.index.Eligible;
import io.incipit.index.IndexConfig;
import io.incipit.index.MatchAnswer;
import io.incipit.index.Place;
import io.incipit.index.PrefixIndex;
import io.incipit.index.QuestionBudget;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Single operations of the index with everything in the processor's caches: what the instructions
/// cost, where `bench index` shows what memory costs on top.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PrefixIndexBenchmark {
  private static final int OWNER = 0;
  private static final int TURN = 86;

  /// Blocks of the chain that is stored; it stands in three runs.
  @Param({"24", "767"})
  int blocks;

  private final PrefixIndex index = PrefixIndex.create(IndexConfig.DEFAULT);
  private final QuestionBudget budget = QuestionBudget.unlimited();
  private final MatchAnswer answer = new MatchAnswer();
  private BlockChain chain = BlockChain.empty(Long.BYTES);
  private BlockChain last = BlockChain.empty(Long.BYTES);
  private BlockChain turn = BlockChain.empty(Long.BYTES);

  /// Stores the chain, and two that part from it at a third and at two thirds.
  @Setup
  public void store() {
    var random = RandomSource.seeded(1);
    chain = BlockChain.of(random.longs(blocks).toArray());
    last = chain.slice(blocks - 1, blocks);
    turn = BlockChain.of(random.longs(TURN).toArray());
    var none = BlockChain.empty(Long.BYTES);
    index.store(OWNER, Tier.GPU, none, chain, 0);
    index.store(
        OWNER, Tier.GPU, chain.slice(blocks / 3 - 1, blocks / 3), BlockChain.of(1, 2, 3), 0);
    int second = blocks * 2 / 3;
    index.store(OWNER, Tier.GPU, chain.slice(second - 1, second), BlockChain.of(4, 5, 6), 0);
  }

  /// Matches the whole chain, holders included.
  @Benchmark
  public int match() {
    index.match(Place.ROOT, chain, Eligible.ALL, Integer.MAX_VALUE, budget.renew(), answer);
    return answer.blocks();
  }

  /// Matches the whole chain without its holders.
  @Benchmark
  public int matchLength() {
    index.match(Place.ROOT, chain, Eligible.ALL, 0, budget.renew(), answer);
    return answer.blocks();
  }

  /// Stores a turn below the chain and removes it again by its hashes.
  @Benchmark
  public int storeAndRemove() {
    index.store(OWNER, Tier.GPU, last, turn, 0);
    return index.remove(OWNER, Tier.GPU, turn);
  }
}
