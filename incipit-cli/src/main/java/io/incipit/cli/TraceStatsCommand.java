// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.cli.option.ReadOptions;
import io.incipit.cli.option.ReportFile;
import io.incipit.cli.option.TraceInput;
import io.incipit.trace.analyze.TraceStats;
import io.incipit.trace.report.Origin;
import io.incipit.trace.report.StatsFields;
import io.incipit.trace.report.StatsPage;
import io.incipit.trace.report.StatsText;
import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `incipit trace stats`: what traces say about reuse.
@Command(
    name = "stats",
    header = "Measures traces: how much of the prompts comes back, what, when and where.",
    description = {
      "",
      "Reuse in a cache that never forgets, sequentiality under every definition in use, runs tests"
          + " with their power, reuse distances, prefix tree, working set, rates and sessions.",
      "",
      "The whole trace is kept in memory, about 110 bytes for each different block (measured on a"
          + " million requests); `trace sim` keeps its caches only.",
      ""
    },
    sortOptions = false)
final class TraceStatsCommand implements Callable<Integer> {
  private final TraceInput input;

  @Mixin private final Invocation call = new Invocation();

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Traces, plain, gzip or zstd; - is the standard input.")
  private List<Path> files = List.of();

  @Mixin private final ReadOptions reading = new ReadOptions();

  @Mixin private final ReportFile.Json json = new ReportFile.Json();

  @Mixin private final ReportFile.Html html = new ReportFile.Html();

  TraceStatsCommand(TraceInput input) {
    this.input = input;
  }

  @Override
  public Integer call() throws IOException {
    var inputs = Stream.concat(files.stream(), reading.files()).toList();
    var outputs =
        call.refusing(() -> input.outputs(inputs, Stream.concat(json.output(), html.output())));
    var traces = call.refusing(() -> reading.sourcesOnce(input, files));
    var measured = new LinkedHashMap<String, TraceStats>();
    for (var trace : traces) {
      measured.put(trace.name(), measure(trace));
    }
    var out = call.textBeside(outputs);
    measured.forEach((name, stats) -> new StatsText(stats).print(name, out));
    json.write(outputs, () -> report(measured));
    html.write(outputs, () -> StatsPage.of(measured, origin()));
    return 0;
  }

  private TraceStats measure(TraceSource trace) throws IOException {
    try (var reader = trace.open();
        var bar = input.bar(call.err())) {
      return TraceStats.of(reader, bar.of(reader));
    }
  }

  private Origin origin() {
    return input.origin(call.typed());
  }

  private Map<String, Object> report(Map<String, TraceStats> measured) {
    var traces = new ArrayList<Map<String, Object>>();
    measured.forEach(
        (name, stats) -> {
          var trace = new LinkedHashMap<String, Object>();
          trace.put("trace", name);
          trace.put("stats", StatsFields.of(stats));
          traces.add(trace);
        });
    var report = origin().fields();
    report.put("traces", traces);
    return report;
  }
}
