// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.bench.report.Goal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The benchmark of the tier `DISK`, against a real fio on a real disk.
class DiskRunIT {
  /// Not where `/tmp` is, which may be memory.
  private static final Path PARENT = Path.of(System.getProperty("incipit.root"), "target");

  @Test
  void run_quick_yieldsWhatTheGoalsAreOfAndLeavesNothing() throws Exception {
    Files.createDirectories(PARENT);
    var directory = Files.createTempDirectory(PARENT, "disk-run-");
    try {
      var run = new DiskRun(true, 1, 16, directory, _ -> {});
      var missing = run.missing();
      assumeTrue(missing.isEmpty(), missing.orElse(""));

      var ratios = run.run().ratios();

      assertThat(ratios.keySet()).containsAll(Goal.DISK.stream().map(Goal::result).toList());
      assertThat(ratios.values()).allMatch(spread -> spread.min() > 0);
      assertThat(directory).isEmptyDirectory();
    } finally {
      Files.delete(directory);
    }
  }

  @Test
  void depth_thatSharesNoBytesEvenly_isRefused(@TempDir Path directory) {
    assertThatThrownBy(() -> new DiskRun(true, 1, 3, directory, _ -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--depth: 3 (expected: one of [1, 2, 4, 8, 16])");
  }

  @Test
  void msPerGib_ofOtherBytesThanAsked_isRefused() {
    assertThatThrownBy(() -> Fio.msPerGib("{\"jobs\": []}", "read", 4096))
        .isInstanceOf(IOException.class)
        .hasMessage("fio: 0 bytes (expected: 4096)");
  }
}
