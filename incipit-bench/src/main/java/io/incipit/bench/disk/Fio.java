// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.disk;

import io.incipit.bench.disk.Plan.Size;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// The program fio: so many threads, each with a file of its own and one block on its way at a
/// time, around the system's cache.
final class Fio {
  private static final String PROGRAM = "fio";
  private static final double MS_PER_SECOND = 1e3;
  private static final double GIB = 1L << 30;

  private final String version;
  private final Path directory;
  private final int depth;

  private Fio(String version, Path directory, int depth) {
    this.version = version;
    this.directory = directory;
    this.depth = depth;
  }

  /// Finds it.
  ///
  /// @param directory of its files
  /// @param depth threads, of which each has its share of the bytes
  /// @throws IOException if it is not there, and how to get it
  static Fio find(Path directory, int depth) throws IOException, InterruptedException {
    try {
      return new Fio(call(List.of(PROGRAM, "--version")).strip(), directory, depth);
    } catch (IOException absent) {
      throw new IOException(
          "fio is not on PATH (apt-get install fio): " + absent.getMessage(), absent);
    }
  }

  /// Which it is.
  String version() {
    return version;
  }

  /// Makes the files that [#read] reads.
  void layOut(long bytes) throws IOException, InterruptedException {
    double _ = run("write", "read", "1m", bytes, List.of("--end_fsync=1"));
  }

  /// Reads blocks in an order drawn by chance, each once.
  ///
  /// @return ms for each GiB
  double read(Size size, long bytes, long seed) throws IOException, InterruptedException {
    return run("randread", "read", size.name(), bytes, List.of("--randseed=" + seed));
  }

  /// Writes new files from front to end, which are durable at the end.
  ///
  /// @return ms for each GiB
  double write(Size size, long bytes) throws IOException, InterruptedException {
    return run("write", "write", size.name(), bytes, List.of("--end_fsync=1", "--unlink=1"));
  }

  /// The same, and each block is durable before the thread writes its next.
  double writeDurable(Size size, long bytes) throws IOException, InterruptedException {
    return run("write", "durable", size.name(), bytes, List.of("--fdatasync=1", "--unlink=1"));
  }

  private double run(String pattern, String files, String block, long bytes, List<String> more)
      throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(
                PROGRAM,
                "--name=" + files,
                "--filename_format=" + files + ".$jobnum",
                "--directory=" + directory,
                "--rw=" + pattern,
                "--bs=" + block,
                "--size=" + bytes / depth,
                "--direct=1",
                "--ioengine=psync",
                "--thread",
                "--numjobs=" + depth,
                "--group_reporting",
                "--output-format=json"));
    command.addAll(more);
    return msPerGib(call(command), pattern.endsWith("read") ? "read" : "write", bytes);
  }

  /// What fio says in JSON, perhaps after a line of text.
  ///
  /// @throws IOException if it moved other bytes than it was asked for
  static double msPerGib(String said, String direction, long bytes) throws IOException {
    var json = JsonMapper.shared().readTree(said.substring(Math.max(0, said.indexOf('{'))));
    var moved = json.path("jobs").path(0).path(direction);
    double bytesPerSecond = moved.path("bw_bytes").asDouble();
    if (moved.path("io_bytes").asLong() != bytes || bytesPerSecond <= 0) {
      throw new IOException(
          "fio: %d bytes (expected: %d)".formatted(moved.path("io_bytes").asLong(), bytes));
    }
    return MS_PER_SECOND * GIB / bytesPerSecond;
  }

  private static String call(List<String> command) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said.strip());
    }
    return said;
  }
}
