// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.report.Goal;
import io.incipit.bench.report.Surroundings;
import io.incipit.bench.report.Table;
import io.incipit.bench.value.StoreRun;
import io.incipit.cli.Invocation;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/// `incipit bench store`.
@Command(
    name = "store",
    header = "Measures what values cost, beside redis-server and Valkey, over loopback.",
    description =
        "All are children of this process, asked by the same client over one connection each, in"
            + " rounds in which each has its turn; every byte that comes back is compared. Valkey"
            + " is put below target by pip at its first use. What is not there is skipped.")
final class StoreCommand implements Callable<Integer> {
  @Mixin private final Invocation call = new Invocation();

  @Mixin private final RunOptions run = new RunOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    var text = run.text(call, List.of());
    var machine = Surroundings.machine();
    var store = new StoreRun(run.quick(), run.seed(), new Progress(call.err()));
    text.println("input: " + store.input());
    var samples = store.run();
    var tables = new LinkedHashMap<String, String>();
    tables.put(".cpu", "CPU ms of the server for each GiB of values; median");
    tables.put(".p999", "Look-ups beside large values, 99.9th percentile, us; median");
    tables.put(".mib", "Memory of our server, MiB; median");
    tables.put(".replies", "Wrong replies of all servers");
    Table.print(text, samples, tables, Goal.STORE);
    var unit = "CPU ms for each GiB (us where a name ends in p999)";
    run.write(new RunOptions.Measured("store", "store", store.input(), unit), machine, samples);
    return ExitCode.OK;
  }
}
