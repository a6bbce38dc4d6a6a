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

class TraceGenCommandTest {
  private final MemoryDisk disk = new MemoryDisk();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void run_preset_writesAsManyLinesTheSameEachTime() throws IOException {
    assertThat(run("--preset tool --requests 50 --seed 3 --out a")).isZero();
    assertThat(run("--preset tool --requests 50 --seed 3 --out b")).isZero();

    var text = disk.readText(Path.of("a"));
    assertThat(text.lines()).hasSize(50).allMatch(line -> line.startsWith("{\"timestamp\": "));
    assertThat(disk.readText(Path.of("b"))).isEqualTo(text);
    assertThat(out.toString()).startsWith("a: 50 requests in ");
  }

  @Test
  void run_setAndShow_printsSettingsThatAWorkloadFileTakes() throws IOException {
    assertThat(run("--preset rag --set single.sessions-per-second=9 --show")).isZero();
    assertThat(out.toString()).contains("single.sessions-per-second = 9\n");

    disk.with(Path.of("own"), out.toString());
    assertThat(run("--workload own --requests 5 --out c --to oracle-general")).isZero();
    assertThat(disk.bytes(Path.of("c")) % 24).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --preset tool                   | --out: missing (expected: the file to write, or --show)
          --preset x --out a              | preset: x (expected: one of conversation, tool, rag,
          --out a --requests 0            | --requests: 0 (expected: at least 1)
          --out a --to csv                | --to: csv (expected: one of mooncake, agent-sessions,
          --out a --set chat.x=1          | chat.x: no such setting (expected: one of block-tokens
          --preset tool --workload w      | --preset: tool beside --workload (expected: one of them)
          """)
  void run_misuse_saysWhatWasExpected(String line, String reason) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(err.toString()).contains(reason);
  }

  private int run(String line) {
    var input = new TraceInput(disk, Clock.system(), false);
    var shell = Shell.of(new Main.Root()).with(new TraceCommand(), new TraceGenCommand(input));
    shell.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return shell.run(("trace gen " + line).split(" "));
  }
}
