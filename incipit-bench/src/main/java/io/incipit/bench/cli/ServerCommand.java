// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.load.ServerRun;
import io.incipit.bench.report.Goal;
import io.incipit.bench.report.Surroundings;
import io.incipit.bench.report.Table;
import io.incipit.cli.Invocation;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/// `incipit bench server`.
@Command(
    name = "server",
    header = "Measures the server beside redis-server, over loopback.",
    description =
        "Both are children of this process, asked by the same client over one connection, 1 and 16"
            + " requests in flight, in rounds in which each way to ask has its turn. Redis is asked"
            + " by one EXISTS of as many keys (exists), by one MGET (mget), and by as many EXISTS"
            + " sent at once (pipelined).")
final class ServerCommand implements Callable<Integer> {
  @Mixin private final Invocation call = new Invocation();

  @Mixin private final RunOptions run = new RunOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    var text = run.text(call, List.of());
    var machine = Surroundings.machine();
    var samples = new ServerRun(run.quick(), run.seed(), new Progress(call.err())).run();
    var tables = new LinkedHashMap<String, String>();
    tables.put(".cpu", "CPU us of the server per request; median");
    tables.put(".wall", "Time passed per request, us; median");
    tables.put(".p99", "Latency, 99th percentile, us; median");
    Table.print(text, samples, tables, Goal.SERVER);
    run.write(new RunOptions.Measured("server", "server", ServerRun.INPUT, "us"), machine, samples);
    return ExitCode.OK;
  }
}
