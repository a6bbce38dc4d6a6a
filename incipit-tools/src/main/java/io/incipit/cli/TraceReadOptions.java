// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// How a command reads the traces that it is given.
final class TraceReadOptions {
  private static final double START_SECONDS_MAX = 1e9;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--session-starts",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description =
          "Between the beginnings of two sessions, where a trace does not say (default:"
              + " ${DEFAULT-VALUE}).")
  private double startSeconds;

  @Option(names = "--skip-bad", description = "Count and leave out bad lines instead of failing.")
  private boolean skipBad;

  boolean skipBad() {
    return skipBad;
  }

  /// In `[0, 1e9)`.
  ///
  /// @throws ParameterException if it is not
  double startSeconds() {
    if (!(startSeconds >= 0 && startSeconds < START_SECONDS_MAX) && spec != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--session-starts: %s (expected: 0 or more seconds)".formatted(startSeconds));
    }
    return startSeconds;
  }
}
