// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.cli.option.Blame;
import io.incipit.cli.option.HintOptions;
import io.incipit.cli.option.ModelOption;
import io.incipit.cli.option.NotedTrace;
import io.incipit.cli.option.ReadOptions;
import io.incipit.cli.option.ReportFile;
import io.incipit.cli.option.SeedOption;
import io.incipit.cli.option.TraceInput;
import io.incipit.trace.report.ModelsText;
import io.incipit.trace.report.Origin;
import io.incipit.trace.report.SimPage;
import io.incipit.trace.report.SimText;
import io.incipit.trace.simulate.Admission;
import io.incipit.trace.simulate.Capacity;
import io.incipit.trace.simulate.CurveSampling;
import io.incipit.trace.simulate.KvModel;
import io.incipit.trace.simulate.SimReport;
import io.incipit.trace.simulate.SimSpec;
import io.incipit.trace.simulate.Simulation;
import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
          + " eviction), arc, s3-fifo, sieve, w-tinylfu, gdsf, 2q, slru, t-lru (ends of paths"
          + " first), ttl-tool (what waits for a tool is kept), type-weight (weights by what blocks"
          + " hold), hotprefix (a hot part that the cold may not enter), rwl (run-weighted leaf"
          + " LRU), tip (odds of return by tip), hzd (learnt hazard), default (hzd); and, knowing"
          + " the future, belady (leaf with the furthest next use) and alive (never used again"
          + " first).",
      ""
    },
    sortOptions = false)
final class TraceSimCommand implements Callable<Integer> {
  private final TraceInput input;

  @Mixin private final Invocation call = new Invocation();

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "Traces, plain, gzip or zstd; - is the standard input.")
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
      names = "--disk-capacities",
      paramLabel = "SIZE",
      split = ",",
      description =
          "Beside each of these caches, the same with a disk of each of these sizes below it, as"
              + " a store has it: bytes for a model (1TiB@llama-3-8b), or with --model also as"
              + " above; 0GiB is none.")
  private List<String> disks = List.of();

  @Mixin private final ModelOption model = new ModelOption();

  @Option(
      names = "--bytes-per-token",
      paramLabel = "BYTES",
      description = "Bytes of a token, in place of those of a --model: as a replay with bytes has.")
  private @Nullable Integer bytesPerToken;

  @Option(
      names = "--admit",
      paramLabel = "full|all",
      defaultValue = "full",
      description =
          "full never admits the partial block at the end of a prompt (default:"
              + " ${DEFAULT-VALUE}).")
  private Admission admission = Admission.FULL;

  @Mixin private final SeedOption seed = new SeedOption();

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

  @Mixin private final HintOptions hints = new HintOptions();

  @Mixin private final ReadOptions reading = new ReadOptions();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Caches simulated at the same time (default: one for each processor).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Mixin private final ReportFile.Json json = new ReportFile.Json();

  @Mixin private final ReportFile.Html html = new ReportFile.Html();

  TraceSimCommand(TraceInput input) {
    this.input = input;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (model.isList()) {
      ModelsText.print(call.out());
      return 0;
    }
    var asked = call.refusing(this::spec);
    var inputs = Stream.concat(files.stream(), reading.files()).toList();
    var outputs =
        call.refusing(() -> input.outputs(inputs, Stream.concat(json.output(), html.output())));
    var traces = call.refusing(() -> reading.sources(input, files));
    boolean inBytes =
        !asked.disks().isEmpty()
            || asked.capacities().stream().anyMatch(Capacity.Bytes.class::isInstance);
    var found =
        simulate(
            asked, traces.stream().map(trace -> new NotedTrace(trace, inBytes).source()).toList());
    new SimText(found).print(call.textBeside(outputs));
    json.write(outputs, () -> report(found));
    html.write(outputs, () -> SimPage.of(found, origin(), seed.value()));
    return 0;
  }

  private Origin origin() {
    return input.origin(call.typed());
  }

  private Map<String, Object> report(SimReport found) {
    var report = origin().fields();
    report.put("seed", seed.value());
    report.put("rows", found.rows());
    report.put("leafLruCurves", found.curves());
    report.put("leftOut", found.leftOut());
    report.put("hints", found.hints());
    if (!found.tiers().isEmpty()) {
      report.put("tiers", found.tiers());
    }
    return report;
  }

  private SimReport simulate(SimSpec asked, List<TraceSource> traces)
      throws IOException, InterruptedException {
    try (var bar = input.bar(call.err())) {
      return new Simulation(asked, threads, bar::reached).run(traces);
    }
  }

  private SimSpec spec() {
    if (threads < 1) {
      throw new IllegalArgumentException("--threads: %d (expected: at least 1)".formatted(threads));
    }
    var bytesOf = bytesOf();
    var sizes =
        capacities.stream()
            .map(text -> Blame.on("--capacities", () -> Capacity.parse(text, bytesOf)))
            .toList();
    requireDifferent("--policies", policies);
    requireDifferent("--capacities", capacities);
    requireDifferent("--disk-capacities", disks);
    var below =
        disks.stream()
            .map(text -> Blame.on("--disk-capacities", () -> SimSpec.Disk.parse(text, bytesOf)))
            .toList();
    var curve = Blame.on("--curve", () -> new CurveSampling(curveGroups));
    var given = hints.spec();
    return Blame.on(
        "--policies",
        () -> new SimSpec(policies, sizes, admission, seed.value(), curve, given, below));
  }

  private Optional<KvModel> bytesOf() {
    var named = model.model();
    if (bytesPerToken == null) {
      return named;
    }
    if (named.isPresent() || bytesPerToken < 1) {
      throw new IllegalArgumentException(
          "--bytes-per-token: %d (expected: at least 1, and no --model)".formatted(bytesPerToken));
    }
    var name = "%d B a token".formatted(bytesPerToken);
    return Optional.of(new KvModel(name, 1, 1, 1, bytesPerToken, KvModel.Window.NONE));
  }

  private static void requireDifferent(String option, List<String> values) {
    var seen = new HashSet<String>();
    for (var value : values) {
      if (!seen.add(value)) {
        throw new IllegalArgumentException(
            "%s: %s twice (expected: each once)".formatted(option, value));
      }
    }
  }
}
