// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.load.Prompts;
import io.incipit.bench.rivals.RivalsResult;
import io.incipit.bench.rivals.RivalsRun;
import io.incipit.bench.rivals.RivalsTable;
import io.incipit.cli.Invocation;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `incipit evaluate rivals`.
@Command(
    name = "rivals",
    header = "Measures the index beside those of other projects, from their published packages.",
    description =
        "NVIDIA Dynamo's (cargo), llm-d's and AIBrix's (go), each in a process of its own on one"
            + " core, in rounds in which each has its turn with the same prompts. What they answer"
            + " is compared. What is missing is built first, below target/rivals; who cannot be"
            + " built is left out, and said.")
final class RivalsCommand implements Callable<Integer> {
  @Mixin private final Invocation call = new Invocation();

  @Mixin private final RunOptions run = new RunOptions();

  @Mixin private final PromptsOption input = new PromptsOption();

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "Only the first N requests of the trace, from 1 on; all if not given.")
  private int requests;

  @Option(names = "--servers", description = "Only servers, over the loopback interface.")
  private boolean servers;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var given = input.file();
    var text = run.text(call, given.stream().toList());
    var prompts = call.refusing(this::prompts);
    text.println("input: " + prompts.source() + ", " + prompts.count() + " requests");
    text.flush();
    var command =
        "./incipit evaluate rivals"
            + given.map(file -> " --trace " + file.getFileName()).orElse("")
            + (requests == 0 ? "" : " --requests " + requests)
            + (run.quick() ? " --quick" : "")
            + (servers ? " --servers" : "")
            + (" --seed " + run.seed());
    var measuring = new RivalsRun(run.quick(), run.seed(), new Progress(call.err()));
    var result =
        servers
            ? measuring.runServers(prompts, command)
            : measuring.run(prompts, command, this::keep);
    new RivalsTable(text, Ansi.AUTO.enabled()).print(result);
    keep(result);
    return ExitCode.OK;
  }

  /// After each workload, so that a run that is stopped leaves something.
  private void keep(RivalsResult result) throws IOException {
    if (run.json() != null) {
      result.write(run.json());
    }
  }

  private Prompts prompts() throws IOException {
    if (requests < 0) {
      throw new IllegalArgumentException(
          "--requests: %d (expected: at least 1)".formatted(requests));
    }
    if (servers && run.quick()) {
      throw new IllegalArgumentException(
          "--servers: given with --quick (expected: one of the two)");
    }
    var all = input.prompts(run.seed());
    return requests == 0 ? all : all.first(requests);
  }
}
