// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.cli.option.TraceInput;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.trace.MemoryDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class ReplayCommandTest {
  private static final String TRACE =
      """
      {"timestamp": 0, "input_length": 1000, "output_length": 5, "hash_ids": [0, 1]}
      {"timestamp": 0, "input_length": 1500, "output_length": 5, "hash_ids": [0, 2, 3]}
      """;

  private final MemoryDisk disk = new MemoryDisk().with(Path.of("trace.jsonl"), TRACE);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void run_smallTrace_printsAlignedReport() {
    assertThat(run("replay", "trace.jsonl")).isZero();

    assertThat(out.toString())
        .startsWith(
            """
            trace.jsonl, in-process

                    asked  found  hit rate
            blocks      5      1    20.00%
            tokens  2,500    512    20.48%

            2 requests       mean   p10   p25   p50    p75    p90
            block hit rate  16.7%  0.0%  0.0%  0.0%  33.3%  33.3%
            At least half found in 0.00% of the requests, nothing in 50.00%.

            look-ups""")
        .contains("4 different blocks, 4 held at the end");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void run_json_writesEveryField() throws IOException {
    assertThat(run("replay", "trace.jsonl", "--json", "out.json", "--tails", "full")).isZero();

    var report = JsonMapper.shared().readTree(disk.readText(Path.of("out.json")));
    assertThat(report.get("requests").asInt()).isEqualTo(2);
    assertThat(report.get("blocks").asInt()).isEqualTo(5);
    assertThat(report.get("blockHits").asInt()).isEqualTo(1);
    assertThat(report.get("blockHitRate").asDouble()).isEqualTo(0.2);
    assertThat(report.get("tokens").asInt()).isEqualTo(2500);
    assertThat(report.get("tokenHits").asInt()).isEqualTo(512);
    assertThat(report.get("tokenHitRate").asDouble()).isEqualTo(512 / 2500.0);
    assertThat(report.get("distinctBlocks").asInt()).isEqualTo(4);
    assertThat(report.get("lookupsPerSecond").asDouble()).isPositive();
    assertThat(report.get("latencyMicros").propertyNames())
        .containsExactly("p50", "p90", "p99", "p999", "max");
    assertThat(report.get("bytesPerBlock").asDouble()).isPositive();
    assertThat(report.get("target").asString()).isEqualTo("in-process");
    assertThat(report.get("tails").asString()).isEqualTo("full");
    assertThat(report.get("seed").asLong()).isEqualTo(1);
    assertThat(report.get("skippedLines").asInt()).isZero();
  }

  @Test
  void run_badLine_failsWithFileLineAndReasonOrSkipsIt() {
    disk.with(Path.of("bad.jsonl"), TRACE + "{}\n");

    assertThat(run("replay", "bad.jsonl")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "incipit replay: bad.jsonl:3: timestamp: missing (expected: a number)%n".formatted());
    assertThat(run("replay", "bad.jsonl", "--skip-bad")).isZero();
    assertThat(out.toString()).contains("Left out as bad: 1 lines.");
  }

  @Test
  void run_severalClients_saysThatCountsDiffer() {
    assertThat(run("replay", "trace.jsonl", "--clients", "2")).isZero();
    assertThat(err.toString()).contains("counts differ from run to run");
  }

  @Test
  void run_synthetic_needsNoFile() {
    assertThat(run("replay", "--synthetic", "50", "--seed", "9")).isZero();
    assertThat(out.toString()).contains("conversation, 50 requests, seed 9");
  }

  @Test
  void run_preset_needsNoFile() throws IOException {
    assertThat(run("replay", "--preset", "rag", "--requests", "40", "--json", "out.json")).isZero();
    assertThat(out.toString()).startsWith("rag, 40 requests, seed 1, in-process\n");
    var report = JsonMapper.shared().readTree(disk.readText(Path.of("out.json")));
    assertThat(report.get("trace").asString()).isEqualTo("rag, 40 requests, seed 1");
  }

  @Test
  void run_otherFormat_isSeenFromTheContent() {
    disk.with(
        Path.of("agents.jsonl"),
        """
        {"session":"a","turn":0,"t":0.000,"in":200,"out":5,"keep":0,"add_runs":[[0,3]]}
        {"session":"a","turn":1,"t":25.000,"in":260,"out":5,"keep":2,"add_runs":[[3,2]]}
        """);

    assertThat(run("replay", "agents.jsonl", "--session-starts", "5")).isZero();
    assertThat(out.toString()).contains("blocks      7      2    28.57%");
  }

  @Test
  void run_noSuchFile_failsWithOneLine() {
    assertThat(run("replay", "none.jsonl")).isEqualTo(1);
    assertThat(err.toString()).isEqualTo("incipit replay: none.jsonl: no such file%n".formatted());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          replay                              | FILE: missing (expected: a trace, or --preset NAME)
          replay trace.jsonl --synthetic      | FILE: trace.jsonl beside --synthetic (expected: one
          replay trace.jsonl --preset rag     | --preset: rag beside trace.jsonl (expected: one of
          replay --preset rag --requests 0    | --requests: 0 (expected: at least 1)
          replay x --session-starts -1        | --session-starts: -1.0 (expected: 0 or more
          replay --synthetic 0                | --synthetic: 0 (expected: at least 1 request)
          replay trace.jsonl --clients 0      | --clients: 0 (expected: 1 to 1024)
          replay trace.jsonl --capacity 0     | --capacity: 0 (expected: at least 1 block)
          replay trace.jsonl --capacity many  | --capacity: many (expected: blocks such as 5000 or
          replay trace.jsonl --speed fast     | '--speed': fast (expected: max, as-recorded, or
          replay trace.jsonl --tails some     | expected one of [ALL, FULL]
          replay trace.jsonl --target host    | --target: host (expected: in-process or HOST:PORT)
          replay trace.jsonl --target a:0     | --target: a:0 (expected: in-process or HOST:PORT)
          replay trace.jsonl --target a:99999 | --target: a:99999 (expected: in-process or HOST:
          replay trace.jsonl --bogus          | Unknown option: '--bogus'
          """)
  void run_badOption_namesValueAndWhatWasExpected(String line, String reason) {
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(reason);
    assertThat(out.toString()).isEmpty();
  }

  private int run(String... arguments) {
    var input = new TraceInput(disk, Clock.system(), false);
    var command = new ReplayCommand(input, Clock.system(), RandomSource.system());
    var shell = Shell.of(new Main.Root()).with(command);
    shell.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return shell.run(arguments);
  }
}
