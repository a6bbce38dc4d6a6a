// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.load.Prompts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The trace whose prompts a measurement takes. A mixin.
final class PromptsOption {
  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "A trace in Mooncake's format, or -; if not given, prompts are made up, of about the"
              + " shape of Mooncake's conversation trace.")
  private @Nullable Path trace;

  /// The file, if one was given.
  Optional<Path> file() {
    return Optional.ofNullable(trace);
  }

  /// Its prompts, or made-up ones.
  Prompts prompts(long seed) throws IOException {
    return trace == null ? Prompts.standIn(seed) : Prompts.read(trace);
  }
}
