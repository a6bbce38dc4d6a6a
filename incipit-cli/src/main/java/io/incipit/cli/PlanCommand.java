// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.cli.option.Blame;
import io.incipit.cli.option.NotedTrace;
import io.incipit.cli.option.PlanMachineOptions;
import io.incipit.cli.option.PlanModelOptions;
import io.incipit.cli.option.ReportFile;
import io.incipit.cli.option.TraceChoice;
import io.incipit.cli.option.TraceInput;
import io.incipit.trace.plan.Plan;
import io.incipit.trace.plan.PlanRow;
import io.incipit.trace.plan.PlanSpec;
import io.incipit.trace.plan.Planner;
import io.incipit.trace.report.ModelsText;
import io.incipit.trace.report.Origin;
import io.incipit.trace.report.PlanAssumptions;
import io.incipit.trace.report.PlanPage;
import io.incipit.trace.report.PlanText;
import io.incipit.trace.simulate.Capacity;
import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `incipit plan`: what a cache would be worth for a trace, a model and a machine, by its size.
@Command(
    name = "plan",
    header = "Plans a cache: prefill, GPUs and money saved and time to first token, by size.",
    description = {
      "",
      "Simulates the default policy on the trace FILE, or on a generated one, at sizes that"
          + " double and at the machine's memory, and counts what the hits are worth. First comes"
          + " what your memory is worth, then the size after which more adds little. The report"
          + " ends with every formula and assumption it rests on:",
      "",
      "prefill = (2 P (n - h) + 2 L W (n^2 - h^2)) / F; load = h K / B; TTFT = prefill + load.",
      "n tokens of the prompt, h of them found, P parameters, L layers, W query heads times head"
          + " size, K bytes of KV a token, F FLOP/s, B bytes/s.",
      ""
    },
    sortOptions = false)
final class PlanCommand implements Callable<Integer> {
  private static final double PERCENT = 100;

  private final TraceInput input;

  @Mixin private final Invocation call = new Invocation();

  @Mixin private final TraceChoice choice = new TraceChoice();

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

  @Mixin private final ReportFile.Json json = new ReportFile.Json();

  @Mixin private final ReportFile.Html html = new ReportFile.Html();

  PlanCommand(TraceInput input) {
    this.input = input;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (model.isList()) {
      ModelsText.print(call.out());
      return 0;
    }
    var asked = call.refusing(this::spec);
    var files =
        call.refusing(
            () -> input.outputs(choice.inputs(), Stream.concat(json.output(), html.output())));
    var trace =
        call.refusing(() -> new NotedTrace(choice.source(input), isInBytes(asked)).source());
    var plan = plan(trace, asked);
    var text = call.textBeside(files);
    new PlanText(trace.name(), asked, plan).print(text);
    json.write(files, () -> report(trace, asked, plan));
    html.write(files, () -> PlanPage.of(trace.name(), asked, plan, origin()));
    return 0;
  }

  private static boolean isInBytes(PlanSpec asked) {
    return asked.disk().isPresent()
        || Stream.concat(asked.sizes().stream(), Stream.of(asked.machine().memory()))
            .anyMatch(Capacity.Bytes.class::isInstance);
  }

  private Origin origin() {
    return input.origin(call.typed());
  }

  private Map<String, Object> report(TraceSource trace, PlanSpec asked, Plan plan) {
    var report = origin().fields();
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
    plan.knee(asked.knee())
        .ifPresent(
            knee -> {
              report.put("kneeSize", knee.size());
              report.put("knee", saving(knee, asked, plan));
            });
    report.put("own", saving(asked.own(plan), asked, plan));
    asked
        .disk()
        .ifPresent(
            disk -> {
              report.put("disk", disk.size().toString());
              report.put("diskBandwidth", disk.bandwidth());
              report.put("diskRows", plan.disks());
            });
    report.put("leafLruCurve", plan.curve().points());
    report.put("assumptions", PlanAssumptions.of(plan));
    return report;
  }

  /// What a size saves, in accelerators and in money.
  private static Map<String, Object> saving(PlanRow row, PlanSpec asked, Plan plan) {
    var saving = new LinkedHashMap<String, Object>();
    var demand = plan.demand();
    var gpus = asked.gpus();
    saving.put("size", row.size());
    put(saving, "gpusForPrefill", gpus.busy(demand.prefillSeconds(), demand));
    put(saving, "gpusSaved", gpus.busy(row.savedSeconds(), demand));
    put(saving, "savedAnHour", gpus.savedAnHour(row, demand));
    put(saving, "savedIn30Days", gpus.savedAMonth(row, demand));
    return saving;
  }

  private static void put(Map<String, Object> map, String key, OptionalDouble value) {
    value.ifPresent(its -> map.put(key, its));
  }

  private Plan plan(TraceSource trace, PlanSpec asked) throws IOException, InterruptedException {
    var planner = new Planner(asked);
    try (var reader = trace.open();
        var bar = input.bar(call.err())) {
      var demand = planner.demand(reader, bar.of(reader));
      int threads = Runtime.getRuntime().availableProcessors();
      return planner.plan(trace, demand, threads, bar::reached);
    }
  }

  private PlanSpec spec() {
    if (!(kneePercent > 0 && kneePercent < PERCENT)) {
      throw new IllegalArgumentException(
          "--knee: %s (expected: above 0, below 100)".formatted(kneePercent));
    }
    var its = model.model();
    var tried =
        sizes.stream()
            .map(size -> Blame.on("--sizes", () -> Capacity.parse(size, Optional.of(its))))
            .toList();
    long seed = choice.generated().seed();
    return new PlanSpec(
        its,
        machine.machine(its),
        tried,
        kneePercent / PERCENT,
        seed,
        machine.gpus(),
        machine.disk(its));
  }
}
