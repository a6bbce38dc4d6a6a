// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.guard.GuardRun;
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

/// `incipit bench guard`.
@Command(
    name = "guard",
    header = "Measures what it costs to let nobody in, and what strangers do to others.",
    description =
        "CPU time of TLS, a request, a GiB and a handshake; whether the time of an answer tells"
            + " what another namespace has (Welch's t over 100,000 pairs); and the 99th percentile"
            + " of somebody's look-ups beside a flood of another user, slow handshakes and wrong"
            + " tokens, in turns with a control.")
final class GuardCommand implements Callable<Integer> {
  @Mixin private final Invocation call = new Invocation();

  @Mixin private final RunOptions run = new RunOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    var text = run.text(call, List.of());
    var machine = Surroundings.machine();
    var samples = new GuardRun(run.quick(), run.seed(), new Progress(call.err())).run();
    var tables = new LinkedHashMap<String, String>();
    tables.put(".cpu", "CPU us of the server a request, with TLS and without; median");
    tables.put(".ms", "CPU ms of the server for each GiB of values; median");
    tables.put(".t", "Welch's t of two answers' times, without its sign");
    tables.put(".p99", "Latency, 99th percentile, us; median");
    tables.put(".mib", "Memory that was not given back, MiB");
    Table.print(text, samples, tables, Goal.GUARD);
    var unit = "CPU us (CPU ms for each GiB where a name ends in ms, us where it ends in p99)";
    run.write(new RunOptions.Measured("guard", "guard", GuardRun.INPUT, unit), machine, samples);
    return ExitCode.OK;
  }
}
