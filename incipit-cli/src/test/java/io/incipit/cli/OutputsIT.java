// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands in processes of their own that are told to end, or find nowhere to write.
class OutputsIT {
  private static final Path FULL = Path.of("/dev/full");
  private static final String TRACE =
      "{\"timestamp\": 0, \"input_length\": 1024, \"output_length\": 5, \"hash_ids\": [0, 1]}\n";

  @TempDir private Path directory;
  private Path work = Path.of("");
  private Path copies = Path.of("");
  private Path errors = Path.of("");

  @BeforeEach
  void makeDirectories() throws IOException {
    work = Files.createDirectory(directory.resolve("work"));
    copies = Files.createDirectory(directory.resolve("copies"));
    errors = directory.resolve("errors");
  }

  @Test
  void gen_toldToEnd_leavesTheOldFileAndNoPart() throws Exception {
    Files.writeString(work.resolve("out"), "precious");
    var process = command("trace", "gen", "--requests", "500000", "--out", path("out")).start();

    endOnce(process, () -> names(work).size() == 2);

    assertThat(Files.readString(work.resolve("out"))).isEqualTo("precious");
    assertThat(names(work)).containsExactly("out");
    assertThat(text(errors)).doesNotContain("null");
  }

  @Test
  void convert_toldToEnd_leavesNothing() throws Exception {
    var process = command("trace", "convert", "-", path("new.gz")).start();
    try (var pipe = process.getOutputStream()) {
      pipe.write(TRACE.repeat(5_000).getBytes(UTF_8));
      pipe.flush();
      endOnce(process, () -> names(work).size() == 1);
    }

    assertThat(names(work)).isEmpty();
  }

  @Test
  void plan_toldToEndAmidAPipe_leavesNoCopyOfIt() throws Exception {
    var process = command("plan", "-", "--json", path("out")).start();
    try (var pipe = process.getOutputStream()) {
      pipe.write(TRACE.getBytes(UTF_8));
      pipe.flush();
      endOnce(process, () -> names(copies).stream().anyMatch(name -> name.endsWith(".pipe")));
    }

    assertThat(names(copies)).noneMatch(name -> name.endsWith(".pipe"));
    assertThat(names(work)).isEmpty();
  }

  /// Tells a process to end as soon as it has come so far, and waits until it has ended.
  private void endOnce(Process process, BooleanSupplier reached) throws Exception {
    try {
      while (!reached.getAsBoolean()) {
        assertThat(process.isAlive()).as(() -> text(errors)).isTrue();
      }
      // Of the process itself, destroy would also end what it reads.
      assertThat(process.toHandle().destroy()).isTrue();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isNotZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void run_fullDisk_failsByName() throws Exception {
    assumeTrue(Files.exists(FULL), "no " + FULL);
    Files.writeString(work.resolve("in"), TRACE.repeat(2_000));

    for (var line :
        List.of("trace convert IN OUT", "trace gen --out OUT", "trace stats IN --json OUT")) {
      var words = line.replace("IN", path("in")).replace("OUT", FULL.toString()).split(" ");
      var process = command(words).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      assertThat(process.waitFor()).as(line).isEqualTo(1);
      assertThat(text(errors))
          .endsWith(": /dev/full: cannot be written (No space left on device)%n".formatted());
    }
  }

  @Test
  void run_standardOutputFull_fails() throws Exception {
    assumeTrue(Files.exists(FULL), "no " + FULL);
    Files.writeString(work.resolve("in"), TRACE);

    for (var line : List.of("trace stats IN", "plan IN --sizes 4", "trace convert IN -", "-h")) {
      var words = line.replace("IN", path("in")).split(" ");
      var process = command(words).redirectOutput(FULL.toFile()).start();
      assertThat(process.waitFor()).as(line).isEqualTo(1);
      assertThat(text(errors)).contains("cannot be written (No space left on device)");
    }
  }

  @Test
  void stats_readerHasSeenEnough_saysNothing() throws Exception {
    Files.writeString(work.resolve("in"), TRACE);
    var process = command("trace", "stats", path("in")).start();

    process.getInputStream().close();

    assertThat(process.waitFor()).isZero();
    assertThat(text(errors)).isEmpty();
  }

  private ProcessBuilder command(String... arguments) {
    var words = new ArrayList<String>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-Djava.io.tmpdir=" + copies);
    words.add("--enable-native-access=ALL-UNNAMED");
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.incipit.cli.Main"));
    words.addAll(List.of(arguments));
    return new ProcessBuilder(words).redirectError(errors.toFile());
  }

  private String path(String name) {
    return work.resolve(name).toString();
  }

  private static List<String> names(Path directory) {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
