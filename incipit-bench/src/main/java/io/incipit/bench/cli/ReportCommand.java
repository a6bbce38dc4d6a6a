// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.evaluate.EvaluationTables;
import io.incipit.bench.report.Page;
import io.incipit.bench.report.Result;
import io.incipit.bench.report.Surroundings;
import io.incipit.bench.rivals.RivalsPage;
import io.incipit.env.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/// `incipit bench report`.
@Command(name = "report", header = "Puts the results in docs/results into the tables of docs.")
final class ReportCommand implements Callable<Integer> {
  private static final Disk DISK = Disk.system();

  /// Pages that show what evaluations wrote.
  private static final List<String> EVALUATIONS = List.of("evaluation.md", "paper.md");

  private static final String RIVALS = "rivals";

  /// The end of the name of a part that has the paper's findings only.
  private static final String FINDINGS = "findings";

  @Override
  public Integer call() throws IOException {
    var docs = Surroundings.root().resolve("docs");
    var benchmarks = docs.resolve("benchmarks.md");
    var page = DISK.readText(benchmarks);
    Map<String, Result> results = new HashMap<>();
    for (var file : files(page, docs).entrySet()) {
      results.put(file.getKey(), Result.read(file.getValue()));
    }
    DISK.writeText(benchmarks, Page.render(page, results));
    for (var name : EVALUATIONS) {
      var evaluation = docs.resolve(name);
      page = DISK.readText(evaluation);
      Map<String, List<String>> tables = new HashMap<>();
      for (var file : files(page, docs).entrySet()) {
        tables.put(file.getKey(), tables(file.getKey(), DISK.readText(file.getValue())));
      }
      DISK.writeText(evaluation, Page.fill(page, tables));
    }
    return ExitCode.OK;
  }

  /// A part is named as its file or, if it shows a section of it, as that and the section.
  private static List<String> tables(String part, String json) {
    var section = part.substring(fileName(part).length()).replace(".", "");
    if (fileName(part).startsWith(RIVALS)) {
      return RivalsPage.of(json, section);
    }
    return section.equals(FINDINGS) ? EvaluationTables.findingsOf(json) : EvaluationTables.of(json);
  }

  private static String fileName(String part) {
    int end = part.indexOf('.');
    return end < 0 ? part : part.substring(0, end);
  }

  /// The result files that a page shows and that are there.
  private static Map<String, Path> files(String page, Path docs) {
    Map<String, Path> files = new HashMap<>();
    for (var name : Page.names(page)) {
      var file = docs.resolve("results").resolve(fileName(name) + ".json");
      if (DISK.exists(file)) {
        files.put(name, file);
      }
    }
    return files;
  }
}
