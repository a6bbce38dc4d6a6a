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
import tools.jackson.databind.json.JsonMapper;

class PlanCommandTest {
  private final MemoryDisk disk = new MemoryDisk();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void run_generatedTrace_isAsBefore() throws IOException {
    assertThat(run("--preset conversation --requests 5000 --json out.json")).isZero();

    assertThat(out.toString())
        .contains(
            """
            1TiB     16,384     27.7%       28.0%       28.6%   973.05  26.8%      +24.7%      43.23
            """)
        .contains("no cache  0.273  1.606  8.246\n")
        .contains("After 4TiB, doubling the cache adds less than 1.0% of the seconds saved.");
    var report = JsonMapper.shared().readTree(disk.readText(Path.of("out.json")));
    assertThat(report.get("kneeSize").asString()).isEqualTo("4TiB");
    assertThat(report.get("rows").size()).isEqualTo(8);
    assertThat(report.get("assumptions").size()).isEqualTo(9);
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void run_gpuPrice_saysWhatYourMemoryAndTheKneeSave() throws IOException {
    assertThat(
            run(
                "--preset conversation --requests 2000 --gpus 2 --gpu-price 3 --memory 64GiB --json"
                    + " out.json"))
        .isZero();

    assertThat(out.toString())
        .contains("; GPUs: 2 at 3 an hour each")
        .containsPattern("\n +cache +block hits +prefill saved +GPUs busy +GPUs saved +saved an")
        .containsPattern("\nno cache .+\nyour memory +64GiB .+\nknee ");
    var report = JsonMapper.shared().readTree(disk.readText(Path.of("out.json")));
    double saved = report.at("/own/gpusSaved").asDouble();
    assertThat(saved).isPositive().isLessThan(report.at("/own/gpusForPrefill").asDouble());
    assertThat(report.at("/own/size").asString()).isEqualTo("64GiB");
    assertThat(report.at("/own/savedAnHour").asDouble()).isEqualTo(3 * saved);
    assertThat(report.at("/own/savedIn30Days").asDouble()).isEqualTo(720 * (3 * saved));
    assertThat(report.at("/knee/gpusSaved").asDouble()).isGreaterThan(saved);
  }

  @Test
  void run_noPrice_inventsNone() throws IOException {
    assertThat(run("--preset conversation --requests 500 --json out.json")).isZero();

    assertThat(out.toString()).contains("GPUs saved").doesNotContain("an hour");
    var report = JsonMapper.shared().readTree(disk.readText(Path.of("out.json")));
    assertThat(report.get("own").has("savedAnHour")).isFalse();
  }

  @Test
  void run_disk_saysWhatItIsWorthAndChangesNothingElse() throws IOException {
    var line = "--preset conversation --requests 1000 --memory 64GiB --json out.json";
    assertThat(run(line)).isZero();
    var without = out.toString();
    assertThat(JsonMapper.shared().readTree(disk.readText(Path.of("out.json"))).has("diskRows"))
        .isFalse();
    out.getBuffer().setLength(0);

    assertThat(run(line + " --disk 1TiB --disk-bandwidth 5 --html out.html")).isZero();

    int rests = without.indexOf("What this rests on");
    assertThat(out.toString())
        .startsWith(without.substring(0, rests))
        .containsPattern("\nwith disk +memory +disk +saved s +more +compute +load s .* written\n")
        .contains("Below your memory 1TiB of disk at 5 GB/s finds ", "- Disk: simulated as");
    assertThat(out.toString().lines()).allMatch(text -> text.length() <= 100);
    assertThat(disk.readText(Path.of("out.html"))).contains("With 1TiB of disk at 5 GB/s");
    var report = JsonMapper.shared().readTree(disk.readText(Path.of("out.json")));
    assertThat(report.get("diskRows").size()).isEqualTo(report.get("rows").size());
    assertThat(report.at("/diskRows/0/addedSeconds").asDouble()).isPositive();
    assertThat(report.at("/diskRows/0/loadedShare").asDouble()).isEqualTo(1);
    assertThat(report.get("diskBandwidth").asDouble()).isEqualTo(5e9);
  }

  @Test
  void run_slowDisk_isWorthNothing() throws IOException {
    assertThat(
            run(
                "--preset conversation --requests 500 --memory 64GiB --disk 1TiB --disk-bandwidth"
                    + " 0.1 --json out.json"))
        .isZero();

    var row = JsonMapper.shared().readTree(disk.readText(Path.of("out.json"))).at("/diskRows/0");
    assertThat(row.get("diskBlockHitRate").asDouble()).isPositive();
    assertThat(row.get("loadedShare").asDouble()).isZero();
    assertThat(row.get("gainSeconds").asDouble()).isZero();
    assertThat(row.get("addedSeconds").asDouble()).isNotPositive();
  }

  @Test
  void run_modelList_printsModelsWithBytesATokenAndSources() {
    assertThat(run("--model list")).isZero();
    assertThat(out.toString())
        .containsPattern("llama-3-70b +70\\.60 +327,680\n")
        .contains("llama-3-70b (also llama-3.1-70b, llama-3.3-70b): 80 layers, 64 heads,");
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 100);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --knee 1                             | FILE: missing (expected: a trace, or --preset NAME)
          a.jsonl --preset rag                 | --preset: rag beside a.jsonl (expected: one of
          --preset chat                        | --preset: chat (expected: one of conversation,
          --preset rag --requests 0            | --requests: 0 (expected: at least 1)
          --preset rag --knee 0                | --knee: 0.0 (expected: above 0, below 100)
          --preset rag --model gpt             | --model: gpt (expected: llama-3-8b, llama-3-70b,
          --preset rag --layers 4              | --parameters: missing (expected: above 0, and all
          --preset rag --layers 4 --model x    | --model: x beside --parameters, --layers,
          --preset rag --kv-bits 2             | --kv-bits: 2 (expected: 4 to 32)
          --preset rag --prefill-tflops 0      | --prefill-tflops: 0.0 (expected: 0.001 to
          --preset rag --sizes 5x              | --sizes: 5x (expected: blocks such as 5k,
          --preset rag --memory 512GB          | --memory: 512GB (expected: bytes such as 512GiB
          --preset rag --memory=-1             | --memory: -1 (expected: bytes such as 512GiB
          --preset rag --memory 0              | --memory: 0 (expected: bytes such as 512GiB
          --preset rag --disk 1TiB             | --disk-bandwidth: missing (expected: beside
          --preset rag --disk-bandwidth 5      | --disk: missing (expected: beside
          --preset rag --disk 1TB --disk-bandwidth 5   | --disk: 1TB (expected: blocks such as
          --preset rag --disk 1TiB --disk-bandwidth 0  | --disk-bandwidth: 0.0 (expected: 0.001 to
          --preset rag --gpus 0                | --gpus: 0 (expected: 1 to 1000000)
          --preset rag --gpu-price 0           | --gpu-price: 0.0 (expected: above 0,
          --preset rag more.jsonl x            | argument: x (expected: no more of them)
          """)
  void run_badOption_namesValueAndWhatWasExpected(String line, String reason) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(err.toString()).contains(reason);
    assertThat(out.toString()).isEmpty();
  }

  private int run(String line) {
    var input = new TraceInput(disk, Clock.system(), false);
    var shell = Shell.of(new Main.Root()).with(new PlanCommand(input));
    shell.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return shell.run(("plan " + line).split(" "));
  }
}
