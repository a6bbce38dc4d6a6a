// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.incipit.env.Search;
import io.incipit.index.table.RunFault;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Readers beside the writer see only what is true; with a bug planted, they are seen not to.
@Tag("stress")
final class RunIndexStressTest {
  private static final int STEPS = 20_000;

  /// Hashes have 8 or 16 bytes, in turn.
  private static Optional<String> stress(RunFault fault, long seed) {
    int hashBytes = seed % 2 == 0 ? 8 : 16;
    var config = new IndexConfig(hashBytes, true, Long.MAX_VALUE, seed);
    try {
      return new ReaderStress(new RunIndex(config, fault), hashBytes, seed).run(STEPS);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void read_besideTheWriter_seesOnlyWhatIsTrue() {
    Search.of(Search.Family.STRESS, "index, readers beside the writer", 10, 240)
        .run(seed -> assertEquals(Optional.empty(), stress(RunFault.NONE, seed)));
  }

  /// [RunFault#CACHE_TABLE] is left to [RunIndexLincheckTest], which forces the interleaving: once
  /// the code is compiled, a look-up that stands across the growth of a table is rare.
  @ParameterizedTest
  @EnumSource(names = {"KEEP_GENERATION", "RECYCLE_EARLY"})
  void read_withAPlantedBug_isCaught(RunFault fault) {
    Search.of(Search.Family.STRESS, "index, readers with " + fault, 0, 0)
        .runUntil(seed -> stress(fault, seed).isPresent());
  }
}
