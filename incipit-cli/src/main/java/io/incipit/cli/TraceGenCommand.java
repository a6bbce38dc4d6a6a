// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.cli.option.Blame;
import io.incipit.cli.option.GeneratedOptions;
import io.incipit.cli.option.Output;
import io.incipit.cli.option.Outputs;
import io.incipit.cli.option.TargetFormat;
import io.incipit.cli.option.TraceInput;
import io.incipit.trace.generate.SyntheticTrace;
import io.incipit.trace.generate.Workload;
import io.incipit.trace.report.Words;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
  /// Requests from which the size of a trace is estimated.
  private static final int SAMPLED = 2_000;

  private static final double GIBI = 1 << 30;

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
      description =
          "The file to write; packed if its name ends in .gz or .zst; - is the standard output.")
  private @Nullable Path out;

  @Mixin private final TargetFormat to = new TargetFormat();

  TraceGenCommand(TraceInput input) {
    this.input = input;
  }

  @Override
  public Integer call() throws IOException {
    var asked = Optional.ofNullable(out).map(path -> new Output("--out", path)).stream().toList();
    var inputs = Optional.ofNullable(workload).stream().toList();
    var files = call.refusing(() -> input.outputs(inputs, asked.stream()));
    var chosen = workload();
    if (show) {
      chosen.settings().forEach((name, value) -> call.out().println(name + " = " + value));
      return 0;
    }
    long requests = call.refusing(generated::requests);
    if (asked.isEmpty()) {
      throw call.misuse("--out: missing (expected: the file to write, or --show)");
    }
    var output = asked.getFirst();
    var format = call.refusing(() -> to.format(input.formats()));
    try (var trace = new SyntheticTrace(chosen, requests, generated.seed());
        var bar = input.bar(call.err())) {
      var written = files.create(output, trace.blockTokens(), format);
      try (written) {
        var sums = new Sums();
        var progress = bar.of(trace);
        while (sums.copyOne(trace, written)) {
          progress.accept((int) Math.min(Integer.MAX_VALUE, sums.requests));
          if (sums.requests == SAMPLED) {
            var room = new Room(output, requests, files.freeBytes(output));
            room.check(written.bytes()).ifPresent(call.err()::println);
          }
        }
        var remark = written.keep();
        bar.clear();
        sums.print(output.path(), call.textBeside(files));
        Stream.of(remark).filter(said -> !said.isEmpty()).forEach(call.textBeside(files)::println);
      }
    }
    return 0;
  }

  /// What a large trace will need.
  private record Room(Output output, long requests, long freeBytes) {
    /// Refuses what does not fit, and says what is large.
    ///
    /// @param bytes of the first [#SAMPLED] requests
    Optional<String> check(long bytes) throws IOException {
      double needed = (double) bytes / SAMPLED * requests;
      var gibibytes = Words.whole(needed / GIBI);
      if (needed > freeBytes) {
        throw new IOException(
            "%s: %s needs about %s GiB (expected: at most the %s that are free)"
                .formatted(
                    output.option(),
                    output.path(),
                    gibibytes,
                    Words.whole((double) freeBytes / GIBI)));
      }
      return needed < GIBI
          ? Optional.empty()
          : Optional.of("%s: about %s GiB to write".formatted(output.path(), gibibytes));
    }
  }

  /// What was generated, to be told.
  private static final class Sums {
    private long requests;
    private long inputTokens;
    private long outputTokens;
    private long lastNs;

    boolean copyOne(SyntheticTrace trace, Outputs.Trace written) throws IOException {
      var next = trace.next();
      if (next.isEmpty()) {
        return false;
      }
      var request = next.get();
      written.write(request);
      requests++;
      inputTokens += request.inputTokens();
      outputTokens += request.outputTokens();
      lastNs = request.timeNs();
      return true;
    }

    void print(Path path, PrintWriter out) {
      out.println(
          "%s: %s requests in %s s, mean input %s tokens, mean output %s"
              .formatted(
                  path,
                  Words.whole(requests),
                  Words.whole(lastNs / 1e9),
                  Words.whole((double) inputTokens / requests),
                  Words.whole((double) outputTokens / requests)));
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
