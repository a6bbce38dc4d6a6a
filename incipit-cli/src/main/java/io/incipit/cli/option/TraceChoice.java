// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The one trace that a command works on: a file, or a generated one instead. A mixin.
public final class TraceChoice {
  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "A trace in any format that `incipit trace` reads, or -; or give --preset.")
  private @Nullable Path file;

  @Mixin private final GeneratedOptions generated = new GeneratedOptions();

  @Mixin private final ReadOptions reading = new ReadOptions();

  /// The file, if it is to be one.
  public Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  /// All files that are read.
  public List<Path> inputs() {
    return Stream.concat(file().stream(), reading.files()).toList();
  }

  public GeneratedOptions generated() {
    return generated;
  }

  /// The trace, not opened yet.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  /// @throws IOException if there is no tokenizer in the file that was named
  public TraceSource source(TraceInput input) throws IOException {
    return source(path -> reading.source(input, path));
  }

  /// The same for whoever opens it once, so that a pipe is read as it comes.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  /// @throws IOException if there is no tokenizer in the file that was named
  public TraceSource sourceOnce(TraceInput input) throws IOException {
    return source(path -> reading.sourceOnce(input, path));
  }

  private TraceSource source(Reading reader) throws IOException {
    var preset = generated.preset();
    if (file == null) {
      reading
          .askedOfText()
          .ifPresent(
              asked -> {
                throw new IllegalArgumentException(
                    asked + " without a file (expected: a log of prompts)");
              });
      return generated.source(
          preset.orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "FILE: missing (expected: a trace, or --preset NAME)")));
    }
    if (preset.isPresent()) {
      throw new IllegalArgumentException(
          "--preset: %s beside %s (expected: one of them)".formatted(preset.get(), file));
    }
    return reader.read(file);
  }

  private interface Reading {
    TraceSource read(Path path) throws IOException;
  }
}
