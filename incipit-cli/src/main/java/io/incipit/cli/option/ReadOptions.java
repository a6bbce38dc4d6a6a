// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
    return named(TraceNames.of(path), input, path, true);
  }

  /// Traces in the formats that they have, not opened yet, with different names.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  /// @throws IOException if there is no tokenizer in the file that was named
  public List<TraceSource> sources(TraceInput input, List<Path> paths) throws IOException {
    return sources(input, paths, true);
  }

  /// The same for whoever opens each once.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  /// @throws IOException if there is no tokenizer in the file that was named
  public List<TraceSource> sourcesOnce(TraceInput input, List<Path> paths) throws IOException {
    return sources(input, paths, false);
  }

  private List<TraceSource> sources(TraceInput input, List<Path> paths, boolean often)
      throws IOException {
    if (paths.isEmpty()) {
      throw new IllegalArgumentException("FILE: missing (expected: a trace, or several)");
    }
    var names = TraceNames.of(paths);
    var sources = new ArrayList<TraceSource>();
    for (int i = 0; i < paths.size(); i++) {
      sources.add(named(names.get(i), input, paths.get(i), often));
    }
    return sources;
  }

  private TraceSource named(String name, TraceInput input, Path path, boolean often)
      throws IOException {
    var file = file(input, path, often);
    return new TraceSource(name, () -> input.open(file));
  }

  /// A trace for whoever opens it once, so that a pipe is read as it comes.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  /// @throws IOException if there is no tokenizer in the file that was named
  public TraceSource sourceOnce(TraceInput input, Path path) throws IOException {
    return named(TraceNames.of(path), input, path, false);
  }

  /// The same in the format given.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  /// @throws IOException if there is no tokenizer in the file that was named
  public TraceSource sourceOnce(TraceInput input, Path path, TraceFormat format)
      throws IOException {
    var file = file(input, path, false);
    return new TraceSource(TraceNames.of(path), () -> input.open(file, format));
  }

  private TraceFile file(TraceInput input, Path path, boolean often) throws IOException {
    check();
    return new TraceFile(input.disk(path, often), path, skipBad, startSeconds, text.reading());
  }

  /// What is read beside traces.
  public Stream<Path> files() {
    return text.file();
  }

  /// What was asked of texts, of which a generated trace has none; `--option: value`.
  Optional<String> askedOfText() {
    return text.asked();
  }

  private void check() {
    if (!(startSeconds >= 0 && startSeconds < SECONDS_MAX)) {
      throw new IllegalArgumentException(
          "--session-starts: %s (expected: 0 or more seconds)".formatted(startSeconds));
    }
  }
}
