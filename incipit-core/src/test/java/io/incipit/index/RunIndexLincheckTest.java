// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.env.Search;
import io.incipit.index.table.RunFault;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// One writer and readers on a small tree: every answer about a single run is one that an index
/// with a lock could have given. With bugs planted it is not, which shows that the check checks.
@Tag("lincheck")
final class RunIndexLincheckTest {
  private static final int OWNER = 0;
  private static final int GUEST = 1;

  /// Interleavings of one scenario that are checked; a small scenario has few that differ, so many
  /// scenarios find more than many interleavings.
  private static final int CHECKED = 150;

  /// The same where a planted fault is to be found; ends when it is.
  private static final int CHECKED_FOR_FAULT = 5_000;

  /// Times that one scenario is run by racing threads.
  private static final int RUN = 500;

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
      var asked = chain.slice(0, block);
      // A writer that is not let run in the middle of a change keeps a reader busy.
      while (index.match(Place.ROOT, asked, owner, 9, budget, answer) == Outcome.BUSY) {
        Thread.onSpinWait();
      }
      return answer.blocks();
    }

    @Operation
    public String locate(@Param(name = "block") int block) {
      var answer = new MatchAnswer();
      var budget = QuestionBudget.unlimited();
      while (index.locate(chain, block - 1, budget, answer) == Outcome.BUSY) {
        Thread.onSpinWait();
      }
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

  public static final class RecyclesEarly extends Tree {
    public RecyclesEarly() {
      super(new RunIndex(IndexConfig.DEFAULT, RunFault.RECYCLE_EARLY));
    }
  }

  private static ModelCheckingOptions modelChecking(ExecutionScenario scenario, int invocations) {
    return new ModelCheckingOptions()
        .iterations(0)
        .invocationsPerIteration(invocations)
        .minimizeFailedScenario(false)
        .addGuarantee(forClasses(BlockChain.class.getName()).allMethods().ignore())
        .addCustomScenario(scenario)
        .sequentialSpecification(Sequential.class);
  }

  private static StressOptions stress(ExecutionScenario scenario) {
    return new StressOptions()
        .iterations(0)
        .invocationsPerIteration(RUN)
        .minimizeFailedScenario(false)
        .addCustomScenario(scenario)
        .sequentialSpecification(Sequential.class);
  }

  /// One thread that writes beside one that reads.
  private static ExecutionScenario beside(Actor writer, Actor reader) {
    return new ExecutionScenario(
        List.of(), List.of(List.of(writer), List.of(reader)), List.of(), null);
  }

  /// Two changes, then the first of `threads` writes and reads and the others read, `actors` times
  /// each. Lincheck's own scenarios are the same ones in each run.
  private static ExecutionScenario random(long seed, int threads, int actors) {
    var random = new SplittableRandom(seed);
    var parallel = new ArrayList<List<Actor>>();
    for (int thread = 0; thread < threads; thread++) {
      boolean writes = thread == 0;
      parallel.add(
          Stream.generate(() -> writes && random.nextInt(4) > 0 ? change(random) : ask(random))
              .limit(actors)
              .toList());
    }
    return new ExecutionScenario(
        List.of(change(random), change(random)), parallel, List.of(ask(random)), null);
  }

  private static Actor change(SplittableRandom random) {
    return switch (random.nextInt(10)) {
      case 0 -> actor("clear");
      case 1 -> actor("sweep");
      default ->
          actor(List.of("branch", "cut", "hold", "drop").get(random.nextInt(4)), block(random));
    };
  }

  private static Actor ask(SplittableRandom random) {
    return actor(random.nextBoolean() ? "match" : "locate", block(random));
  }

  private static int block(SplittableRandom random) {
    return 1 + random.nextInt(4);
  }

  private static Actor actor(String operation, Integer... block) {
    try {
      var types = block.length == 0 ? new Class<?>[0] : new Class<?>[] {int.class};
      return new Actor(Tree.class.getMethod(operation, types), List.of(block));
    } catch (NoSuchMethodException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Test
  void stress_healthy_isLinearizable() {
    Search.of(Search.Family.LINCHECK, "one run, racing threads", 4, 90)
        .run(seed -> stress(random(seed, 3, 4)).check(Healthy.class));
  }

  @Test
  void modelChecking_healthy_isLinearizable() {
    Search.of(Search.Family.LINCHECK, "one run, model checking", 4, 180)
        .run(seed -> modelChecking(random(seed, 2, 2), CHECKED).check(Healthy.class));
  }

  /// A run of four blocks is split behind the second, while a reader asks for some of them.
  @Test
  void modelChecking_splitBesideMatch_isLinearizable() {
    modelChecking(beside(actor("branch", 2), actor("match", 3)), CHECKED).check(Healthy.class);
    modelChecking(beside(actor("branch", 2), actor("match", 4)), CHECKED).check(Healthy.class);
  }

  @Test
  void modelChecking_generationKept_isCaught() {
    assertCaught(KeepsGeneration.class, beside(actor("branch", 2), actor("match", 3)));
  }

  @Test
  void modelChecking_tableCached_isCaught() {
    assertCaught(CachesTable.class, beside(actor("branch", 2), actor("match", 4)));
  }

  /// A run is appended to, and its column moves, while a reader asks for its blocks.
  @Test
  void modelChecking_columnRecycledEarly_isCaught() {
    assertCaught(RecyclesEarly.class, beside(actor("branch", 4), actor("match", 4)));
  }

  private static void assertCaught(Class<? extends Tree> faulty, ExecutionScenario scenario) {
    assertThrows(
        LincheckAssertionError.class,
        () -> modelChecking(scenario, CHECKED_FOR_FAULT).check(faulty));
  }
}
