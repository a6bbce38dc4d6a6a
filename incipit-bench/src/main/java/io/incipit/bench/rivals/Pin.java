// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import java.io.IOException;
import java.util.List;

/// How a process is kept on one core.
final class Pin {
  private Pin() {}

  /// What to put before a command: nothing where there is no `taskset`.
  static List<String> command() {
    int last = Runtime.getRuntime().availableProcessors() - 1;
    return isThere() ? List.of("taskset", "-c", Integer.toString(last)) : List.of();
  }

  private static boolean isThere() {
    try {
      return new ProcessBuilder("taskset", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .onExit()
              .join()
              .exitValue()
          == 0;
    } catch (IOException absent) {
      return false;
    }
  }
}
