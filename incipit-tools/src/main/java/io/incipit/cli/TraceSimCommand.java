// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.env.Clock;
import io.incipit.trace.report.SimPage;
import io.incipit.trace.simulate.Admission;
import io.incipit.trace.simulate.Capacity;
import io.incipit.trace.simulate.CurveSampling;
import io.incipit.trace.simulate.KvModel;
import io.incipit.trace.simulate.SimProgress;
import io.incipit.trace.simulate.SimReport;
import io.incipit.trace.simulate.SimSpec;
import io.incipit.trace.simulate.Simulation;
import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `incipit trace sim`: what caches would find in traces, by policy and capacity.
@Command(
    name = "sim",
    header = "Simulates caches on traces: hit rates by policy and capacity.",
    description = {
      "",
      "Every cache holds a prefix tree of blocks and evicts leaves only. A request is looked up,"
          + " what was missing enters, what is too much goes. Reports blocks and tokens found, and"
          + " the prefill compute saved: the block at depth p, filled to a part f, costs"
          + " f (1 + (p + 0.5) / X), X being 30,720 tokens in blocks (a model of 8 billion"
          + " parameters).",
      "",
      "Policies: leaf-fifo, leaf-lru, lfu (counts while cached), lfu-kept (counts kept after"
          + " eviction), arc, s3-fifo, sieve, w-tinylfu, gdsf, 2q, rwl (run-weighted leaf LRU), tip"
          + " (odds of return by tip), hzd (learnt hazard), default (hzd); and, knowing the future,"
          + " belady (leaf with the furthest next use) and alive (never used again first).",
      ""
    },
    sortOptions = false)
final class TraceSimCommand implements Callable<Integer> {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final TraceInput input;
  private final Clock clock;
  private final boolean terminal;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Traces, plain or gzip.")
  private List<Path> files = List.of();

  @Option(
      names = "--policies",
      paramLabel = "POLICY",
      split = ",",
      defaultValue = "default,leaf-lru,belady",
      description = "Which policies, separated by commas (default: ${DEFAULT-VALUE}).")
  private List<String> policies = List.of();

  @Option(
      names = "--capacities",
      paramLabel = "SIZE",
      split = ",",
      defaultValue = "1%,2%,5%,10%,20%,50%",
      description =
          "Blocks (5000, 5k, 2M), a share of the different blocks of a trace (5%%), or bytes for a"
              + " model (64GiB, 64GiB@llama-3-70b) (default: 1%%,2%%,5%%,10%%,20%%,50%%).")
  private List<String> capacities = List.of();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "Whose KV the bytes are for: llama-3-8b, llama-3-70b, llama-3-405b, mistral-7b,"
              + " qwen-2.5-7b, qwen-2.5-72b, deepseek-v3.")
  private @Nullable String model;

  @Option(
      names = "--admit",
      paramLabel = "full|all",
      defaultValue = "full",
      description =
          "full never admits the partial block at the end of a prompt (default:"
              + " ${DEFAULT-VALUE}).")
  private Admission admission = Admission.FULL;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "Seed of the samples that tip and hzd draw (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--curve",
      paramLabel = "N",
      arity = "0..1",
      defaultValue = "0",
      fallbackValue = "1",
      description =
          "Also the hit rate of leaf-lru at every capacity, in one pass: exact, or, from 4 on, from"
              + " four samples of one block in N, with its error.")
  private int curveGroups;

  @Option(
      names = "--session-starts",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description =
          "Between the beginnings of two sessions, where a trace does not say (default:"
              + " ${DEFAULT-VALUE}).")
  private double startSeconds;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Caches simulated at the same time (default: one for each processor).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--skip-bad", description = "Count and leave out bad lines instead of failing.")
  private boolean skipBad;

  @Option(
      names = "--json",
      paramLabel = "OUT",
      description = "Write all rows to this file as well, for machines.")
  private @Nullable Path json;

  @Option(
      names = "--html",
      paramLabel = "OUT",
      description = "Write a page with plots to this file; a browser shows it without a network.")
  private @Nullable Path html;

  /// Makes the command.
  ///
  /// @param terminal whether somebody watches: shows a progress bar
  TraceSimCommand(TraceInput input, Clock clock, boolean terminal) {
    this.input = input;
    this.clock = clock;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var asked = spec();
    var found = simulate(asked);
    new SimText(found).print(commandSpec().commandLine().getOut());
    if (json != null) {
      var report = new LinkedHashMap<String, Object>();
      report.put("seed", seed);
      report.put("rows", found.rows());
      report.put("leafLruCurves", found.curves());
      input.write(json, JSON.writeValueAsString(report) + "\n");
    }
    if (html != null) {
      input.write(html, SimPage.of(found, command(), seed));
    }
    return 0;
  }

  private String command() {
    var typed = commandSpec().commandLine().getParseResult().originalArgs();
    return "./incipit "
        + typed.stream().map(TraceSimCommand::quoted).collect(Collectors.joining(" "));
  }

  /// An argument as a shell takes it.
  private static String quoted(String argument) {
    boolean plain = argument.matches("[A-Za-z0-9_@%+=:,./-]+");
    return plain ? argument : "'" + argument.replace("'", "'\\''") + "'";
  }

  private SimReport simulate(SimSpec asked) throws IOException, InterruptedException {
    var bar = new ProgressBar(commandSpec().commandLine().getErr(), clock);
    SimProgress progress = terminal ? bar::reached : (_, _) -> {};
    try {
      var traces =
          files.stream()
              .map(
                  file ->
                      new TraceSource(
                          file.toString(), () -> input.open(file, skipBad, startSeconds)))
              .toList();
      return new Simulation(asked, threads, progress).run(traces);
    } finally {
      bar.clear();
    }
  }

  private SimSpec spec() {
    require(threads >= 1, "--threads: %d (expected: at least 1)".formatted(threads));
    require(
        startSeconds >= 0 && startSeconds < 1e9,
        "--session-starts: %s (expected: 0 or more seconds)".formatted(startSeconds));
    try {
      var bytesOf = Optional.ofNullable(model).map(KvModel::parse);
      var sizes = capacities.stream().map(text -> Capacity.parse(text, bytesOf)).toList();
      return new SimSpec(policies, sizes, admission, seed, new CurveSampling(curveGroups));
    } catch (IllegalArgumentException refused) {
      throw new ParameterException(
          commandSpec().commandLine(), String.valueOf(refused.getMessage()));
    }
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new ParameterException(commandSpec().commandLine(), otherwise);
    }
  }

  private CommandSpec commandSpec() {
    if (spec == null) {
      throw new IllegalStateException("spec: none (expected: to be run by picocli)");
    }
    return spec;
  }
}
