// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.load.IndexRun;
import io.incipit.bench.load.Prompts;
import io.incipit.bench.report.Goal;
import io.incipit.bench.report.Result;
import io.incipit.bench.report.Surroundings;
import io.incipit.bench.report.Table;
import io.incipit.env.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `incipit bench index`.
@Command(
    name = "index",
    header = "Measures the index beside other designs, in one process.",
    description =
        "CPU time of the measuring thread, in rounds in which each design has its turn. A number is"
            + " that of the work alone: taking the request is measured too, and subtracted.")
final class IndexCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--quick", description = "Fewer rounds and questions; under 45 s on two cores.")
  private boolean quick;

  @Option(names = "--json", paramLabel = "FILE", description = "Write samples and ratios there.")
  private @Nullable Path json;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "A trace in Mooncake's format; if not given, ../shared/traces/conversation_trace.jsonl"
              + " beside the sources, or made-up prompts where that is absent.")
  private @Nullable Path trace;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of all that is drawn by chance; ${DEFAULT-VALUE} if not given.")
  private long seed;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    var out = commandLine.getOut();
    var machine = Surroundings.machine();
    var prompts = prompts();
    out.println("input: " + prompts.source() + ", " + prompts.count() + " requests");
    var progress = new Progress(commandLine.getErr());
    var samples = new IndexRun(quick, seed, prompts, progress).run();
    Table.print(
        out, samples, Map.of("", "CPU ns per look-up, or per block put; median"), Goal.INDEX);
    if (json != null) {
      Result.of(
              new Result.Run(
                  "index",
                  "./incipit bench index" + (quick ? " --quick" : "") + " --seed " + seed,
                  seed,
                  prompts.source() + ", " + prompts.count() + " requests",
                  "CPU ns per operation"),
              machine,
              samples)
          .write(json);
    }
    return ExitCode.OK;
  }

  private Prompts prompts() throws IOException {
    if (trace != null) {
      return Prompts.read(trace);
    }
    var usual =
        Surroundings.root().resolve("../shared/traces/conversation_trace.jsonl").normalize();
    return Disk.system().exists(usual) ? Prompts.read(usual) : Prompts.standIn(seed);
  }
}
