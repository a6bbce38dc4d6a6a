// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.report.Result;
import io.incipit.bench.report.Samples;
import io.incipit.cli.Invocation;
import io.incipit.cli.option.Output;
import io.incipit.cli.option.Outputs;
import io.incipit.env.Disk;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a measurement is run, and where its samples go. A mixin.
final class RunOptions {
  @Option(names = "--quick", description = "Fewer rounds, or shorter; under a minute on two cores.")
  private boolean quick;

  @Option(names = "--json", paramLabel = "FILE", description = "Write samples and ratios there.")
  private @Nullable Path json;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of all that is drawn by chance; ${DEFAULT-VALUE} if not given.")
  private long seed;

  boolean quick() {
    return quick;
  }

  long seed() {
    return seed;
  }

  /// Where samples and ratios go; nowhere if that was not asked for.
  @Nullable Path json() {
    return json;
  }

  /// Refuses a file that cannot be written, before an hour of measuring.
  ///
  /// @param read what is read beside
  /// @return where the tables go
  PrintWriter text(Invocation call, List<Path> read) throws IOException {
    var output =
        Optional.ofNullable(json).map(path -> new Output("--json", path)).stream().toList();
    return call.textBeside(call.refusing(() -> Outputs.of(Disk.system(), read, output)));
  }

  /// Writes what was measured if that was asked for.
  ///
  /// @param machine as it was when the run began
  void write(Measured measured, Map<String, String> machine, Samples samples)
      throws IOException, InterruptedException {
    if (json == null) {
      return;
    }
    var name = measured.benchmark();
    var command =
        "./incipit bench " + measured.command() + (quick ? " --quick" : "") + " --seed " + seed;
    var run = new Result.Run(name, command, seed, measured.input(), measured.unit());
    Result.of(run, machine, samples).write(json);
  }

  /// What was measured.
  ///
  /// @param benchmark as its command is called
  /// @param command the same with what was asked of it
  /// @param input the trace, in words
  /// @param unit of the samples
  record Measured(String benchmark, String command, String input, String unit) {}
}
