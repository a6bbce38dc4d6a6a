// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.env.Search;
import io.incipit.env.Search.Family;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The run index answers like the oracle, whatever happens to it.
@Tag("programs")
final class RunIndexProgramTest {
  private static final int COMPARED_EVERY = 10_000;

  @Test
  void programs_random_answerLikeTheOracle() {
    Search.of(Family.PROGRAMS, "index, programs", 8, 60)
        .run(
            seed -> {
              var random = new SplittableRandom(seed);
              run(IndexProgram.Kind.random(random), random, COMPARED_EVERY);
            });
  }

  /// Runs of many lengths, up to the longest and over.
  @Test
  void programs_longChains_answerLikeTheOracle() {
    Search.of(Family.PROGRAMS, "index, programs of long chains", 4, 30)
        .run(
            seed -> {
              var random = new SplittableRandom(seed);
              run(
                  new IndexProgram.Kind(2, 6_000, 3, 2, 8, random.nextInt(4) != 0, false),
                  random,
                  400);
            });
  }

  private static void run(IndexProgram.Kind kind, SplittableRandom random, int steps) {
    var config =
        new IndexConfig(kind.hashBytes(), kind.byHash(), Long.MAX_VALUE, random.nextLong());
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
      throw new AssertionError(program.toString(), failure);
    }
  }
}
