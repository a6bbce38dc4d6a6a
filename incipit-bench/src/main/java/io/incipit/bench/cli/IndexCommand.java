// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.load.IndexRun;
import io.incipit.bench.report.Goal;
import io.incipit.bench.report.Surroundings;
import io.incipit.bench.report.Table;
import io.incipit.cli.Invocation;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

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

  @Mixin private final PromptsOption input = new PromptsOption();

  @Override
  public Integer call() throws IOException, InterruptedException {
    var text = run.text(call, input.file().stream().toList());
    var machine = Surroundings.machine();
    var prompts = input.prompts(run.seed());
    var said = prompts.source() + ", " + prompts.count() + " requests";
    text.println("input: " + said);
    var progress = new Progress(call.err());
    var samples = new IndexRun(run.quick(), run.seed(), prompts, progress).run();
    Table.print(text, samples, UNITS, Goal.INDEX);
    var command = input.file().map(file -> "index --trace " + file.getFileName());
    run.write(
        new RunOptions.Measured("index", command.orElse("index"), said, "CPU ns per operation"),
        machine,
        samples);
    return ExitCode.OK;
  }
}
