// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.report.Surroundings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleConsumer;

/// The evaluation: a trace replayed against systems, and what is reported of it. For one thread.
public final class Evaluation {
  private static final int QUICK_REQUESTS = 1_000;
  private static final int STAND_IN_REQUESTS = 12_000;
  private static final int SPLIT_MAX = 64;

  private final Options options;
  private final Requests requests;
  private final List<Systems.Entry> systems;
  private final Map<String, String> machine = Surroundings.machine();
  private final List<Row> rows = new ArrayList<>();
  private List<String> skipped = List.of();

  /// What is asked for.
  ///
  /// @param trace a file of requests; without one, they are made up
  /// @param systems names of systems; none stands for all
  /// @param expand into how many each block is cut
  /// @param quick the first requests only
  /// @param cacheBytes that a client of one-sided memory may keep
  /// @param model of the network
  /// @param seed of requests that are made up
  public record Options(
      Optional<Path> trace,
      List<String> systems,
      int expand,
      boolean quick,
      long cacheBytes,
      CostModel model,
      long seed) {
    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException `name: value (expected: ...)`
    public Options {
      systems = List.copyOf(systems);
      if (expand < 1 || expand > SPLIT_MAX) {
        throw new IllegalArgumentException(
            "--expand: %d (expected: 1 to %d)".formatted(expand, SPLIT_MAX));
      }
    }
  }

  private Evaluation(Options options, Requests requests, List<Systems.Entry> systems) {
    this.options = options;
    this.requests = requests;
    this.systems = systems;
  }

  /// Reads the trace.
  ///
  /// @throws IllegalArgumentException if a system is unknown
  /// @throws IOException if the trace cannot be read
  public static Evaluation of(Options options) throws IOException {
    var systems = Systems.all().named(options.systems());
    var requests =
        options.trace().isPresent()
            ? Requests.read(options.trace().get())
            : Requests.standIn(STAND_IN_REQUESTS, options.seed());
    if (requests.blockTokens() % options.expand() != 0) {
      throw new IllegalArgumentException(
          "--expand: %d (expected: a divisor of %d, the tokens of a block)"
              .formatted(options.expand(), requests.blockTokens()));
    }
    if (options.quick()) {
      requests = requests.first(QUICK_REQUESTS);
    }
    return new Evaluation(options, requests.split(options.expand()), systems);
  }

  /// What is replayed, in words.
  public String input() {
    return "%s, %,d requests, %,d blocks of %d tokens, %,d of them different"
        .formatted(
            requests.source(),
            requests.count(),
            requests.blocks(),
            requests.blockTokens(),
            requests.distinct());
  }

  /// Requests that are replayed, all systems and phases together.
  public long replayed() {
    return (long) requests.count() * systems.size() * Row.Phase.values().length;
  }

  /// Replays it and prints each row as soon as it is there.
  ///
  /// @param colours whether wrong answers are red
  /// @param progress is told which share of the work is done
  /// @param before is called before each line
  public void run(PrintWriter out, boolean colours, DoubleConsumer progress, Runnable before)
      throws IOException, InterruptedException {
    var text = new EvaluateText(out, options.model(), colours);
    text.head();
    var setting = new Systems.Setting(options.model(), options.cacheBytes());
    var run = new EvaluateRun(requests, setting, progress);
    rows.addAll(
        run.run(
            systems,
            row -> {
              before.run();
              text.row(row);
            }));
    skipped = run.skipped();
    before.run();
    skipped.forEach(line -> out.println("skipped " + line));
    text.legend();
    out.flush();
  }

  /// For machines.
  public Map<String, Object> fields(String command) throws IOException, InterruptedException {
    var all = new LinkedHashMap<String, Object>();
    all.put("command", command);
    all.put("date", Surroundings.date());
    all.put("commit", Surroundings.commit());
    all.put("machine", machine);
    all.put("flags", Surroundings.flags());
    all.put("seed", options.seed());
    all.put("input", input());
    all.put("blockTokens", requests.blockTokens());
    all.put("distinctBlocks", requests.distinct());
    all.put("cacheBytes", options.cacheBytes());
    all.put("model", options.model().parameters());
    all.put("systems", about());
    all.put("rows", rows(false));
    all.put("published", rows(true));
    all.put("findings", new Findings(rows).table());
    all.put("skipped", skipped);
    return all;
  }

  /// A page with plots.
  public String page(String command) throws IOException, InterruptedException {
    var footer =
        "Made %s by Incipit, commit %s, on %s, %s cores, load %s; flags %s."
            .formatted(
                Surroundings.date(),
                Surroundings.commit(),
                machine.get("processor"),
                machine.get("cores"),
                machine.get("load"),
                String.join(" ", Surroundings.flags()));
    return new EvaluatePage(rows, options.model())
        .html(input(), command, new Findings(rows).table(), footer);
  }

  private Map<String, String> about() {
    var about = new LinkedHashMap<String, String>();
    systems.forEach(system -> about.put(system.name(), system.about()));
    return about;
  }

  private List<Map<String, Object>> rows(boolean published) {
    return rows.stream()
        .filter(row -> row.published() == published)
        .map(row -> row.fields(options.model()))
        .toList();
  }
}
