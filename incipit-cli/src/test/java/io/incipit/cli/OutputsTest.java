// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.cli.option.TraceInput;
import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.env.RandomSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// No command writes over what it reads, or leaves a part of what it was to write. `D` stands for a
/// directory with a trace `in`, a link, a twin and a `detour` to it, and an old `out`.
class OutputsTest {
  private static final String TRACE =
      """
      {"timestamp": 0, "input_length": 1024, "output_length": 5, "hash_ids": [0, 1]}
      {"timestamp": 1, "input_length": 1500, "output_length": 5, "hash_ids": [0, 2, 3]}
      """;

  private final Disk disk = Disk.system();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory;

  @BeforeEach
  void makeFiles() throws IOException {
    disk.writeText(directory.resolve("in"), TRACE);
    disk.writeText(directory.resolve("out"), "precious");
    Files.createSymbolicLink(directory.resolve("link"), Path.of("in"));
    Files.createLink(directory.resolve("twin"), directory.resolve("in"));
    Files.createSymbolicLink(directory.resolve("detour"), directory);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "trace sim D/in --json D/in",
        "trace sim D/out D/in --html D/link",
        "trace stats D/in --html D/in",
        "trace stats D/in --json D/twin",
        "plan D/in --json D/in",
        "plan D/link --html D/detour/in",
        "replay D/in --json D/in",
        "trace convert D/in D/in",
        "trace convert D/link D/in",
        "trace convert D/in D/link",
        "trace convert D/twin D/in",
        "trace convert D/in D/detour/./in",
        "trace gen --workload D/in --out D/link",
        "trace stats D/out --tokenizer D/in --json D/in",
        "trace sim D/out --tokenizer D/link --html D/in",
        "plan D/out --tokenizer D/in --json D/twin",
        "replay D/out --tokenizer D/in --json D/link",
        "trace convert D/out D/in --tokenizer D/in",
      })
  void run_outputIsAnInput_isRefusedBeforeTheWork(String line) throws IOException {
    assertThat(run(line)).isEqualTo(2);
    assertThat(err.toString()).contains("(expected: another file than is read)");
    assertThat(out.toString()).isEmpty();
    assertThat(disk.readText(directory.resolve("in"))).isEqualTo(TRACE);
    assertThat(names()).isEqualTo("detour in link out twin");
  }

  @Test
  void run_outputIsTheTokenizerOfADirectory_isRefused() throws IOException {
    Files.move(directory.resolve("out"), directory.resolve("tokenizer.json"));

    for (var line :
        List.of(
            "trace stats D/in --tokenizer D --json D/tokenizer.json",
            "trace convert D/in D/detour/tokenizer.json --tokenizer D")) {
      assertThat(run(line)).isEqualTo(2);
      assertThat(err.toString()).contains("(expected: another file than is read)");
      assertThat(disk.readText(directory.resolve("tokenizer.json"))).isEqualTo("precious");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          trace stats D/in --html D              | --html: D (expected: a file, and this is a direct
          trace sim D/in --json D/no/x           | --json: D/no/x (expected: a file in a directory
          trace convert D/in D/no/x              | OUT: D/no/x (expected: a file in a directory that
          trace gen --out D/no/x                 | --out: D/no/x (expected: a file in a directory
          plan D/in --json D/a --html D/detour/a | --html: D/detour/a (expected: another file than -
          trace stats D/in --json - --html -     | --html: - (expected: another file than --json has
          replay D/in --json D                   | --json: D (expected: a file, and this is a direct
          """)
  void run_outputThatCannotBe_isNamedBeforeTheWork(String line, String reason) throws IOException {
    assertThat(run(line)).isEqualTo(2);
    assertThat(err.toString().replace(directory.toString(), "D")).contains(reason);
    assertThat(out.toString()).isEmpty();
    assertThat(names()).isEqualTo("detour in link out twin");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mooncake", "aiperf", "lmcache", "bailian", "oracle-general", "weka"})
  void convert_badLastLine_leavesTheOldOutAndNoNewOne(String format) throws IOException {
    disk.writeText(directory.resolve("bad"), TRACE + "{\"timestamp\": 9");

    assertThat(run("trace convert D/bad D/out --to " + format)).isEqualTo(1);
    assertThat(disk.readText(directory.resolve("out"))).isEqualTo("precious");
    assertThat(run("trace convert D/bad D/new.gz --to " + format)).isEqualTo(1);
    assertThat(names()).isEqualTo("bad detour in link out twin");
  }

  @Test
  void convert_goodTrace_replacesTheOldOut() throws IOException {
    assertThat(run("trace convert D/in D/out")).isZero();
    assertThat(disk.readText(directory.resolve("out"))).isEqualTo(TRACE);
    assertThat(names()).isEqualTo("detour in link out twin");
  }

  @Test
  void gen_badRequests_areNamedBeforeOut() {
    assertThat(run("trace gen --requests -5")).isEqualTo(2);
    assertThat(err.toString()).contains("--requests: -5 (expected: at least 1)");
  }

  @Test
  void gen_moreThanTheDiskHolds_isRefusedAndLeavesNothing() throws IOException {
    assertThat(run("trace gen --requests 99999999999999 --out D/g")).isEqualTo(1);
    assertThat(err.toString()).containsPattern("--out: .*/g needs about [0-9,]+ GiB");
    assertThat(names()).isEqualTo("detour in link out twin");
  }

  @Test
  void run_directoryOrMissingInput_isNamed() {
    assertThat(run("trace stats D")).isEqualTo(1);
    assertThat(err.toString()).contains(directory + ": a directory (expected: a file)");
  }

  private String names() throws IOException {
    try (var files = Files.list(directory)) {
      return String.join(" ", files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  private int run(String line) {
    var input = new TraceInput(disk, Clock.system(), false);
    var shell =
        Shell.of(new Main.Root())
            .with(new ReplayCommand(input, Clock.system(), RandomSource.system()))
            .with(
                new TraceCommand(),
                new TraceStatsCommand(input),
                new TraceSimCommand(input),
                new TraceConvertCommand(input),
                new TraceGenCommand(input))
            .with(new PlanCommand(input));
    shell.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return shell.run(line.replace("D", directory.toString()).split(" "));
  }
}
