// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.env.Clock;
import io.incipit.trace.generate.SyntheticTrace;
import io.incipit.trace.generate.Workload;
import io.incipit.trace.plan.Plan;
import io.incipit.trace.plan.PlanSpec;
import io.incipit.trace.plan.Planner;
import io.incipit.trace.simulate.Capacity;
import io.incipit.trace.simulate.SimProgress;
import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `incipit plan`: what a cache would be worth for a trace, a model and a machine, by its size.
@Command(
    name = "plan",
    header = "Plans a cache: seconds of prefill saved and time to first token, by size.",
    description = {
      "",
      "Simulates the default policy on the trace FILE, or on a generated one, at sizes that"
          + " double and at the machine's memory, and counts what the hits are worth. The report"
          + " ends with every formula and assumption it rests on:",
      "",
      "prefill = (2 P (n - h) + 2 L W (n^2 - h^2)) / F; load = h K / B; TTFT = prefill + load.",
      "n tokens of the prompt, h of them found, P parameters, L layers, W query heads times head"
          + " size, K bytes of KV a token, F FLOP/s, B bytes/s.",
      ""
    },
    sortOptions = false)
final class PlanCommand implements Callable<Integer> {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final double PERCENT = 100;

  private final TraceInput input;
  private final Clock clock;
  private final boolean terminal;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "A trace in any format that `incipit trace` reads.")
  private @Nullable Path file;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "Instead of FILE, a generated trace: conversation, tool, rag or agent.")
  private @Nullable String preset;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Requests of the generated trace (default: ${DEFAULT-VALUE}).")
  private long requests;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description =
          "Seed of the generated trace and of the policy's samples (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private final PlanModelOptions model = new PlanModelOptions();

  @Mixin private final PlanMachineOptions machine = new PlanMachineOptions();

  @Option(
      names = "--sizes",
      paramLabel = "SIZE",
      split = ",",
      description =
          "Sizes of cache: bytes (64GiB), blocks (5k), or a share of the different ones (5%%)"
              + " (default: eight that double, up to all of the trace's).")
  private List<String> sizes = List.of();

  @Option(
      names = "--knee",
      paramLabel = "PERCENT",
      defaultValue = "1",
      description =
          "More memory is not worth it once doubling it adds less than this share of the seconds"
              + " that are saved (default: ${DEFAULT-VALUE}).")
  private double kneePercent;

  @Option(
      names = "--session-starts",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description =
          "Between the beginnings of two sessions, where a trace does not say (default:"
              + " ${DEFAULT-VALUE}).")
  private double startSeconds;

  @Option(names = "--skip-bad", description = "Count and leave out bad lines instead of failing.")
  private boolean skipBad;

  @Option(
      names = "--json",
      paramLabel = "OUT",
      description = "Write all numbers to this file as well, for machines.")
  private @Nullable Path json;

  /// Makes the command.
  ///
  /// @param terminal whether somebody watches: shows a progress bar
  PlanCommand(TraceInput input, Clock clock, boolean terminal) {
    this.input = input;
    this.clock = clock;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var trace = trace();
    var asked = spec();
    var plan = plan(trace, asked);
    var text = new PlanText(trace.name(), asked, plan);
    text.print(commandSpec().commandLine().getOut());
    if (json != null) {
      var report = new LinkedHashMap<String, Object>();
      report.put("trace", trace.name());
      report.put("model", asked.model());
      report.put("flops", asked.machine().flops());
      report.put("memory", asked.machine().memory().toString());
      report.put("memoryBandwidth", asked.machine().memoryBandwidth());
      report.put("networkBandwidth", asked.machine().networkBandwidth());
      report.put("breakEvenBandwidth", plan.breakEvenBandwidth());
      report.put("demand", plan.demand());
      report.put("rows", plan.rows());
      report.put("kneeShare", asked.knee());
      plan.knee(asked.knee()).ifPresent(knee -> report.put("kneeSize", knee.size()));
      report.put("leafLruCurve", plan.curve().points());
      report.put("assumptions", text.assumptions());
      input.write(json, JSON.writeValueAsString(report) + "\n");
    }
    return 0;
  }

  private Plan plan(TraceSource trace, PlanSpec asked) throws IOException, InterruptedException {
    var err = commandSpec().commandLine().getErr();
    var planner = new Planner(asked);
    var bar = new ProgressBar(err, clock);
    SimProgress progress = terminal ? bar::reached : (_, _) -> {};
    try (var reader = trace.opening().open()) {
      var demand = input.watch(reader, err, read -> planner.demand(reader, read));
      LeftOut.of(reader).forEach(err::println);
      return planner.plan(trace, demand, Runtime.getRuntime().availableProcessors(), progress);
    } finally {
      bar.clear();
    }
  }

  private TraceSource trace() {
    if (preset == null) {
      var path = file;
      if (path == null) {
        throw misuse("FILE: missing (expected: a trace, or --preset NAME)");
      }
      if (!(startSeconds >= 0 && startSeconds < 1e9)) {
        throw misuse("--session-starts: %s (expected: 0 or more seconds)".formatted(startSeconds));
      }
      return new TraceSource(path.toString(), () -> input.open(path, skipBad, startSeconds));
    }
    if (file != null) {
      throw misuse("--preset: %s beside %s (expected: one of them)".formatted(preset, file));
    }
    if (requests < 1) {
      throw misuse("--requests: %d (expected: at least 1)".formatted(requests));
    }
    var named = preset;
    var workload = refusing(() -> Workload.preset(named));
    var name = "%s, %s requests, seed %d".formatted(named, Figures.whole(requests), seed);
    return new TraceSource(name, () -> new SyntheticTrace(workload, requests, seed));
  }

  private PlanSpec spec() {
    if (!(kneePercent > 0 && kneePercent < PERCENT)) {
      throw misuse("--knee: %s (expected: above 0, below 100)".formatted(kneePercent));
    }
    return refusing(
        () -> {
          var its = model.model();
          var tried = sizes.stream().map(size -> Capacity.parse(size, Optional.of(its))).toList();
          return new PlanSpec(its, machine.machine(its), tried, kneePercent / PERCENT, seed);
        });
  }

  private <T> T refusing(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException refused) {
      throw misuse(String.valueOf(refused.getMessage()));
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
