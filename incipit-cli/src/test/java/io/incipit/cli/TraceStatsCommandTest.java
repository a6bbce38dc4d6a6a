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
import tools.jackson.databind.json.JsonMapper;

class TraceStatsCommandTest {
  private static final String TRACE =
      """
      {"timestamp": 0, "input_length": 1000, "output_length": 5, "hash_ids": [0, 1]}
      {"timestamp": 4000, "input_length": 1500, "output_length": 5, "hash_ids": [0, 2, 3]}
      """;

  private final MemoryDisk disk = new MemoryDisk().with(Path.of("trace.jsonl"), TRACE);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void run_smallTrace_printsEveryTable() {
    assertThat(run("trace", "stats", "trace.jsonl")).isZero();

    assertThat(out.toString())
        .startsWith(
            """
            trace.jsonl
            ===========
            2 requests in 4 s at 2 different times; blocks of 512 tokens

            Ideal reuse: nothing is evicted, a hit is a leading block seen before
                    asked  distinct  hit rate
            blocks      5         4    20.00%
            tokens  2,500              20.48%
            """)
        .containsPattern("B {2}pairs / n +41\\.7% +40\\.0%\n")
        .contains("Runs test", "Prefix tree", "Working set", "Rates", "Sessions");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void run_logOfPrompts_saysInTextAndJsonWhatWasTakenForGranted() throws IOException {
    disk.with(Path.of("log.jsonl"), "{\"prompt\": \"twelve bytes\"}\n");

    assertThat(run("trace", "stats", "log.jsonl", "--block-size", "2", "--json", "o.json"))
        .isZero();

    assertThat(out.toString())
        .contains("1 requests; blocks of 2 tokens\n")
        .contains("Tokens of text: 4 bytes of UTF-8 are taken for one; --tokenizer counts them.\n")
        .contains("Every 20 s a request comes (--session-starts).\n");
    var traces = JsonMapper.shared().readTree(disk.readText(Path.of("o.json"))).get("traces");
    assertThat(traces.get(0).get("stats").get("size").at("/notes/assumed").size()).isEqualTo(3);
  }

  @Test
  void run_blockSizeOrTokenizerThatCannotBe_isRefused() {
    assertThat(run("trace", "stats", "trace.jsonl", "--block-size", "32")).isEqualTo(1);
    assertThat(run("trace", "stats", "trace.jsonl", "--tokenizer", "bytes")).isEqualTo(1);
    assertThat(run("trace", "stats", "trace.jsonl", "--block-size", "0")).isEqualTo(2);
    assertThat(run("trace", "stats", "trace.jsonl", "--tokenizer", "words")).isEqualTo(2);

    assertThat(err.toString())
        .contains("trace.jsonl: --block-size: given with mooncake, which has blocks of its own")
        .contains("trace.jsonl: --tokenizer: given with mooncake, which has blocks of its own")
        .contains("--block-size: 0 (expected: 1 to 1048576)")
        .contains("--tokenizer: words (expected: bytes");
  }

  @Test
  void run_severalFilesAndJson_writesEachOfThem() throws IOException {
    disk.with(Path.of("again.jsonl"), TRACE);

    assertThat(run("trace", "stats", "trace.jsonl", "again.jsonl", "--json", "o.json")).isZero();

    var traces = JsonMapper.shared().readTree(disk.readText(Path.of("o.json"))).get("traces");
    assertThat(traces.size()).isEqualTo(2);
    assertThat(traces.get(1).get("trace").asString()).isEqualTo("again.jsonl");
    var stats = traces.get(0).get("stats");
    assertThat(stats.get("size").get("blockHitRate").asDouble()).isEqualTo(0.2);
    assertThat(stats.propertyNames())
        .containsExactly(
            "size",
            "hits",
            "sequence",
            "randomness",
            "reuse",
            "position",
            "tree",
            "workingSet",
            "rates",
            "sessions",
            "heat");
    assertThat(out.toString()).contains("\nagain.jsonl\n===========\n");
  }

  @Test
  void run_badLine_failsWithFileLineAndReasonOrCountsIt() {
    disk.with(Path.of("bad.jsonl"), TRACE + "{}\n");

    assertThat(run("trace", "stats", "bad.jsonl")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "incipit trace stats: bad.jsonl:3: timestamp: missing (expected: a number)%n"
                .formatted());
    assertThat(out.toString()).isEmpty();
    assertThat(run("trace", "stats", "bad.jsonl", "--skip-bad")).isZero();
    assertThat(out.toString()).contains("Left out as bad: 1 lines.");
  }

  @Test
  void run_sessionsWithoutStarts_beginAsAskedAndRepeatsAreCounted() {
    var session =
        """
        {"block_size": 64, "requests": [{"t": 0, "in": %1$d, "out": 1, "hash_ids": [7]},
         {"t": 1, "in": 70, "out": 1, "hash_ids": [7]}]}
        """;
    disk.with(
        Path.of("w.json"), session.formatted(70) + session.formatted(71) + session.formatted(70));

    assertThat(run("trace", "stats", "w.json", "--session-starts", "7")).isZero();
    assertThat(out.toString()).contains("4 requests in 8 s", "Left out as repeats: 1 sessions.");
    assertThat(run("trace", "stats", "w.json", "--session-starts", "-7")).isEqualTo(2);
    assertThat(err.toString()).contains("--session-starts: -7.0 (expected: 0 or more seconds)");
  }

  @Test
  void run_noFile_isMisuse() {
    assertThat(run("trace", "stats")).isEqualTo(2);
    assertThat(err.toString()).contains("Missing required parameter: 'FILE'");
    assertThat(run("trace", "stats", "none.jsonl")).isEqualTo(1);
    assertThat(err.toString()).contains("none.jsonl: no such file");
  }

  @Test
  void run_groupAlone_listsItsCommands() {
    assertThat(run("trace")).isEqualTo(2);
    assertThat(err.toString()).contains("stats").contains("Measures traces");
  }

  private int run(String... arguments) {
    var input = new TraceInput(disk, Clock.system(), false);
    var shell = Shell.of(new Main.Root()).with(new TraceCommand(), new TraceStatsCommand(input));
    shell.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return shell.run(arguments);
  }
}
