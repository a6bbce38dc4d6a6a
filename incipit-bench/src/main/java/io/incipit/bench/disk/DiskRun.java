// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.disk;

import io.incipit.bench.disk.Plan.Size;
import io.incipit.bench.report.Samples;
import io.incipit.env.Disk;
import io.incipit.env.RawDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Measures the tier `DISK` beside fio, in rounds in which each has its turn, on one file system.
public final class DiskRun {
  /// Threads there may be: each has its share of the bytes.
  public static final List<Integer> DEPTHS = List.of(1, 2, 4, 8, 16);

  private static final String FIO = "fio";

  private final Plan plan;
  private final long seed;
  private final int depth;
  private final Path directory;
  private final Consumer<String> progress;
  private final Samples samples = new Samples();
  private final RawDisk disk = RawDisk.system();

  /// @param quick short rounds, and few
  /// @param depth threads that read or write at once, [#DEPTHS]
  /// @param directory where a directory is made for all files, and removed at the end
  /// @param progress is told what is being done, line by line
  public DiskRun(boolean quick, long seed, int depth, Path directory, Consumer<String> progress) {
    if (!DEPTHS.contains(depth)) {
      throw new IllegalArgumentException(
          "--depth: %d (expected: one of %s)".formatted(depth, DEPTHS));
    }
    this.plan = quick ? Plan.QUICK : Plan.FULL;
    this.seed = seed;
    this.depth = depth;
    this.directory = directory.resolve("bench-disk-" + ProcessHandle.current().pid());
    this.progress = progress;
  }

  /// What is read and written, in words.
  public String input() {
    var sizes = plan.sizes().stream().map(Size::name).collect(Collectors.joining(", "));
    return "values of %s, %d MiB a sample (durable: %d MiB), %d threads"
        .formatted(sizes, plan.bytes() >> 20, plan.durableBytes() >> 20, depth);
  }

  /// What must be there, and is not: then nothing can be measured.
  public Optional<String> missing() throws IOException, InterruptedException {
    try {
      var _ = fio();
    } catch (IOException absent) {
      return Optional.of(String.valueOf(absent.getMessage()));
    }
    disk.createDirectory(directory);
    try {
      return disk.takesDirect(directory)
          ? Optional.empty()
          : Optional.of(directory + ": the file system takes no direct I/O (O_DIRECT)");
    } finally {
      removeAll(directory);
    }
  }

  private Fio fio() throws IOException, InterruptedException {
    return Fio.find(directory.resolve(FIO), depth);
  }

  /// Measures, and removes all files.
  ///
  /// @throws IOException if there is no room, or what [#missing] says
  public Samples run() throws IOException, InterruptedException {
    var fio = fio();
    disk.createDirectory(directory.resolve(FIO));
    try {
      requireRoom();
      progress.accept(fio.version() + ", ioengine psync, in " + directory);
      var values = new Values(seed);
      fio.layOut(plan.bytes());
      for (var size : plan.sizes()) {
        measure(fio, values, size);
      }
    } finally {
      removeAll(directory.resolve(FIO));
      removeAll(directory);
    }
    return samples;
  }

  private void requireRoom() throws IOException {
    long free = Disk.system().freeBytes(directory.resolve("room"));
    if (free < plan.roomBytes()) {
      throw new IOException(
          "%s: room for %d MiB (expected: %d MiB; another: --directory)"
              .formatted(directory, free >> 20, plan.roomBytes() >> 20));
    }
  }

  private void measure(Fio fio, Values values, Size size) throws IOException, InterruptedException {
    try (var read = target("read", values, size)) {
      double _ = read.write(plan.bytes());
      // Ours compiles as it runs.
      double _ = read.read(seed);
      double _ = write(values, size);
      for (int round = 0; round < plan.rounds(); round++) {
        progress.accept("%s: round %d of %d".formatted(size.name(), round + 1, plan.rounds()));
        boolean oursFirst = round % 2 == 0;
        long order = seed + round;
        both(
            "disk.read." + size.name(),
            oursFirst,
            () -> read.read(order),
            () -> fio.read(size, plan.bytes(), order));
        both(
            "disk.write." + size.name(),
            oursFirst,
            () -> write(values, size),
            () -> fio.write(size, plan.bytes()));
        both(
            "disk.durable." + size.name(),
            oursFirst,
            () -> writeDurable(values, size),
            () -> fio.writeDurable(size, plan.durableBytes()));
      }
    } finally {
      removeAll(directory.resolve("read"));
    }
  }

  /// A sample.
  @FunctionalInterface
  private interface Sample {
    double take() throws IOException, InterruptedException;
  }

  private void both(String cell, boolean oursFirst, Sample ours, Sample theirs)
      throws IOException, InterruptedException {
    double first = (oursFirst ? ours : theirs).take();
    double second = (oursFirst ? theirs : ours).take();
    samples.add(cell, Samples.OURS, oursFirst ? first : second);
    samples.add(cell, FIO, oursFirst ? second : first);
  }

  private double write(Values values, Size size) throws IOException, InterruptedException {
    try (var target = target("write", values, size)) {
      return target.write(plan.bytes());
    } finally {
      removeAll(directory.resolve("write"));
    }
  }

  private double writeDurable(Values values, Size size) throws IOException, InterruptedException {
    try (var target = target("write", values, size)) {
      return target.writeDurable(plan.durableBytes());
    } finally {
      removeAll(directory.resolve("write"));
    }
  }

  private DiskTarget target(String name, Values values, Size size) throws IOException {
    return new DiskTarget(directory.resolve(name), values, depth, size, plan.bytes());
  }

  /// Removes a directory with the files in it.
  private void removeAll(Path from) throws IOException {
    if (Disk.system().isDirectory(from)) {
      for (var name : List.copyOf(disk.names(from))) {
        disk.delete(from.resolve(name));
      }
      disk.delete(from);
    }
  }
}
