// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import io.incipit.bench.report.Samples;
import io.incipit.bench.report.Spread;
import io.incipit.env.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// One workload, put to several rivals in turns.
final class Comparison implements AutoCloseable {
  /// Passes through all questions that a sample has at most, if they take little time.
  private static final int PASSES_MAX = 16;

  /// Passes of a warm-up at most.
  private static final int CYCLES_MAX = 300;

  private final Workload workload;
  private final Task task;
  private final Path folder;
  private final Consumer<String> progress;
  private final Consumer<String> skipped;
  private final List<RivalProcess> active = new ArrayList<>();
  private final Map<String, Map<String, List<Double>>> samples = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> checksums = new HashMap<>();
  private final Map<String, Rival> rivals = new LinkedHashMap<>();

  /// What is compared on.
  ///
  /// @param name its word in results
  /// @param rounds in which each has its turn, after one that is not counted
  /// @param warmUp what everybody does before it is given this workload, again and again
  /// @param warmUpNs CPU time that this takes at least
  /// @param sampleNs CPU time that a sample of questions has at least
  record Workload(String name, int rounds, Task warmUp, long warmUpNs, long sampleNs) {}

  /// Who is told what goes on, a line each.
  ///
  /// @param progress what is being done
  /// @param skipped who has to be left out
  record Told(Consumer<String> progress, Consumer<String> skipped) {}

  /// Starts all that take part.
  ///
  Comparison(Workload workload, Task task, List<Rival> rivals, Path folder, Told told)
      throws IOException {
    this.workload = workload;
    this.task = task;
    this.folder = folder;
    this.progress = told.progress();
    this.skipped = told.skipped();
    for (var rival : rivals) {
      this.rivals.put(rival.name(), rival);
    }
    task.write(file("workload"));
    workload.warmUp().write(file("warm-up"));
    for (var rival : rivals) {
      measureBytes(rival);
    }
    for (var rival : rivals) {
      progress.accept(workload.name() + ": warming up " + rival.name());
      start(rival);
    }
  }

  private Path file(String name) {
    return folder.resolve(name + ".bin");
  }

  private void start(Rival rival) throws IOException {
    var process = RivalProcess.start(rival, folder, false);
    active.add(process);
    attempt(process, () -> warmUp(process));
  }

  /// In a process of its own, since counting costs time.
  private void measureBytes(Rival rival) throws IOException {
    try (var process = RivalProcess.start(rival, folder, true)) {
      process.ask("load " + file("workload"), "loaded");
      process.ask("store", "stored");
      double bytes = Double.parseDouble(process.ask("bytes", "bytes").getFirst());
      add(rival.name(), "bytesPerBlock", bytes / task.distinct());
    } catch (RivalFailed failed) {
      skipped.accept(workload.name() + ", memory of " + failed.getMessage());
    }
  }

  /// What is done with a rival that may fail.
  private interface Attempt {
    void run() throws RivalFailed;
  }

  private boolean attempt(RivalProcess process, Attempt attempt) {
    try {
      attempt.run();
      return true;
    } catch (RivalFailed failed) {
      skipped.accept(workload.name() + ", " + failed.getMessage());
      active.remove(process);
      process.close();
      return false;
    }
  }

  /// Measures everything.
  List<RivalsResult.Row> run() {
    for (int round = 0; round < workload.rounds(); round++) {
      progress.accept(
          "%s: round %d of %d".formatted(workload.name(), round + 1, workload.rounds()));
      var turns = List.copyOf(active);
      boolean checked = round == 0;
      for (int i = 0; i < turns.size(); i++) {
        var process = turns.get((i + round) % turns.size());
        attempt(process, () -> turn(process, checked));
      }
    }
    return rows();
  }

  private void warmUp(RivalProcess process) throws RivalFailed {
    process.ask("load " + file("warm-up"), "loaded");
    long spentNs = 0;
    for (int cycle = 0; cycle < CYCLES_MAX && spentNs < workload.warmUpNs(); cycle++) {
      spentNs += cycle(process);
    }
    process.ask("load " + file("workload"), "loaded");
    cycle(process);
  }

  private static long cycle(RivalProcess process) throws RivalFailed {
    long ns = Took.of(process.ask("store", "stored")).ns();
    ns += Took.of(process.ask("ask arrival", "asked")).ns();
    ns += Took.of(process.ask("ask full", "asked")).ns();
    return ns + Took.of(process.ask("remove", "removed")).ns();
  }

  /// CPU time, and for how much.
  private record Took(long ns, long count) {
    static Took of(List<String> words) {
      return new Took(Long.parseLong(words.get(0)), Long.parseLong(words.get(1)));
    }

    Took plus(Took other) {
      return new Took(ns + other.ns, count + other.count);
    }

    double each() {
      return (double) ns / Math.max(1, count);
    }
  }

  private void turn(RivalProcess process, boolean checked) throws RivalFailed {
    var name = process.rival().name();
    add(name, "store", Took.of(process.ask("store", "stored")).each());
    if (checked) {
      check(process, "arrival", "check arrival");
      check(process, "full", "check full");
      check(process, "store", "check full");
    }
    add(name, "arrival", asked(process, "ask arrival"));
    add(name, "full", asked(process, "ask full"));
    add(name, "remove", Took.of(process.ask("remove", "removed")).each());
    if (checked) {
      check(process, "remove", "check full");
    }
  }

  private double asked(RivalProcess process, String command) throws RivalFailed {
    var took = Took.of(process.ask(command, "asked"));
    for (int pass = 1; pass < PASSES_MAX && took.ns() < workload.sampleNs(); pass++) {
      took = took.plus(Took.of(process.ask(command, "asked")));
    }
    return took.each();
  }

  private void check(RivalProcess process, String question, String command) throws RivalFailed {
    var rival = process.rival();
    var digests = checksums.computeIfAbsent(question, _ -> new HashMap<>());
    digests.put(rival.name(), process.ask(command, "checked").getFirst());
    if (rival.isOurs()) {
      digests.put("percent", process.ask(command + " percent", "checked").getFirst());
    }
  }

  private void add(String rival, String question, double sample) {
    samples
        .computeIfAbsent(question, _ -> new LinkedHashMap<>())
        .computeIfAbsent(rival, _ -> new ArrayList<>())
        .add(RivalsResult.rounded(sample));
  }

  private List<RivalsResult.Row> rows() {
    var rows = new ArrayList<RivalsResult.Row>();
    for (var question : List.of("arrival", "full", "store", "remove", "bytesPerBlock")) {
      samples
          .getOrDefault(question, Map.of())
          .forEach(
              (name, taken) -> {
                var rival = rivals.get(name);
                if (rival != null) {
                  rows.add(row(rival, question, taken));
                }
              });
    }
    return rows;
  }

  private RivalsResult.Row row(Rival rival, String question, List<Double> taken) {
    var ours = samples.getOrDefault(question, Map.of()).getOrDefault(Samples.OURS, List.of());
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < Math.min(taken.size(), ours.size()); i++) {
      ratios.add(taken.get(i) / ours.get(i));
    }
    boolean compared = !rival.isOurs() && !ratios.isEmpty();
    return new RivalsResult.Row(
        rival.name(),
        rival.version(),
        workload.name(),
        task.workers(),
        question,
        task.distinct(),
        List.copyOf(taken),
        compared ? RivalsResult.Ratio.of(Spread.of(ratios)) : null,
        checksum(rival, question));
  }

  private String checksum(Rival rival, String question) {
    var digests = checksums.getOrDefault(question, Map.of());
    var theirs = digests.get(rival.name());
    var ours = digests.get(rival.percent() ? "percent" : Samples.OURS);
    if (theirs == null || ours == null) {
      return "none";
    }
    return theirs.equals(ours) ? "equal" : "differs";
  }

  /// Stops all.
  @Override
  public void close() {
    active.forEach(RivalProcess::close);
    active.clear();
    try {
      Disk.system().writeText(file("workload"), "");
    } catch (IOException kept) {
      skipped.accept("not emptied: " + kept.getMessage());
    }
  }
}
