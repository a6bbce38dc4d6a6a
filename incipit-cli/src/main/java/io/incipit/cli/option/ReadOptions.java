// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.trace.TraceFormat;
import io.incipit.trace.simulate.TraceSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// How traces are read. A mixin of every command that reads some.
public final class ReadOptions {
  private static final double SECONDS_MAX = 1e9;

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

  /// A trace in the format that it has, not opened yet.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public TraceSource source(TraceInput input, Path path) {
    check();
    return named(TraceNames.of(path), input, path);
  }

  /// Traces in the formats that they have, not opened yet, with different names.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public List<TraceSource> sources(TraceInput input, List<Path> paths) {
    check();
    if (paths.isEmpty()) {
      throw new IllegalArgumentException("FILE: missing (expected: a trace, or several)");
    }
    var names = TraceNames.of(paths);
    var sources = new ArrayList<TraceSource>();
    for (int i = 0; i < paths.size(); i++) {
      sources.add(named(names.get(i), input, paths.get(i)));
    }
    return sources;
  }

  private TraceSource named(String name, TraceInput input, Path path) {
    return new TraceSource(name, () -> input.open(path, skipBad, startSeconds));
  }

  /// A trace in the format given, not opened yet.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public TraceSource source(TraceInput input, Path path, TraceFormat format) {
    check();
    return new TraceSource(path.toString(), () -> input.open(path, skipBad, startSeconds, format));
  }

  private void check() {
    if (!(startSeconds >= 0 && startSeconds < SECONDS_MAX)) {
      throw new IllegalArgumentException(
          "--session-starts: %s (expected: 0 or more seconds)".formatted(startSeconds));
    }
  }
}
