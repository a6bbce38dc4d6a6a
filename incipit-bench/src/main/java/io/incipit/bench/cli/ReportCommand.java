// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.report.Page;
import io.incipit.bench.report.Result;
import io.incipit.bench.report.Surroundings;
import io.incipit.env.Disk;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/// `incipit bench report`.
@Command(
    name = "report",
    header = "Puts the results in docs/results into the tables of docs/benchmarks.md.")
final class ReportCommand implements Callable<Integer> {
  @Override
  public Integer call() throws IOException {
    var docs = Surroundings.root().resolve("docs");
    var disk = Disk.system();
    var file = docs.resolve("benchmarks.md");
    var page = disk.readText(file);
    Map<String, Result> results = new HashMap<>();
    for (var name : Page.names(page)) {
      var result = docs.resolve("results").resolve(name + ".json");
      if (disk.exists(result)) {
        results.put(name, Result.read(result));
      }
    }
    disk.writeText(file, Page.render(page, results));
    return ExitCode.OK;
  }
}
