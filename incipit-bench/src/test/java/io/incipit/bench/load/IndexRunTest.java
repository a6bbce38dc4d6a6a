// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.bench.report.Samples;
import io.incipit.env.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexRunTest {
  private static final String TINY =
      """
      {"timestamp": 0, "input_length": 1024, "output_length": 9, "hash_ids": [0, 1]}
      {"timestamp": 1, "input_length": 1536, "output_length": 9, "hash_ids": [0, 1, 2]}
      {"timestamp": 2, "input_length": 1024, "output_length": 9, "hash_ids": [0, 3]}
      """;

  @TempDir private Path folder;

  private Prompts prompts(String trace) throws IOException {
    var file = folder.resolve("tiny.jsonl");
    Disk.system().writeText(file, trace);
    return Prompts.read(file);
  }

  @Test
  void run_traceThatNeverFillsTheOwner_leavesChurnOutAndSaysSo() throws Exception {
    var said = new ArrayList<String>();

    var samples = new IndexRun(true, 1, prompts(TINY), said::add).run();

    assertThat(samples.all()).containsKey("match.length.full.16");
    assertThat(samples.all().keySet()).noneMatch(cell -> cell.contains("churn"));
    assertThat(said).anyMatch(line -> line.startsWith("not measured: the owner has room for"));
  }

  @Test
  void prompts_throughAPipe_areThoseOfTheFile() throws Exception {
    var pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    var writer = Thread.ofVirtual().start(() -> feed(pipe));

    var prompts = Prompts.read(pipe);

    writer.join();
    assertThat(prompts.count()).isEqualTo(3);
    assertThat(prompts.accesses()).isEqualTo(prompts(TINY).accesses());
  }

  private static void feed(Path pipe) {
    try (var to = Files.newOutputStream(pipe, StandardOpenOption.WRITE)) {
      to.write(TINY.getBytes(UTF_8));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void prompts_ofATraceWithoutBlocks_areRefused() {
    assertThatThrownBy(() -> prompts("")).hasMessageContaining("tiny.jsonl: no request");
  }

  @Test
  void samples_thatAreNoNumbers_areRefusedByName() {
    assertThatThrownBy(() -> new Samples().add("put", Samples.OURS, 0.0 / 0))
        .hasMessage("put of incipit: NaN (expected: a number; was there any work?)");
  }
}
