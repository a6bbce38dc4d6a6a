// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.load.IndexRun;
import io.incipit.bench.load.Prompts;
import io.incipit.bench.report.Goal;
import io.incipit.bench.report.Result;
import io.incipit.bench.report.Samples;
import io.incipit.bench.report.Spread;
import io.incipit.bench.report.Surroundings;
import io.incipit.bench.report.Table;
import io.incipit.env.Clock;
import io.incipit.env.Disk;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
    var progress = commandLine.getErr();
    var machine = Surroundings.machine();
    var prompts = prompts();
    out.println("input: " + prompts.source() + ", " + prompts.count() + " requests");
    var clock = Clock.system();
    long start = clock.nanoTime();
    var samples =
        new IndexRun(
                quick,
                seed,
                prompts,
                line ->
                    progress.printf(
                        "  %3d s  %s ...%n", (clock.nanoTime() - start) / 1_000_000_000L, line))
            .run();
    print(out, samples);
    if (json != null) {
      result(machine, prompts, samples).write(json);
    }
    return 0;
  }

  private Prompts prompts() throws IOException {
    if (trace != null) {
      return Prompts.read(trace);
    }
    var usual =
        Surroundings.root().resolve("../shared/traces/conversation_trace.jsonl").normalize();
    return Disk.system().exists(usual) ? Prompts.read(usual) : Prompts.standIn(seed);
  }

  private static void print(PrintWriter out, Samples samples) {
    out.println();
    out.println("CPU ns per look-up, or per block put; median of the rounds");
    Table.cells(samples).forEach(line -> out.println("  " + line));
    out.println();
    out.println("Times what ours takes, or what it says: median (least .. greatest), and the goal");
    var results = samples.ratios();
    Table.results(results, Goal.INDEX).forEach(line -> out.println("  " + line));
    out.println();
    var missed = Goal.missed(Goal.INDEX, results);
    out.println(missed.isEmpty() ? "All goals reached." : "Falls short:");
    missed.forEach(line -> out.println("  " + line));
    out.flush();
  }

  private Result result(Map<String, String> machine, Prompts prompts, Samples samples)
      throws IOException, InterruptedException {
    var ratios = new LinkedHashMap<String, List<Double>>();
    for (var entry : samples.ratios().entrySet()) {
      Spread spread = entry.getValue();
      ratios.put(entry.getKey(), spread.toList());
    }
    return new Result(
        "index",
        "./incipit bench index" + (quick ? " --quick" : "") + " --seed " + seed,
        Surroundings.date(),
        Surroundings.commit(),
        machine,
        Surroundings.flags(),
        seed,
        prompts.source() + ", " + prompts.count() + " requests",
        "CPU ns per operation",
        samples.all(),
        ratios);
  }
}
