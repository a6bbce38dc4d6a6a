// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.trace.generate.SyntheticTrace;
import io.incipit.trace.generate.Workload;
import io.incipit.trace.report.Words;
import io.incipit.trace.simulate.TraceSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// A trace that is generated. A mixin.
public final class GeneratedOptions {
  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "What a generated trace resembles: conversation, tool, rag or agent.")
  private @Nullable String preset;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Requests of the generated trace (default: ${DEFAULT-VALUE}).")
  private long requests;

  @Mixin private final SeedOption seed = new SeedOption();

  /// The preset that was asked for.
  public Optional<String> preset() {
    return Optional.ofNullable(preset);
  }

  /// Requests to generate.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public long requests() {
    if (requests < 1) {
      throw new IllegalArgumentException(
          "--requests: %d (expected: at least 1)".formatted(requests));
    }
    return requests;
  }

  public long seed() {
    return seed.value();
  }

  /// A trace that is generated whenever it is opened, each time the same.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public TraceSource source(String named) {
    return source(named, requests());
  }

  /// The same, of so many requests.
  public TraceSource source(String named, long count) {
    var workload = Blame.on("--preset", () -> Workload.preset(named));
    var name = "%s, %s requests, seed %d".formatted(named, Words.whole(count), seed());
    return new TraceSource(name, () -> new SyntheticTrace(workload, count, seed()));
  }
}
