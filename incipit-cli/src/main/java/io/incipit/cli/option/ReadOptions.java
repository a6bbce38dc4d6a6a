// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.trace.TraceFormat;
import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
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

  @Mixin private final TextOptions text = new TextOptions();

  /// A trace in the format that it has, not opened yet.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  /// @throws IOException if there is no tokenizer in the file that was named
  public TraceSource source(TraceInput input, Path path) throws IOException {
    check();
    var cut = text.reading();
    return new TraceSource(path.toString(), () -> input.open(path, skipBad, startSeconds, cut));
  }

  /// A trace in the format given, not opened yet.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  /// @throws IOException if there is no tokenizer in the file that was named
  public TraceSource source(TraceInput input, Path path, TraceFormat format) throws IOException {
    check();
    var cut = text.reading();
    return new TraceSource(
        path.toString(), () -> input.open(path, skipBad, startSeconds, cut, format));
  }

  /// All of some traces, see [#source(TraceInput, Path)].
  public List<TraceSource> sources(TraceInput input, List<Path> paths) throws IOException {
    var sources = new ArrayList<TraceSource>();
    for (var path : paths) {
      sources.add(source(input, path));
    }
    return sources;
  }

  private void check() {
    if (!(startSeconds >= 0 && startSeconds < SECONDS_MAX)) {
      throw new IllegalArgumentException(
          "--session-starts: %s (expected: 0 or more seconds)".formatted(startSeconds));
    }
  }
}
