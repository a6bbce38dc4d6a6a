// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import io.incipit.bench.load.Prompts;
import io.incipit.bench.report.Samples;
import io.incipit.bench.report.Surroundings;
import io.incipit.env.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Puts the same prompts to the indexes of other projects and to ours, each in a process of its own
/// on the same core, in turns.
public final class RivalsRun {
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int BLOCKS_OF_512 = 32;
  private static final int[] WORKERS = {1, 8, 64};

  /// One number of workers; starting all rivals takes longer than asking them.
  private static final int[] WORKERS_QUICK = {8};

  /// Requests whose blocks of 16 tokens are put to those as well that take long for each; of 512
  /// tokens they are given one worker.
  private static final int FIRST = 1_000;

  private static final int FIRST_QUICK = 100;

  /// Requests of warm-ups, and of a quick run.
  private static final int SOME = 3_000;

  private static final int ROUNDS = 3;

  private static final int WARM_UP_WORKERS = 8;

  private final boolean quick;
  private final long seed;
  private final Consumer<String> progress;
  private final List<String> skipped = new ArrayList<>();
  private final List<RivalsResult.Row> rows = new ArrayList<>();
  private final List<RivalsResult.Exchange> servers = new ArrayList<>();
  private final List<RivalsResult.Hole> holes = new ArrayList<>();

  /// @param quick fewer workloads, smaller ones, and fewer rounds
  /// @param progress is told what is being done, line by line
  public RivalsRun(boolean quick, long seed, Consumer<String> progress) {
    this.quick = quick;
    this.seed = seed;
    this.progress = progress;
  }

  /// Where programs are built, and what rivals leave behind: below `INCIPIT_HOME`, or `target`.
  public static Path folder() {
    var home = Optional.ofNullable(System.getenv("INCIPIT_HOME")).filter(at -> !at.isEmpty());
    return home.map(Path::of)
        .orElse(Surroundings.root().resolve("target"))
        .resolve("rivals")
        .toAbsolutePath();
  }

  /// Keeps a result of which more is to come.
  @FunctionalInterface
  public interface Keeping {
    /// Takes what has been measured so far.
    void keep(RivalsResult soFar) throws IOException, InterruptedException;
  }

  /// What is known before anything is measured.
  private record Begun(
      Prompts prompts, String command, Map<String, String> machine, List<Rival> rivals, long ns) {}

  /// Builds what can be built, and measures it.
  ///
  /// @param command what was typed
  /// @param keeping is given what there is after each workload
  public RivalsResult run(Prompts prompts, String command, Keeping keeping)
      throws IOException, InterruptedException {
    var folder = made(folder());
    var machine = Surroundings.machine();
    progress.accept("building what is not built yet (log in " + folder + ")");
    var rivals = new ArrayList<Rival>();
    for (var variant : List.of("byhash", "all", "anchored")) {
      rivals.add(Rival.ours(variant, Surroundings.commit()));
    }
    rivals.addAll(new Programs(sources(), folder, Programs.Tools.USUAL, skipped::add).build());
    var begun = new Begun(prompts, command, machine, rivals, Clock.system().nanoTime());
    progress.accept("holes");
    var removing = rivals.stream().filter(rival -> !isAnchored(rival)).toList();
    holes.addAll(HolesRun.run(removing, folder));
    compare(begun, folder, keeping);
    servers.addAll(servers(folder));
    return result(begun);
  }

  /// Measures the servers only.
  ///
  /// @param command what was typed
  public RivalsResult runServers(Prompts prompts, String command)
      throws IOException, InterruptedException {
    var begun =
        new Begun(prompts, command, Surroundings.machine(), List.of(), Clock.system().nanoTime());
    servers.addAll(servers(made(folder())));
    return result(begun);
  }

  private static Path sources() {
    return Surroundings.root().resolve("incipit-bench").resolve("rivals");
  }

  private static Path made(Path folder) throws IOException {
    if (!folder.toFile().isDirectory() && !folder.toFile().mkdirs()) {
      throw new IOException(folder + ": cannot be made");
    }
    return folder;
  }

  private RivalsResult result(Begun begun) throws IOException, InterruptedException {
    var versions = new LinkedHashMap<String, String>();
    var notes = new LinkedHashMap<String, String>();
    for (var rival : begun.rivals()) {
      versions.put(rival.name(), rival.version());
      notes.put(rival.name(), rival.notes());
    }
    return new RivalsResult(
        begun.command(),
        Surroundings.date(),
        Surroundings.commit(),
        begun.machine(),
        Surroundings.flags(),
        seed,
        begun.prompts().source() + ", " + begun.prompts().count() + " requests",
        (Clock.system().nanoTime() - begun.ns()) / NANOS_PER_SECOND,
        versions,
        notes,
        List.copyOf(skipped),
        List.copyOf(rows),
        List.copyOf(servers),
        List.copyOf(holes));
  }

  private List<RivalsResult.Exchange> servers(Path folder)
      throws IOException, InterruptedException {
    if (quick) {
      skipped.add("servers over loopback: not part of --quick");
      return List.of();
    }
    var told = new Comparison.Told(progress, skipped::add);
    return new NetworkRun(seed, sources(), folder, told, Surroundings.commit()).run();
  }

  private static boolean isAnchored(Rival rival) {
    return rival.name().startsWith(Samples.OURS) && !rival.isOurs();
  }

  private void compare(Begun begun, Path folder, Keeping keeping)
      throws IOException, InterruptedException {
    var prompts = begun.prompts();
    var rivals = begun.rivals();
    var fast = rivals.stream().filter(rival -> !rival.slow()).toList();
    var some = quick ? prompts.first(SOME) : prompts;
    for (int workers : quick ? WORKERS_QUICK : WORKERS) {
      var task = Task.of(some, 1, workers, seed);
      put(workload("T512", prompts), task, workers == 1 ? rivals : fast, folder);
      keeping.keep(result(begun));
    }
    for (int workers : quick ? new int[0] : WORKERS) {
      var task = Task.of(prompts, BLOCKS_OF_512, workers, seed);
      boolean withSlow = workers == 1 && prompts.count() <= FIRST;
      put(workload("T16", prompts), task, withSlow ? rivals : fast, folder);
      keeping.keep(result(begun));
    }
    if (!quick && prompts.count() <= FIRST) {
      return;
    }
    int first = Math.min(prompts.count(), quick ? FIRST_QUICK : FIRST);
    var part = Task.of(prompts.first(first), BLOCKS_OF_512, 1, seed);
    put(workload("T16 first " + first, prompts), part, rivals, folder);
  }

  private Comparison.Workload workload(String name, Prompts prompts) throws IOException {
    var warmUp = Task.of(prompts.first(SOME), 1, WARM_UP_WORKERS, seed);
    long warmUpNs = quick ? 400_000_000L : 1_000_000_000L;
    return new Comparison.Workload(
        name, ROUNDS, warmUp, warmUpNs, quick ? 15_000_000L : 60_000_000L);
  }

  private void put(Comparison.Workload workload, Task task, List<Rival> rivals, Path folder)
      throws IOException {
    progress.accept(
        "%s, %d workers: %,d blocks".formatted(workload.name(), task.workers(), task.distinct()));
    var told = new Comparison.Told(progress, skipped::add);
    try (var comparison = new Comparison(workload, task, rivals, folder, told)) {
      rows.addAll(comparison.run());
    }
  }
}
