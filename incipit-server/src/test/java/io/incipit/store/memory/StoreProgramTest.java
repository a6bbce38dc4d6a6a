// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import io.incipit.env.Search;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("programs")
final class StoreProgramTest {
  private static final int STEPS = 1500;

  @Test
  void program_ofAnySeed_servesExactlyWhatWasCommitted() {
    Search.of(Search.Family.PROGRAMS, "store", 3, 60)
        .run(seed -> new StoreProgram(seed, false, StoreFault.NONE).run(STEPS));
  }

  @Test
  void program_whoseChangesFailHalfWay_losesNoMemory() {
    Search.of(Search.Family.PROGRAMS, "store whose changes fail", 3, 60)
        .run(seed -> new StoreProgram(seed, true, StoreFault.NONE).run(STEPS));
  }

  @ParameterizedTest
  @EnumSource(value = StoreFault.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void program_withAPlantedBug_catchesIt(StoreFault fault) {
    Search.of(Search.Family.PROGRAMS, "store with " + fault, 0, 0)
        .runUntil(
            seed -> {
              try {
                new StoreProgram(seed, false, fault).run(STEPS);
                return false;
              } catch (AssertionError | RuntimeException caught) {
                return true;
              }
            });
  }
}
