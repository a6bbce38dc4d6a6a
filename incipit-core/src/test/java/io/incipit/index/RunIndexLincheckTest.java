// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/// One writer and readers on a small tree: every answer about a single run is one that an index
/// with a lock could have given. With bugs planted it is not, which shows that the check checks.
final class RunIndexLincheckTest {
  private static final int OWNER = 0;
  private static final int GUEST = 1;

  /// A chain of four blocks that its owner keeps, and a guest that holds blocks of it and below it.
  @Param(name = "block", gen = IntGen.class, conf = "1:4")
  abstract static class Tree {
    private final BlockChain chain = BlockChain.of(1, 2, 3, 4);
    private final PrefixIndex index;

    Tree(PrefixIndex index) {
      this.index = index;
      index.store(OWNER, Tier.GPU, BlockChain.empty(8), chain, 0);
    }

    @Operation(nonParallelGroup = "writer")
    public void branch(@Param(name = "block") int block) {
      index.store(
          GUEST, Tier.DISK, BlockChain.of(block), BlockChain.of(10L * block, 10L * block + 1), 0);
    }

    @Operation(nonParallelGroup = "writer")
    public int cut(@Param(name = "block") int block) {
      return index.remove(GUEST, Tier.DISK, BlockChain.of(10L * block, 10L * block + 1));
    }

    @Operation(nonParallelGroup = "writer")
    public void hold(@Param(name = "block") int block) {
      index.store(
          GUEST,
          Tier.HOST,
          chain.slice(Math.max(0, block - 2), block - 1),
          chain.slice(block - 1, block),
          0);
    }

    @Operation(nonParallelGroup = "writer")
    public int drop(@Param(name = "block") int block) {
      return index.remove(GUEST, Tier.HOST, chain.slice(block - 1, block));
    }

    @Operation(nonParallelGroup = "writer")
    public void clear() {
      index.clear(GUEST, Tier.HOST.mask());
    }

    @Operation(nonParallelGroup = "writer")
    public void sweep() {
      while (index.sweep()) {
        Thread.onSpinWait();
      }
    }

    /// The owner's blocks, which nothing changes.
    @Operation
    public int match(@Param(name = "block") int block) {
      var answer = new MatchAnswer();
      var owner = Eligible.of(Tier.ALL_MASK, OWNER);
      var budget = QuestionBudget.unlimited();
      index.match(Place.ROOT, chain.slice(0, block), owner, 9, budget, answer);
      return answer.blocks();
    }

    @Operation
    public String locate(@Param(name = "block") int block) {
      var answer = new MatchAnswer();
      index.locate(chain, block - 1, QuestionBudget.unlimited(), answer);
      return answer.holders().toString();
    }
  }

  /// As it should be, one operation at a time.
  public static final class Sequential extends Tree {
    public Sequential() {
      super(new OracleIndex());
    }
  }

  public static final class Healthy extends Tree {
    public Healthy() {
      super(new RunIndex(IndexConfig.DEFAULT));
    }
  }

  public static final class KeepsGeneration extends Tree {
    public KeepsGeneration() {
      super(new RunIndex(IndexConfig.DEFAULT, RunFault.KEEP_GENERATION));
    }
  }

  public static final class CachesTable extends Tree {
    public CachesTable() {
      super(new RunIndex(IndexConfig.DEFAULT, RunFault.CACHE_TABLE));
    }
  }

  private static ModelCheckingOptions modelChecking(int iterations) {
    return new ModelCheckingOptions()
        .iterations(iterations)
        .invocationsPerIteration(Seed.isSlow() ? 20_000 : 1_000)
        .threads(2)
        .actorsPerThread(2)
        .actorsBefore(2)
        .actorsAfter(0)
        .minimizeFailedScenario(false)
        .addGuarantee(forClasses(BlockChain.class.getName()).allMethods().ignore())
        .addCustomScenario(splitBesideMatch(3))
        .addCustomScenario(splitBesideMatch(4))
        .sequentialSpecification(Sequential.class);
  }

  /// A run of four blocks is split behind the second, while a reader asks for some of them.
  private static ExecutionScenario splitBesideMatch(int blocks) {
    return new ExecutionScenario(
        List.of(),
        List.of(List.of(actor("branch", 2)), List.of(actor("match", blocks))),
        List.of(),
        null);
  }

  private static Actor actor(String operation, int block) {
    try {
      return new Actor(Tree.class.getMethod(operation, int.class), List.of(block));
    } catch (NoSuchMethodException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static StressOptions stress() {
    return new StressOptions()
        .iterations(Seed.isSlow() ? 200 : 10)
        .invocationsPerIteration(Seed.isSlow() ? 20_000 : 2_000)
        .threads(3)
        .actorsPerThread(4)
        .actorsBefore(2)
        .actorsAfter(1)
        .minimizeFailedScenario(false)
        .sequentialSpecification(Sequential.class);
  }

  @Test
  void stress_healthy_isLinearizable() {
    stress().check(Healthy.class);
  }

  @Test
  void modelChecking_healthy_isLinearizable() {
    modelChecking(Seed.isSlow() ? 200 : 2).check(Healthy.class);
  }

  @Test
  void modelChecking_generationKept_isCaught() {
    assertThrows(LincheckAssertionError.class, () -> modelChecking(0).check(KeepsGeneration.class));
  }

  @Test
  void modelChecking_tableCached_isCaught() {
    assertThrows(LincheckAssertionError.class, () -> modelChecking(0).check(CachesTable.class));
  }
}
