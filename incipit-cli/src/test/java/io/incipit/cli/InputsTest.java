// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.cli.option.TraceInput;
import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.env.RandomSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Traces as people have them: through pipes, in parts, and without what others say.
class InputsTest {
  private static final String TRACE =
      """
      {"timestamp": 0, "input_length": 1024, "output_length": 5, "hash_ids": [0, 1]}
      {"timestamp": 1, "input_length": 1500, "output_length": 5, "hash_ids": [0, 2, 3]}
      {"timestamp": 2, "input_length": 1024, "output_length": 5, "hash_ids": [0, 1]}
      """;
  private static final String CONTENTS =
      """
      {"timestamp": 0, "input_length": 1200, "output_length": 5, "hash_ids": [0, 1, 2]}
      {"timestamp": 1, "input_length": 1800, "output_length": 5, "hash_ids": [0, 3, 4, 5]}
      {"timestamp": 2, "input_length": 1300, "output_length": 5, "hash_ids": [1, 4, 6]}
      """;
  private static final String LENGTHS_ONLY =
      """
      {"timestamp": 0, "input_length": 2048, "output_length": 3}
      {"timestamp": 1, "input_length": 2048, "output_length": 3}
      """;

  private static final String PROMPT = "a prompt of more than one block ".repeat(16);

  private final Disk disk = Disk.system();
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "trace stats F --json O",
        "trace sim F --policies leaf-lru --capacities 2 --json O",
        "plan F --sizes 2,4 --json O",
        "trace convert F O",
      })
  void run_namedPipe_givesWhatTheFileGives(String line) throws Exception {
    disk.writeText(directory.resolve("file"), TRACE);
    assertThat(run(line.replace("F", "D/file").replace("O", "D/a"))).isZero();

    var pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    var writer = Thread.ofVirtual().start(() -> feed(pipe));
    assertThat(run(line.replace("F", "D/pipe").replace("O", "D/b"))).isZero();
    writer.join();

    var expected = disk.readText(directory.resolve("a")).replace("\"file\"", "\"pipe\"");
    assertThat(disk.readText(directory.resolve("b"))).isEqualTo(expected);
  }

  private static void feed(Path pipe) {
    try (var to = Files.newOutputStream(pipe, StandardOpenOption.WRITE)) {
      to.write(TRACE.getBytes(UTF_8));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void run_standardInputTwice_isRefused() {
    assertThat(run("trace stats - -")).isEqualTo(2);
    assertThat(err.toString()).contains("FILE: - twice (expected: each once)");
  }

  @Test
  void stats_idsOfContents_areCountedAndReadAsDifferentBlocks() throws IOException {
    disk.writeText(directory.resolve("t"), CONTENTS);

    assertThat(run("trace stats D/t --json D/o")).isZero();
    assertThat(out.toString()).contains("2 ids below two parents, read as different blocks.");
    var trace = json("o").get("traces").get(0);
    assertThat(trace.at("/stats/size/notes/idsBelowTwoParents").asInt()).isEqualTo(2);
    assertThat(trace.at("/stats/size/blocks").asInt()).isEqualTo(10);
    assertThat(trace.at("/stats/size/distinctBlocks").asInt()).isEqualTo(9);
    assertThat(trace.at("/stats/size/blockHitRate").asDouble()).isEqualTo(0.1);

    assertThat(run("replay D/t --json D/r")).isZero();
    assertThat(json("r").get("blockHits").asInt()).isEqualTo(1);
    assertThat(run("trace sim D/t --policies leaf-lru --capacities 100 --admit all --json D/s"))
        .isZero();
    assertThat(json("s").at("/rows/0/blockHitRate").asDouble()).isEqualTo(0.1);
    assertThat(run("plan D/t --sizes 100 --json D/p")).isZero();
    assertThat(json("p").at("/demand/leftOut/notes/idsBelowTwoParents").asInt()).isEqualTo(2);
  }

  @Test
  void run_lengthsOnly_saysThatNothingAboutReuseFollows() throws IOException {
    disk.writeText(directory.resolve("t"), LENGTHS_ONLY);
    var sentence = "does not tell which blocks prompts share";

    assertThat(run("trace stats D/t --json D/o --html D/h")).isZero();
    assertThat(out.toString()).contains(sentence).doesNotContain("%");
    var stats = json("o").at("/traces/0/stats");
    assertThat(stats.at("/size/notes/sharingUnknown").asBoolean()).isTrue();
    assertThat(stats.propertyNames()).containsExactly("size", "rates");
    assertThat(stats.at("/size/inputTokens/mean").asInt()).isEqualTo(2048);
    assertThat(stats.get("size").has("blockHitRate")).isFalse();
    assertThat(disk.readText(directory.resolve("h")))
        .contains(sentence)
        .doesNotContain("hit rate", "seen before", "reused");
    assertThat(run("replay D/t --json D/r")).isZero();
    assertThat(out.toString()).contains(sentence).doesNotContain("%");
    assertThat(json("r").at("/notes/sharingUnknown").asBoolean()).isTrue();
    assertThat(json("r").has("blockHitRate")).isFalse();
    for (var line : new String[] {"trace sim D/t --json D/x", "plan D/t --json D/x"}) {
      assertThat(run(line)).isEqualTo(1);
      assertThat(err.toString()).contains(sentence);
      assertThat(disk.exists(directory.resolve("x"))).isFalse();
    }
  }

  @Test
  void run_withoutTimes_concludesNothingAboutTime() throws IOException {
    disk.writeText(directory.resolve("t"), "{\"prompt\": \"%s\"}%n".formatted(PROMPT).repeat(3));
    var sentence =
        "The trace does not tell when requests came: nothing about time follows from it.";

    assertThat(run("trace stats D/t --html D/h")).isZero();
    assertThat(out.toString())
        .contains(sentence)
        .doesNotContain("requests/s", "10 min", "reused within", "seconds");
    assertThat(disk.readText(directory.resolve("h")))
        .contains(sentence, "Shape of the prefix tree")
        .doesNotContain("requests/s", "over time", "10 min");
    assertThat(run("plan D/t --sizes 2,4 --gpu-price 2 --json D/p --html D/q")).isZero();
    assertThat(out.toString()).contains(sentence).doesNotContain("such machines");
    assertThat(json("p").get("own").has("gpusSaved")).isFalse();
    assertThat(disk.readText(directory.resolve("q"))).contains(sentence);
    assertThat(run("replay D/t --speed 100000x --session-starts 1")).isZero();
    assertThat(out.toString()).contains(sentence);
    assertThat(err.toString())
        .contains("--speed: 100000.0x, of a trace that does not tell when requests came")
        .hasLineCount(1);
    assertThat(run("replay D/t")).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mooncake", "lmcache", "aiperf", "oracle-general"})
  void run_optionsOfTextsWithBlocks_areRefusedByName(String format) throws IOException {
    disk.writeText(directory.resolve("t"), TRACE);
    assertThat(run("trace convert D/t D/x --to " + format)).isZero();

    for (var option : new String[] {"--tokenizer bytes", "--block-size 32"}) {
      assertThat(run("trace stats D/x " + option)).isEqualTo(1);
      assertThat(err.toString())
          .contains(
              "x: %s: given with %s, which has blocks of its own (expected: a log of prompts)"
                  .formatted(option.substring(0, option.indexOf(' ')), format));
    }
  }

  @Test
  void run_optionsOfTextsWithAPreset_areRefused() {
    for (var command : new String[] {"replay", "plan"}) {
      assertThat(run(command + " --preset rag --tokenizer bytes")).isEqualTo(2);
      assertThat(err.toString()).contains("--tokenizer: bytes without a file (expected: a log of");
      assertThat(run(command + " --preset rag --block-size 8")).isEqualTo(2);
      assertThat(err.toString()).contains("--block-size: 8 without a file (expected: a log of");
    }
  }

  @Test
  void run_objectsWithSizes_saysSoAndRefusesBytes() throws IOException {
    var records = new byte[48];
    records[4] = 1;
    records[13] = 2;
    Arrays.fill(records, 16, 24, (byte) -1);
    records[28] = 2;
    records[37] = 2;
    Arrays.fill(records, 40, 48, (byte) -1);
    Files.write(directory.resolve("t"), records);

    assertThat(run("trace stats D/t")).isZero();
    assertThat(out.toString()).contains("Sizes are ignored, of 2 records");
    assertThat(run("plan D/t")).isEqualTo(1);
    assertThat(err.toString()).contains("nothing in bytes follows (expected: sizes in blocks");
    assertThat(run("plan D/t --sizes 1,2 --memory 5k")).isZero();
    assertThat(out.toString()).contains("Sizes are ignored, of 2 records");
    assertThat(run("trace sim D/t --capacities 1GiB@llama-3-8b")).isEqualTo(1);
    assertThat(run("trace sim D/t --capacities 1")).isZero();
  }

  @Test
  void convert_toStandardOutput_keepsTheSummaryApart() throws IOException {
    disk.writeText(directory.resolve("t"), TRACE);

    assertThat(run("trace stats D/none --json -")).isEqualTo(1);
    assertThat(run("trace convert D/t /dev/null")).isZero();
    assertThat(out.toString()).endsWith("/dev/null: 3 requests, mooncake%n".formatted());
  }

  @Test
  void replay_capacityWithAUnit_isTakenAsSimTakesIt() throws IOException {
    disk.writeText(directory.resolve("t"), TRACE);

    assertThat(run("replay D/t --capacity 5k --json D/o")).isZero();
    assertThat(json("o").get("capacity").asInt()).isEqualTo(5000);
  }

  private JsonNode json(String name) throws IOException {
    return JsonMapper.shared().readTree(disk.readText(directory.resolve(name)));
  }

  private int run(String line) {
    out = new StringWriter();
    err = new StringWriter();
    var input = new TraceInput(disk, Clock.system(), false);
    var shell =
        Shell.of(new Main.Root())
            .with(new ReplayCommand(input, Clock.system(), RandomSource.system()))
            .with(
                new TraceCommand(),
                new TraceStatsCommand(input),
                new TraceSimCommand(input),
                new TraceConvertCommand(input))
            .with(new PlanCommand(input));
    shell.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return shell.run(line.replace("D/", directory + "/").split(" "));
  }
}
