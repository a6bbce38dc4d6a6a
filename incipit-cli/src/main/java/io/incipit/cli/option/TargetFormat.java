// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.trace.TraceFormat;
import io.incipit.trace.format.TraceFormats;
import java.util.List;
import picocli.CommandLine.Option;

/// The format in which a command writes a trace. A mixin.
public final class TargetFormat {
  @Option(
      names = "--to",
      paramLabel = "FORMAT",
      defaultValue = "mooncake",
      description =
          "Format of what is written: mooncake, agent-sessions, bailian, weka, lmcache, aiperf or"
              + " oracle-general (default: ${DEFAULT-VALUE}).")
  private String to = "";

  /// The format.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public TraceFormat format(TraceFormats formats) {
    return named(formats, "--to", to, formats.writableNames());
  }

  /// A format by its name.
  ///
  /// @param option by which it was given
  /// @param names that it may have
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public static TraceFormat named(
      TraceFormats formats, String option, String name, List<String> names) {
    if (!names.contains(name)) {
      throw new IllegalArgumentException(
          "%s: %s (expected: one of %s)".formatted(option, name, String.join(", ", names)));
    }
    return formats.named(name).orElseThrow();
  }
}
