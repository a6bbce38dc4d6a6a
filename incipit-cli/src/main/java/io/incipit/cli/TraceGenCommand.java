// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.cli.option.Blame;
import io.incipit.cli.option.GeneratedOptions;
import io.incipit.cli.option.TargetFormat;
import io.incipit.cli.option.TraceInput;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.generate.SyntheticTrace;
import io.incipit.trace.generate.Workload;
import io.incipit.trace.report.Words;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `incipit trace gen`: a synthetic trace of any size.
@Command(
    name = "gen",
    header = "Generates a trace: the same for the same workload, seed and size.",
    description = {
      "",
      "The presets resemble recorded traces: conversation (chat behind one system prompt; the"
          + " default), tool"
          + " (templates, tool calls and chat), rag (questions about documents), agent (coding"
          + " agents). Each is a set of settings: --show prints them, --set changes some.",
      ""
    },
    sortOptions = false)
final class TraceGenCommand implements Callable<Integer> {
  private final TraceInput input;

  @Mixin private final Invocation call = new Invocation();

  @Mixin private final GeneratedOptions generated = new GeneratedOptions();

  @Option(
      names = "--workload",
      paramLabel = "FILE",
      description = "Settings of one's own instead of a preset, in the form that --show prints.")
  private @Nullable Path workload;

  @Option(
      names = "--set",
      paramLabel = "SETTING=VALUE",
      description = "Change one setting, such as chat.sessions-per-second=4; may be repeated.")
  private Map<String, String> changes = new LinkedHashMap<>();

  @Option(names = "--show", description = "Print the settings and generate nothing.")
  private boolean show;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The file to write; packed if its name ends in .gz or .zst.")
  private @Nullable Path out;

  @Mixin private final TargetFormat to = new TargetFormat();

  TraceGenCommand(TraceInput input) {
    this.input = input;
  }

  @Override
  public Integer call() throws IOException {
    var chosen = workload();
    if (show) {
      chosen.settings().forEach((name, value) -> call.out().println(name + " = " + value));
      return 0;
    }
    if (out == null) {
      throw call.misuse("--out: missing (expected: the file to write, or --show)");
    }
    long requests = call.refusing(generated::requests);
    var format = call.refusing(() -> to.format(input.formats()));
    try (var trace = new SyntheticTrace(chosen, requests, generated.seed());
        var bar = input.bar(call.err())) {
      var sums = copy(trace, out, format, bar.of(trace));
      bar.clear();
      sums.print(out, call.out());
    }
    return 0;
  }

  private Sums copy(SyntheticTrace trace, Path path, TraceFormat format, IntConsumer progress)
      throws IOException {
    var sums = new Sums();
    var writer = input.create(path, trace.blockTokens(), format);
    try (writer) {
      for (var next = trace.next(); next.isPresent(); next = trace.next()) {
        var request = next.get();
        writer.write(request);
        sums.requests++;
        sums.inputTokens += request.inputTokens();
        sums.outputTokens += request.outputTokens();
        sums.lastNs = request.timeNs();
        progress.accept((int) Math.min(Integer.MAX_VALUE, sums.requests));
      }
    }
    sums.remark = writer.remark();
    return sums;
  }

  /// What was generated, to be told.
  private static final class Sums {
    private long requests;
    private long inputTokens;
    private long outputTokens;
    private long lastNs;
    private String remark = "";

    void print(Path path, PrintWriter out) {
      out.println(
          "%s: %s requests in %s s, mean input %s tokens, mean output %s"
              .formatted(
                  path,
                  Words.whole(requests),
                  Words.whole(lastNs / 1e9),
                  Words.whole((double) inputTokens / requests),
                  Words.whole((double) outputTokens / requests)));
      if (!remark.isEmpty()) {
        out.println(remark);
      }
    }
  }

  private Workload workload() throws IOException {
    var preset = generated.preset();
    if (workload == null) {
      var named = preset.orElse(Workload.PRESETS.getFirst());
      return call.refusing(() -> Blame.on("--preset", () -> Workload.preset(named)).with(changes));
    }
    if (preset.isPresent()) {
      throw call.misuse(
          "--preset: %s beside --workload (expected: one of them)".formatted(preset.get()));
    }
    var path = workload;
    return call.refusing(() -> Workload.read(new StringReader(input.text(path))).with(changes));
  }
}
