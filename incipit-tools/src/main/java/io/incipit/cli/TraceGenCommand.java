// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.env.Disk;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.generate.SyntheticTrace;
import io.incipit.trace.generate.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `incipit trace gen`: a synthetic trace of any size.
@Command(
    name = "gen",
    header = "Generates a trace: the same for the same workload, seed and size.",
    description = {
      "",
      "The presets resemble recorded traces: conversation (chat behind one system prompt), tool"
          + " (templates, tool calls and chat), rag (questions about documents), agent (coding"
          + " agents). Each is a set of settings: --show prints them, --set changes some.",
      ""
    },
    sortOptions = false)
final class TraceGenCommand implements Callable<Integer> {
  private final TraceInput input;
  private final Disk disk;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "conversation, tool, rag or agent (default: conversation).")
  private @Nullable String preset;

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
      names = "--requests",
      paramLabel = "N",
      defaultValue = "10000",
      description = "How many requests (default: ${DEFAULT-VALUE}).")
  private long requests;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "Seed of the random numbers (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The file to write; packed if its name ends in .gz or .zst.")
  private @Nullable Path out;

  @Option(
      names = "--to",
      paramLabel = "FORMAT",
      defaultValue = "mooncake",
      description = "Format of the file, as of convert (default: ${DEFAULT-VALUE}).")
  private String to = "";

  TraceGenCommand(TraceInput input, Disk disk) {
    this.input = input;
    this.disk = disk;
  }

  @Override
  public Integer call() throws IOException {
    var chosen = workload();
    var line = commandSpec().commandLine();
    if (show) {
      chosen.settings().forEach((name, value) -> line.getOut().println(name + " = " + value));
      return 0;
    }
    if (out == null) {
      throw misuse("--out: missing (expected: the file to write, or --show)");
    }
    if (requests < 1) {
      throw misuse("--requests: %d (expected: at least 1)".formatted(requests));
    }
    if (!input.formats().writableNames().contains(to)) {
      throw misuse(
          "--to: %s (expected: one of %s)"
              .formatted(to, String.join(", ", input.formats().writableNames())));
    }
    write(chosen, out, input.formats().named(to).orElseThrow());
    return 0;
  }

  private void write(Workload chosen, Path path, TraceFormat format) throws IOException {
    var line = commandSpec().commandLine();
    try (var trace = new SyntheticTrace(chosen, requests, seed)) {
      var sums = input.watch(trace, line.getErr(), progress -> copy(trace, path, format, progress));
      sums.print(path, line.getOut());
    }
  }

  private Sums copy(SyntheticTrace trace, Path path, TraceFormat format, IntConsumer progress)
      throws IOException {
    var sums = new Sums();
    try (var writer = input.create(path, trace.blockTokens(), format)) {
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
    return sums;
  }

  /// What was generated, to be told.
  private static final class Sums {
    private long requests;
    private long inputTokens;
    private long outputTokens;
    private long lastNs;

    void print(Path path, PrintWriter out) {
      out.println(
          "%s: %s requests in %s s, mean input %s tokens, mean output %s"
              .formatted(
                  path,
                  Figures.whole(requests),
                  Figures.whole(lastNs / 1e9),
                  Figures.whole((double) inputTokens / requests),
                  Figures.whole((double) outputTokens / requests)));
    }
  }

  private Workload workload() throws IOException {
    if (preset != null && workload != null) {
      throw misuse("--preset: %s beside --workload (expected: one of them)".formatted(preset));
    }
    try {
      var chosen = workload == null ? preset() : read(workload);
      return chosen.with(changes);
    } catch (IllegalArgumentException refused) {
      throw misuse(String.valueOf(refused.getMessage()));
    }
  }

  private Workload preset() {
    return Workload.preset(preset == null ? Workload.PRESETS.getFirst() : preset);
  }

  private Workload read(Path path) throws IOException {
    try {
      return Workload.read(new StringReader(disk.readText(path)));
    } catch (NoSuchFileException missing) {
      throw new IOException("%s: no such file".formatted(path), missing);
    }
  }

  private ParameterException misuse(String reason) {
    return new ParameterException(commandSpec().commandLine(), reason);
  }

  private CommandSpec commandSpec() {
    if (spec == null) {
      throw new IllegalStateException("spec: none (expected: to be run by picocli)");
    }
    return spec;
  }
}
