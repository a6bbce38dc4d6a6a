// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.evaluate.Evaluation;
import io.incipit.bench.pool.CostModel;
import io.incipit.cli.Invocation;
import io.incipit.cli.option.Output;
import io.incipit.cli.option.ReportFile;
import io.incipit.cli.option.TraceInput;
import io.incipit.env.Clock;
import io.incipit.env.Disk;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `incipit evaluate`.
@Command(
    name = "evaluate",
    header = "Replays a trace against Redis, Valkey, RDMA-based indexes and Incipit.",
    description = {
      "",
      "The evaluation of the paper (arXiv 2505.21919), runnable: for each request of the trace each"
          + " system is asked which of its blocks are there, and told the rest. Cold: from an empty"
          + " system; preloaded: with all blocks put before. Systems over one-sided memory are"
          + " counted (round trips, requests, bytes), and a model says what a network would take;"
          + " servers are measured. Wrong answers are counted for all.",
      ""
    },
    synopsisSubcommandLabel = "[COMMAND]",
    sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {
  private static final long MEBI = 1 << 20;

  @Mixin private final Invocation call = new Invocation();

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "A trace in any format that `incipit trace` reads, or -; if not given, requests are made"
              + " up, of about the shape of Mooncake's conversation trace.")
  private @Nullable Path trace;

  @Option(
      names = "--systems",
      paramLabel = "NAME",
      split = ",",
      description = "Only these; a beginning and * stands for all that begin so (default: all).")
  private List<String> systems = List.of();

  @Option(
      names = "--expand",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Cut each block into N: 32 makes blocks of 16 tokens of those of 512 (default:"
              + " ${DEFAULT-VALUE}).")
  private int expand;

  @Option(names = "--quick", description = "The first 1,000 requests only: under a minute.")
  private boolean quick;

  @Option(
      names = "--cache",
      paramLabel = "MIB",
      defaultValue = "16",
      description =
          "What a client of one-sided memory may keep on its side, in MiB (default:"
              + " ${DEFAULT-VALUE}).")
  private int cacheMib;

  @Option(
      names = "--model",
      paramLabel = "NAME=VALUE",
      split = ",",
      description = "Change parameters of the model of the network, which every report prints.")
  private Map<String, Double> model = Map.of();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of requests that are made up (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private final ReportFile.Json json = new ReportFile.Json();

  @Mixin private final ReportFile.Html html = new ReportFile.Html();

  @Override
  public Integer call() throws IOException, InterruptedException {
    boolean terminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    var input = new TraceInput(Disk.system(), Clock.system(), terminal);
    var read = Optional.ofNullable(trace);
    var files = call.refusing(() -> input.outputs(read.stream().toList(), outputs()));
    var evaluation = call.refusing(() -> Evaluation.of(options(read)));
    var text = call.textBeside(files);
    text.println(evaluation.input());
    text.println();
    long replayed = evaluation.replayed();
    try (var bar = input.bar(call.err())) {
      evaluation.run(
          text, terminal, share -> bar.reached(share, Math.round(share * replayed)), bar::clear);
    }
    var fields = evaluation.fields(call.typed());
    json.write(files, () -> fields);
    var page = evaluation.page(call.typed());
    html.write(files, () -> page);
    return ExitCode.OK;
  }

  private Stream<Output> outputs() {
    return Stream.concat(json.output(), html.output());
  }

  private Evaluation.Options options(Optional<Path> read) {
    if (cacheMib < 1) {
      throw new IllegalArgumentException("--cache: %d (expected: at least 1)".formatted(cacheMib));
    }
    return new Evaluation.Options(
        read, systems, expand, quick, cacheMib * MEBI, CostModel.DEFAULT.with(model), seed);
  }
}
