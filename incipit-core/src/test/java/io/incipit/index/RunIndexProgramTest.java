// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The run index answers like the oracle, whatever happens to it.
final class RunIndexProgramTest {
  private static final int COMPARED_EVERY = 10_000;

  @Test
  void programs_random_answerLikeTheOracle() {
    long seed = Seed.choose();
    int programs = Seed.isSlow() ? 10_000 : 100;
    for (int i = 0; i < programs; i++) {
      var random = new SplittableRandom(seed + i);
      run(seed + i, IndexProgram.Kind.random(random), random, COMPARED_EVERY);
    }
  }

  /// Runs of many lengths, up to the longest and over.
  @Test
  void programs_longChains_answerLikeTheOracle() {
    long seed = Seed.choose();
    int programs = Seed.isSlow() ? 100 : 4;
    for (int i = 0; i < programs; i++) {
      var random = new SplittableRandom(seed + i);
      var kind = new IndexProgram.Kind(2, 6_000, 3, 2, 8, random.nextInt(4) != 0, false);
      run(seed + i, kind, random, 400);
    }
  }

  private static void run(long seed, IndexProgram.Kind kind, SplittableRandom random, int steps) {
    var config = new IndexConfig(kind.byHash(), Long.MAX_VALUE, random.nextLong());
    var program = new IndexProgram(kind, new RunIndex(config), random);
    try {
      for (int step = 1; step <= steps; step++) {
        program.step();
        if (step % COMPARED_EVERY == 0) {
          program.compare();
        }
      }
      program.compare();
      program.end();
    } catch (Throwable failure) {
      throw new AssertionError("-Dincipit.seed=" + seed + " " + program, failure);
    }
  }
}
