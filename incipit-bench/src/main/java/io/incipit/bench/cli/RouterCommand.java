// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.load.EventsRun;
import io.incipit.bench.load.RouterRun;
import io.incipit.bench.report.Goal;
import io.incipit.bench.report.Surroundings;
import io.incipit.bench.report.Table;
import io.incipit.cli.Invocation;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `incipit bench router`.
@Command(
    name = "router",
    header = "Measures how engines are followed and routers answered.",
    description =
        "A block of 16 tokens that an engine stores and later drops: CPU time in this process, part"
            + " by part; and how many pass over the loopback interface to a server of its own. Then"
            + " which of 256 workers has how much of a prompt of 767 blocks, over HTTP and RESP,"
            + " beside Dynamo's standalone indexer if --dynamo says where that is.")
final class RouterCommand implements Callable<Integer> {
  @Mixin private final Invocation call = new Invocation();

  @Mixin private final RunOptions run = new RunOptions();

  @Option(
      names = "--dynamo",
      paramLabel = "PYTHON",
      description =
          "A python for which ai-dynamo-runtime is installed (pip; 1.6.1 is known to do).")
  private @Nullable String dynamo;

  @Option(
      names = "--events",
      paramLabel = "N",
      description =
          "Instead, so many events of an engine, with what may go wrong, and what memory they leave"
              + " behind; 100000000 take 5 minutes.")
  private long events;

  @Override
  public Integer call() throws IOException, InterruptedException {
    return events > 0 ? follow() : measure();
  }

  private int follow() throws IOException, InterruptedException {
    var text = run.text(call, List.of());
    var machine = Surroundings.machine();
    var samples = new EventsRun(events, run.seed(), new Progress(call.err())).run();
    var tables = new LinkedHashMap<String, String>();
    tables.put(".mib", "MiB; median");
    tables.put(".cpu.us", "CPU us an event; median");
    Table.print(text, samples, tables, Goal.EVENTS);
    var measured =
        new RunOptions.Measured("events", "router --events " + events, EventsRun.INPUT, "MiB");
    run.write(measured, machine, samples);
    return ExitCode.OK;
  }

  private int measure() throws IOException, InterruptedException {
    var text = run.text(call, List.of());
    var machine = Surroundings.machine();
    var samples =
        new RouterRun(run.quick(), run.seed(), new Progress(call.err()))
            .run(Optional.ofNullable(dynamo));
    var tables = new LinkedHashMap<String, String>();
    tables.put(".us", "CPU us a block that is stored and dropped; median");
    tables.put(".kpairs", "Thousands of such blocks a second over loopback; median");
    tables.put(".cpu", "CPU us of the server per request; median");
    tables.put(".p99", "Latency, 99th percentile, us; median");
    Table.print(text, samples, tables, Goal.ROUTER);
    var command = "router" + (dynamo == null ? "" : " --dynamo python");
    run.write(new RunOptions.Measured("router", command, RouterRun.INPUT, "us"), machine, samples);
    return ExitCode.OK;
  }
}
