// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.env.Search;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("programs")
final class DiskProgramTest {
  private static final int STEPS = 400;

  @Test
  void program_onADiskThatFails_keepsWhatItSaidIsDurable() {
    long[] crashes = new long[1];
    Search.of(Search.Family.PROGRAMS, "disk store", 8, 600)
        .run(seed -> crashes[0] += new DiskProgram(seed, DiskFault.NONE).run(STEPS));
    System.out.printf("rounds: disk store: %,d crashes%n", crashes[0]);
  }

  @ParameterizedTest
  @EnumSource(
      value = DiskFault.class,
      names = {"NONE", "TRUST_PAYLOADS", "TRUST_FOOTERS"},
      mode = EnumSource.Mode.EXCLUDE)
  void program_withAPlantedBug_catchesIt(DiskFault fault) {
    Search.of(Search.Family.PROGRAMS, "disk store with " + fault, 0, 0)
        .runUntil(
            seed -> {
              try {
                new DiskProgram(seed, fault).run(STEPS);
                return false;
              } catch (Exception | AssertionError caught) {
                return true;
              }
            });
  }
}
