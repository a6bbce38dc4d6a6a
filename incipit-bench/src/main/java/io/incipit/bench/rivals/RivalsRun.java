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
import java.util.Optional;
import java.util.function.Consumer;

/// Puts the same prompts to the indexes of other projects and to ours, each in a process of its own
/// on the same core, in turns.
public final class RivalsRun {
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int BLOCKS_OF_512 = 32;
  private static final int[] WORKERS = {1, 8, 64};

  /// Requests whose blocks of 16 tokens are put to those that take long for each.
  private static final int FIRST = 4_000;

  private static final int FIRST_QUICK = 100;

  /// Requests of warm-ups, and of a quick run.
  private static final int SOME = 3_000;

  private static final int WARM_UP_WORKERS = 8;

  private final boolean quick;
  private final long seed;
  private final Consumer<String> progress;
  private final List<String> skipped = new ArrayList<>();
  private final List<RivalsResult.Row> rows = new ArrayList<>();

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

  /// Builds what can be built, and measures it.
  ///
  /// @param command what was typed
  public RivalsResult run(Prompts prompts, String command)
      throws IOException, InterruptedException {
    var machine = Surroundings.machine();
    var folder = folder();
    if (!folder.toFile().isDirectory() && !folder.toFile().mkdirs()) {
      throw new IOException(folder + ": cannot be made");
    }
    progress.accept("building what is not built yet (log in " + folder + ")");
    var rivals = new ArrayList<Rival>();
    rivals.add(Rival.ours(false, Surroundings.commit()));
    rivals.add(Rival.ours(true, Surroundings.commit()));
    var sources = Surroundings.root().resolve("incipit-bench").resolve("rivals");
    rivals.addAll(new Programs(sources, folder, Programs.Tools.USUAL, skipped::add).build());
    long startNs = Clock.system().nanoTime();
    progress.accept("holes");
    var removing = rivals.stream().filter(rival -> !isAnchored(rival)).toList();
    var holes = HolesRun.run(removing, folder);
    compare(prompts, rivals, folder);
    var servers = servers(sources, folder);
    var versions = new LinkedHashMap<String, String>();
    var notes = new LinkedHashMap<String, String>();
    for (var rival : rivals) {
      versions.put(rival.name(), rival.version());
      notes.put(rival.name(), rival.notes());
    }
    return new RivalsResult(
        command,
        Surroundings.date(),
        Surroundings.commit(),
        machine,
        Surroundings.flags(),
        seed,
        prompts.source() + ", " + prompts.count() + " requests",
        (Clock.system().nanoTime() - startNs) / NANOS_PER_SECOND,
        versions,
        notes,
        List.copyOf(skipped),
        List.copyOf(rows),
        servers,
        holes);
  }

  private List<RivalsResult.Exchange> servers(Path sources, Path folder)
      throws IOException, InterruptedException {
    if (quick) {
      skipped.add("servers over loopback: not part of --quick");
      return List.of();
    }
    var told = new Comparison.Told(progress, skipped::add);
    return new NetworkRun(seed, sources, folder, told, Surroundings.commit()).run();
  }

  private static boolean isAnchored(Rival rival) {
    return rival.name().startsWith(Samples.OURS) && !rival.isOurs();
  }

  private void compare(Prompts prompts, List<Rival> rivals, Path folder) throws IOException {
    var fast = rivals.stream().filter(rival -> !rival.slow()).toList();
    var small = quick ? prompts.first(SOME) : prompts;
    var name = quick ? "T512 first " + SOME : "T512";
    for (int workers : quick ? new int[] {1, 8} : WORKERS) {
      put(workload(name, prompts), Task.of(small, 1, workers, seed), rivals, folder);
    }
    for (int workers : quick ? new int[0] : WORKERS) {
      var task = Task.of(prompts, BLOCKS_OF_512, workers, seed);
      put(workload("T16", prompts), task, fast, folder);
    }
    int first = quick ? FIRST_QUICK : FIRST;
    var part = Task.of(prompts.first(first), BLOCKS_OF_512, 1, seed);
    put(workload("T16 first " + first, prompts), part, rivals, folder);
  }

  private Comparison.Workload workload(String name, Prompts prompts) throws IOException {
    int rounds = quick || name.startsWith("T16 first") ? 3 : 5;
    var warmUp = Task.of(prompts.first(SOME), 1, WARM_UP_WORKERS, seed);
    long warmUpNs = quick ? 400_000_000L : 1_500_000_000L;
    return new Comparison.Workload(
        name, rounds, warmUp, warmUpNs, quick ? 15_000_000L : 60_000_000L);
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
