// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import io.incipit.env.Search;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("programs")
final class RetentionProgramTest {
  private static final int STEPS = 1_500;

  @ParameterizedTest
  @EnumSource
  void program_ofAnySeed_evictsWhatMayGo(KeepPolicy policy) {
    Search.of(Search.Family.PROGRAMS, "retention under " + policy, 2, 30)
        .run(seed -> run(seed, policy, false, RetainFault.NONE));
  }

  @ParameterizedTest
  @EnumSource
  void program_whoseTellingFails_evictsWhatMayGo(KeepPolicy policy) {
    Search.of(Search.Family.PROGRAMS, "failing retention under " + policy, 2, 30)
        .run(seed -> run(seed, policy, true, RetainFault.NONE));
  }

  @ParameterizedTest
  @EnumSource(value = RetainFault.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void program_withAPlantedBug_catchesIt(RetainFault fault) {
    Search.of(Search.Family.PROGRAMS, "retention with " + fault, 0, 0)
        .runUntil(
            seed -> {
              try {
                run(seed, KeepPolicy.LEAF_LRU, false, fault);
                return false;
              } catch (AssertionError | RuntimeException caught) {
                return true;
              }
            });
  }

  private static void run(long seed, KeepPolicy policy, boolean failing, RetainFault fault) {
    try (var program = new RetentionProgram(seed, policy, failing, fault)) {
      program.run(STEPS);
    }
  }
}
