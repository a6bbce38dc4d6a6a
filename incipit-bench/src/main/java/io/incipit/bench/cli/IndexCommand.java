// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.load.IndexRun;
import io.incipit.bench.load.Prompts;
import io.incipit.bench.report.Goal;
import io.incipit.bench.report.Surroundings;
import io.incipit.bench.report.Table;
import io.incipit.cli.Invocation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `incipit bench index`.
@Command(
    name = "index",
    header = "Measures the index beside other designs, in one process.",
    description =
        "CPU time of the measuring thread, in rounds in which each design has its turn. A number is"
            + " that of the work alone: taking the request is measured too, and subtracted.")
final class IndexCommand implements Callable<Integer> {
  private static final Map<String, String> UNITS = new LinkedHashMap<>();

  static {
    UNITS.put("", "CPU ns per look-up, or per block put; median");
    UNITS.put(".wide", "The same in ours with hashes of 16 bytes");
  }

  @Mixin private final Invocation call = new Invocation();

  @Mixin private final RunOptions run = new RunOptions();

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "A trace in Mooncake's format, or -; if not given, prompts are made up, of about the"
              + " shape of Mooncake's conversation trace.")
  private @Nullable Path trace;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var text = run.text(call, Optional.ofNullable(trace).stream().toList());
    var machine = Surroundings.machine();
    var prompts = prompts();
    var input = prompts.source() + ", " + prompts.count() + " requests";
    text.println("input: " + input);
    var progress = new Progress(call.err());
    var samples = new IndexRun(run.quick(), run.seed(), prompts, progress).run();
    Table.print(text, samples, UNITS, Goal.INDEX);
    var command = Optional.ofNullable(trace).map(file -> "index --trace " + file.getFileName());
    run.write(
        new RunOptions.Measured("index", command.orElse("index"), input, "CPU ns per operation"),
        machine,
        samples);
    return ExitCode.OK;
  }

  private Prompts prompts() throws IOException {
    return trace == null ? Prompts.standIn(run.seed()) : Prompts.read(trace);
  }
}
