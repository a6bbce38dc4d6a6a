// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Readers beside the writer see only what is true; with a bug planted, they are seen not to.
final class RunIndexStressTest {
  private static final int ROUNDS = Seed.isSlow() ? 1_000 : 30;
  private static final int STEPS = 20_000;
  private final long seed = Seed.choose();

  private Optional<String> stress(RunFault fault, int round) throws InterruptedException {
    var config = new IndexConfig(true, Long.MAX_VALUE, seed + round);
    return new ReaderStress(new RunIndex(config, fault), seed + round).run(STEPS);
  }

  @Test
  void read_besideTheWriter_seesOnlyWhatIsTrue() throws InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      assertEquals(
          Optional.empty(), stress(RunFault.NONE, round), "-Dincipit.seed=" + (seed + round));
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void read_withAPlantedBug_isCaught(RunFault fault) throws InterruptedException {
    boolean caught = false;
    for (int round = 0; round < 4 * ROUNDS && !caught; round++) {
      caught = stress(fault, round).isPresent();
    }
    assertTrue(caught, fault + " was not caught");
  }
}
