// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.cli.option.TraceInput;
import io.incipit.env.Clock;
import io.incipit.trace.MemoryDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceConvertCommandTest {
  private static final String BAILIAN =
      """
      {"chat_id": 0, "timestamp": 1.5, "input_length": 40, "output_length": 3, "hash_ids": [9, 8]}
      """;

  private final MemoryDisk disk = new MemoryDisk().with(Path.of("in"), BAILIAN);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void run_noOptions_writesMooncakeWithItsBlockSize() throws IOException {
    assertThat(run("in", "out")).isZero();

    assertThat(disk.readText(Path.of("out")))
        .isEqualTo(
            "{\"timestamp\": 1500, \"input_length\": 40, \"output_length\": 3,"
                + " \"block_size\": 16, \"hash_ids\": [0, 1]}\n");
    assertThat(out.toString()).isEqualTo("out: 1 requests, mooncake%n".formatted());
  }

  @Test
  void run_gzipName_packs() throws IOException {
    assertThat(run("in", "out.jsonl.gz", "--to", "bailian")).isZero();
    assertThat(disk.openRead(Path.of("out.jsonl.gz")).readNBytes(2)).containsExactly(0x1f, 0x8b);
    assertThat(run("out.jsonl.gz", "back")).isZero();
    assertThat(disk.readText(Path.of("back"))).contains("\"hash_ids\": [0, 1]");
  }

  @Test
  void run_sessionsThatAreNoDeltas_saysSo() {
    disk.with(
        Path.of("in"),
        """
        {"chat_id": 0, "timestamp": 1, "input_length": 40, "output_length": 3, "hash_ids": [9, 8]}
        {"chat_id": 1, "parent_chat_id": 0, "timestamp": 2, "input_length": 16, \
        "output_length": 3, "turn": 2, "hash_ids": [7]}
        """);

    assertThat(run("in", "out", "--to", "aiperf")).isZero();
    assertThat(out.toString())
        .contains("Request by request: 1 of 1 sessions, whose prompts are more than deltas.");
  }

  @Test
  void run_hints_areKeptWhereTheFormatCanAndCountedWhereNot() throws IOException {
    var line =
        "{\"timestamp\": 0, \"input_length\": 40, \"output_length\": 3, \"block_size\": 16,"
            + " \"hash_ids\": [0, 1, 2], \"hint\": {\"back_in_s\": 2.5}}\n";
    disk.with(Path.of("hinted"), line);

    assertThat(run("hinted", "out")).isZero();
    assertThat(disk.readText(Path.of("out"))).isEqualTo(line);
    assertThat(run("hinted", "out", "--to", "bailian")).isZero();
    assertThat(out.toString()).contains("Left out, since the format has none: 1 hints.");
    disk.with(Path.of("hinted"), line.replace("2.5", "-1"));
    assertThat(run("hinted", "out")).isEqualTo(1);
    assertThat(err.toString()).contains("hinted:1: hint.back_in_s: -1 (expected: a number from 0");
  }

  @Test
  void run_badLine_failsOrCountsIt() {
    disk.with(Path.of("bad"), BAILIAN + "{}\n");

    assertThat(run("bad", "out")).isEqualTo(1);
    assertThat(err.toString()).startsWith("incipit trace convert: bad:2: timestamp: missing");
    assertThat(run("bad", "out", "--skip-bad")).isZero();
    assertThat(out.toString()).contains("Left out as bad: 1 lines.");
  }

  @ParameterizedTest
  @CsvSource({
    "in in, OUT: in (expected: another file than is read)",
    "in out --to csv, '--to: csv (expected: one of mooncake, agent-sessions, bailian, weka,'",
    "in out --from csv, '--from: csv (expected: one of mooncake, '",
    "in, Missing required parameter: 'OUT'"
  })
  void run_misuse_saysWhatWasExpected(String line, String reason) {
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(reason);
  }

  private int run(String... arguments) {
    var input = new TraceInput(disk, Clock.system(), false);
    var shell = Shell.of(new Main.Root()).with(new TraceCommand(), new TraceConvertCommand(input));
    shell.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    var line = new String[arguments.length + 2];
    line[0] = "trace";
    line[1] = "convert";
    System.arraycopy(arguments, 0, line, 2, arguments.length);
    return shell.run(line);
  }
}
