// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.bench.disk.DiskRun;
import io.incipit.bench.report.Goal;
import io.incipit.bench.report.Surroundings;
import io.incipit.bench.report.Table;
import io.incipit.cli.Invocation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `incipit bench disk`.
@Command(
    name = "disk",
    header = "Measures the tier DISK beside fio, on the same file system.",
    description =
        "The store as the server opens it, in this process, with checksums, direct I/O and syncs;"
            + " and fio with as many threads and blocks of the size of a value, with direct I/O, in"
            + " rounds in which each has its turn. Skipped, and said, where there is no fio or no"
            + " direct I/O. Needs 5 GiB of disk while it runs.")
final class DiskCommand implements Callable<Integer> {
  private static final int DEPTH = 16;

  @Mixin private final Invocation call = new Invocation();

  @Mixin private final RunOptions run = new RunOptions();

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where to make a directory for all files, which is removed; target of the checkout if"
              + " not given.")
  private @Nullable Path directory;

  @Option(
      names = "--depth",
      paramLabel = "N",
      defaultValue = "" + DEPTH,
      description = "Threads that read or write: 1, 2, 4, 8 or 16; ${DEFAULT-VALUE} if not given.")
  private int depth;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var text = run.text(call, List.of());
    var machine = Surroundings.machine();
    var where = Optional.ofNullable(directory).orElse(Surroundings.root().resolve("target"));
    var progress = new Progress(call.err());
    var disk = call.refusing(() -> new DiskRun(run.quick(), run.seed(), depth, where, progress));
    text.println("input: " + disk.input());
    var missing = disk.missing();
    if (missing.isPresent()) {
      Goal.DISK.forEach(goal -> text.println("skipped: " + goal.result() + ": " + missing.get()));
      text.flush();
      return ExitCode.OK;
    }
    var samples = disk.run();
    var tables = new LinkedHashMap<String, String>();
    tables.put("", "ms for each GiB of values; median");
    Table.print(text, samples, tables, Goal.DISK);
    var command = "disk" + (depth == DEPTH ? "" : " --depth " + depth);
    var measured = new RunOptions.Measured("disk", command, disk.input(), "ms for each GiB");
    run.write(measured, machine, samples);
    return ExitCode.OK;
  }
}
