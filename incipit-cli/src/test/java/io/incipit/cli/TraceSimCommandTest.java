// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.cli.option.TraceInput;
import io.incipit.env.Build;
import io.incipit.env.Clock;
import io.incipit.trace.MemoryDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class TraceSimCommandTest {
  private static final String TRACE =
      """
      {"timestamp": 0, "input_length": 1024, "output_length": 5, "hash_ids": [0, 1]}
      {"timestamp": 1, "input_length": 1500, "output_length": 5, "hash_ids": [0, 2, 3]}
      {"timestamp": 2, "input_length": 1024, "output_length": 5, "hash_ids": [0, 1]}
      """;
  private static final String AGENTS =
      """
      {"session":"a","turn":0,"t":0.000,"in":200,"out":5,"keep":0,"add_runs":[[0,3]]}
      {"session":"a","turn":1,"t":25.000,"in":260,"out":5,"keep":2,"add_runs":[[3,2]]}
      """;

  private final MemoryDisk disk =
      new MemoryDisk().with(Path.of("trace.jsonl"), TRACE).with(Path.of("agents.jsonl"), AGENTS);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void run_twoTraces_printsTablesOfEach() {
    assertThat(run("trace.jsonl agents.jsonl --policies leaf-lru,belady --capacities 2,50%,100"))
        .isZero();

    assertThat(out.toString())
        .startsWith(
            """
            trace.jsonl, admit full

            block hit rate, %      2  50% = 2    100
            leaf-lru           28.57    28.57  42.86
            belady             42.86    42.86  42.86

            token hit rate, %      2  50% = 2    100
            """)
        .contains(
            """
            agents.jsonl, admit full

            block hit rate, %      2  50% = 2    100
            leaf-lru           28.57    28.57  28.57
            """);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void run_json_writesARowForEachCache() throws IOException {
    assertThat(
            run(
                "trace.jsonl --policies default,arc --capacities 2,1GiB --model llama-3-8b --admit"
                    + " all --json out.json"))
        .isZero();

    var rows = JsonMapper.shared().readTree(disk.readText(Path.of("out.json"))).get("rows");
    assertThat(rows.size()).isEqualTo(4);
    assertThat(rows.get(0).propertyNames())
        .containsExactly(
            "trace",
            "policy",
            "admit",
            "capacity",
            "capacityBlocks",
            "blockHitRate",
            "tokenHitRate",
            "savedComputeRate");
    assertThat(rows.get(1).get("trace").asString()).isEqualTo("trace.jsonl");
    assertThat(rows.get(1).get("policy").asString()).isEqualTo("default");
    assertThat(rows.get(1).get("admit").asString()).isEqualTo("all");
    assertThat(rows.get(1).get("capacity").asString()).isEqualTo("1GiB");
    assertThat(rows.get(1).get("capacityBlocks").asInt()).isEqualTo(16);
    assertThat(rows.get(1).get("blockHitRate").asDouble()).isEqualTo(3 / 7.0);
    assertThat(rows.get(1).get("tokenHitRate").asDouble()).isEqualTo(3 * 512 / 3548.0);
    assertThat(rows.get(1).get("savedComputeRate").asDouble()).isBetween(0.42, 0.44);
    assertThat(rows.get(2).get("policy").asString()).isEqualTo("arc");
  }

  @Test
  void run_diskCapacities_addsARowForEachDiskAndChangesNothingElse() throws IOException {
    var line = "trace.jsonl --policies leaf-lru --capacities 2 --json out.json --html out.html";
    assertThat(run(line)).isZero();
    var without = out.toString();
    var rows = JsonMapper.shared().readTree(disk.readText(Path.of("out.json")));
    assertThat(rows.has("tiers")).isFalse();
    assertThat(disk.readText(Path.of("out.html"))).doesNotContain("With a disk");
    out.getBuffer().setLength(0);

    assertThat(run(line + " --disk-capacities 0GiB,8GiB --model llama-3-8b")).isZero();

    assertThat(out.toString())
        .startsWith(without)
        .containsPattern("policy, HOST \\+ DISK +HOST, % +DISK, % +both, %")
        .containsPattern("leaf-lru, 2 \\+ 0GiB +28.57 +0.00 +28.57 .* 0 +0.00 +0\n")
        .containsPattern("leaf-lru, 2 \\+ 8GiB +28.57 +14.29 +42.86 +43.29 .* 2 +1.00 +0\n");
    assertThat(disk.readText(Path.of("out.html"))).contains("With a disk", "leaf-lru, 2 + 8GiB");
    var report = JsonMapper.shared().readTree(disk.readText(Path.of("out.json")));
    assertThat(report.get("rows")).isEqualTo(rows.get("rows"));
    var tier = report.at("/tiers/1");
    assertThat(tier.get("hostBlocks").asInt()).isEqualTo(1);
    assertThat(tier.get("diskBytes").asLong()).isEqualTo(8L << 30);
    assertThat(tier.get("diskBlockHitRate").asDouble()).isEqualTo(1 / 7.0);
    assertThat(tier.at("/moves/promoted").asInt()).isEqualTo(1);
    assertThat(tier.at("/moves/demoted").asInt()).isEqualTo(2);
    assertThat(report.at("/tiers/0/hostBlocks").asInt()).isEqualTo(2);
    assertThat(report.at("/tiers/0/moves/dropped").asInt()).isEqualTo(2);
  }

  @Test
  void run_curve_printsEveryCapacityUntilNothingChanges() throws IOException {
    assertThat(run("trace.jsonl --policies leaf-lru --capacities 1 --curve --json out.json"))
        .isZero();

    assertThat(out.toString())
        .endsWith(
            """
            leaf-lru, capacity  block hit rate, %  error
            1                               28.57   0.00
            2                               28.57   0.00
            3                               42.86   0.00

            """);
    var curve = JsonMapper.shared().readTree(disk.readText(Path.of("out.json")));
    assertThat(curve.at("/leafLruCurves/trace.jsonl/points").size()).isEqualTo(3);
  }

  @Test
  void run_hints_saysWhichWereGiven() throws IOException {
    disk.with(Path.of("trace.jsonl"), TRACE.replace("[0, 1]}", "[0, 1], \"hint\": \"done\"}"));
    var options = " --policies hzd --capacities 2 --json out.json --html out.html";
    assertThat(run("trace.jsonl --hints recorded" + options)).isZero();

    var sentence = "Hints (recorded): 2 that a path is done, 0 that it will be back.";
    assertThat(out.toString()).startsWith("trace.jsonl, admit full%n%s%n".formatted(sentence));
    assertThat(disk.readText(Path.of("out.html"))).contains(sentence);
    var hints = JsonMapper.shared().readTree(disk.readText(Path.of("out.json"))).get("hints");
    assertThat(hints.at("/trace.jsonl/source").asString()).isEqualTo("recorded");
    assertThat(hints.at("/trace.jsonl/done").asInt()).isEqualTo(2);

    assertThat(run("trace.jsonl --hints oracle" + options)).isZero();
    assertThat(out.toString())
        .contains("Hints (oracle): 2 that a path is done, 0 that it will be back.");
  }

  @Test
  void run_html_writesAPageWithTheCommandAndTheCurve() throws IOException {
    disk.with(Path.of("it's.jsonl"), TRACE);
    assertThat(
            run(
                "it's.jsonl --policies lfu,belady --capacities 1,50% --curve --seed 9 --html"
                    + " out.html"))
        .isZero();

    assertThat(disk.readText(Path.of("out.html")))
        .contains("<h2>it's.jsonl</h2>", "Seed 9.", "leaf-lru at every capacity")
        .contains(
            "<pre>./incipit trace sim 'it'\\''s.jsonl' --policies lfu,belady --capacities 1,50%"
                + " --curve --seed 9 --html out.html</pre>");
  }

  @Test
  void run_badTrace_failsWithFileLineAndReasonOrSkipsIt() {
    disk.with(Path.of("bad.jsonl"), TRACE + "{}\n");

    assertThat(run("bad.jsonl")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "incipit trace sim: bad.jsonl:4: timestamp: missing (expected: a number)%n"
                .formatted());
    assertThat(run("bad.jsonl --skip-bad")).isZero();
    assertThat(out.toString())
        .startsWith("bad.jsonl, admit full%nLeft out as bad: 1 lines.%n%n".formatted());
    assertThat(run("none.jsonl")).isEqualTo(1);
    assertThat(err.toString()).endsWith("none.jsonl: no such file%n".formatted());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          trace.jsonl --policies lru         | --policies: lru (expected: default, leaf-fifo,
          trace.jsonl --capacities 5x        | --capacities: 5x (expected: blocks such as 5k,
          trace.jsonl --capacities 1GiB      | --capacities: 1GiB (expected: blocks such as 5k,
          trace.jsonl --disk-capacities 5k   | --disk-capacities: 5k (expected: bytes for a model
          trace.jsonl --disk-capacities 1GB  | --disk-capacities: 1GB (expected: blocks such as 5k,
          trace.jsonl --disk-capacities 1GiB@llama-3-8b,1GiB@llama-3-8b | twice (expected: each once
          trace.jsonl --model gpt            | --model: gpt (expected: llama-3-8b, llama-3-70b,
          trace.jsonl --admit some           | expected one of [FULL, ALL]
          trace.jsonl --curve 3              | --curve: 3 (expected: 0, 1, or 4 to 1048576)
          trace.jsonl --threads 0            | --threads: 0 (expected: at least 1)
          trace.jsonl --session-starts -1    | --session-starts: -1.0 (expected: 0 or more seconds)
          trace.jsonl --hints some           | --hints: some (expected: none, recorded, oracle-done,
          trace.jsonl --false-hints 10%      | --false-hints: 10% with --hints none (expected: with
          trace.jsonl --false-hints few      | --false-hints: few (expected: a share below 100%
          trace.jsonl --hints oracle --false-hints 100% | --false-hints: 100% (expected: a share
          --policies lfu                     | FILE: missing (expected: a trace, or several)
          trace.jsonl --capacities 101%      | --capacities: 101% (expected: blocks such as 5k,
          trace.jsonl --capacities 5,1,5     | --capacities: 5 twice (expected: each once)
          trace.jsonl --policies arc,lfu,arc | --policies: arc twice (expected: each once)
          trace.jsonl ./trace.jsonl          | FILE: ./trace.jsonl twice (expected: each once)
          """)
  void run_badOption_namesValueAndWhatWasExpected(String line, String reason) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(err.toString()).contains(reason);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void run_modelList_needsNoTrace() {
    assertThat(run("--model list")).isZero();

    assertThat(out.toString()).containsPattern("llama-3-70b +70\\.60 +327,680\n");
  }

  @Test
  void run_filesInFolders_areNamedWithoutThemInReports() throws IOException {
    disk.with(Path.of("/home/me/a.jsonl"), TRACE).with(Path.of("/x/b/t.jsonl"), TRACE);
    disk.with(Path.of("/x/c/t.jsonl"), TRACE);
    assertThat(
            run(
                "/home/me/a.jsonl /x/b/t.jsonl /x/c/t.jsonl --policies lfu --capacities 1"
                    + " --html=out.html --json out.json"))
        .isZero();

    assertThat(disk.readText(Path.of("out.html")))
        .contains("<h2>a.jsonl</h2>", "<h2>b/t.jsonl</h2>", "<h2>c/t.jsonl</h2>")
        .contains("<pre>./incipit trace sim a.jsonl t.jsonl t.jsonl --policies lfu")
        .contains("Made 2", " by Incipit " + Build.ours())
        .doesNotContain("/home", "/x/");
    var report = JsonMapper.shared().readTree(disk.readText(Path.of("out.json")));
    assertThat(report.get("incipit").asString()).isEqualTo(Build.ours().toString());
    assertThat(report.get("date").asString()).matches("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    assertThat(report.at("/rows/0/trace").asString()).isEqualTo("a.jsonl");
  }

  private int run(String line) {
    var input = new TraceInput(disk, Clock.system(), false);
    var command = new TraceSimCommand(input);
    var shell = Shell.of(new Main.Root()).with(new TraceCommand(), command);
    shell.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return shell.run(("trace sim " + line).split(" "));
  }
}
