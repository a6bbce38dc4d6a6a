// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.load.ServerRun;
import io.incipit.bench.report.Goal;
import io.incipit.bench.report.Result;
import io.incipit.bench.report.Surroundings;
import io.incipit.bench.report.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--quick", description = "Short rounds, and few; under 45 s on two cores.")
  private boolean quick;

  @Option(names = "--json", paramLabel = "FILE", description = "Write samples and ratios there.")
  private @Nullable Path json;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of all that is drawn by chance; ${DEFAULT-VALUE} if not given.")
  private long seed;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    var machine = Surroundings.machine();
    var samples = new ServerRun(quick, seed, new Progress(commandLine.getErr())).run();
    var tables = new LinkedHashMap<String, String>();
    tables.put(".cpu", "CPU us of the server per request; median");
    tables.put(".wall", "Time passed per request, us; median");
    tables.put(".p99", "Latency, 99th percentile, us; median");
    Table.print(commandLine.getOut(), samples, tables, Goal.SERVER);
    if (json != null) {
      Result.of(
              new Result.Run(
                  "server",
                  "./incipit bench server" + (quick ? " --quick" : "") + " --seed " + seed,
                  seed,
                  ServerRun.INPUT,
                  "us"),
              machine,
              samples)
          .write(json);
    }
    return ExitCode.OK;
  }
}
