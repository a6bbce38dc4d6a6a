// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.trace.analyze.TraceStats;
import io.incipit.trace.report.StatsPage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `incipit trace stats`: what traces say about reuse.
@Command(
    name = "stats",
    header = "Measures traces: how much of the prompts comes back, what, when and where.",
    description = {
      "",
      "Reuse in a cache that never forgets, sequentiality under every definition in use, runs tests"
          + " with their power, reuse distances, prefix tree, working set, rates and sessions.",
      ""
    },
    sortOptions = false)
final class TraceStatsCommand implements Callable<Integer> {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final TraceInput input;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Traces, plain, gzip or zstd.")
  private List<Path> files = List.of();

  @Mixin private TraceReadOptions options = new TraceReadOptions();

  @Option(
      names = "--json",
      paramLabel = "OUT",
      description = "Write all numbers to this file as well, for machines.")
  private @Nullable Path json;

  @Option(
      names = "--html",
      paramLabel = "OUT",
      description = "Write a page with plots to this file; a browser shows it without a network.")
  private @Nullable Path html;

  TraceStatsCommand(TraceInput input) {
    this.input = input;
  }

  @Override
  public Integer call() throws IOException {
    var line = commandSpec().commandLine();
    var measured = new LinkedHashMap<Path, TraceStats>();
    for (var file : files) {
      measured.put(file, measure(file, line.getErr()));
    }
    for (var entry : measured.entrySet()) {
      new StatsText(entry.getValue()).print(entry.getKey().toString(), line.getOut());
    }
    if (json != null) {
      input.write(json, json(measured));
    }
    if (html != null) {
      var traces = new LinkedHashMap<String, TraceStats>();
      measured.forEach((file, stats) -> traces.put(file.toString(), stats));
      input.write(html, StatsPage.of(traces));
    }
    return 0;
  }

  private TraceStats measure(Path file, PrintWriter err) throws IOException {
    try (var reader = input.open(file, options.skipBad(), options.startSeconds())) {
      return input.watch(reader, err, progress -> TraceStats.of(reader, progress));
    }
  }

  private static String json(Map<Path, TraceStats> measured) {
    var traces = new ArrayList<Map<String, Object>>();
    measured.forEach(
        (file, stats) -> {
          var trace = new LinkedHashMap<String, Object>();
          trace.put("trace", file.toString());
          trace.put("stats", stats);
          traces.add(trace);
        });
    return JSON.writeValueAsString(Map.of("traces", traces)) + "\n";
  }

  private CommandSpec commandSpec() {
    if (spec == null) {
      throw new IllegalStateException("spec: none (expected: to be run by picocli)");
    }
    return spec;
  }
}
