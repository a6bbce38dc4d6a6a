// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RivalsTableTest {
  @TempDir private Path folder;

  private static RivalsResult.Row row(
      String rival, double sample, RivalsResult.@Nullable Ratio ratio, String checksum) {
    var samples = List.of(sample);
    return new RivalsResult.Row(rival, "1", "T512", 8, "arrival", 1_000, samples, ratio, checksum);
  }

  private static RivalsResult result() {
    var ratio = new RivalsResult.Ratio(0.4, 0.5, 0.6);
    var slower = new RivalsResult.Ratio(2, 3, 4);
    var wrong = new RivalsResult.Answer("w0 100", true);
    var right = new RivalsResult.Answer("w0 40", false);
    return new RivalsResult(
        "command",
        "date",
        "commit",
        Map.of(),
        List.of(),
        1,
        "input",
        2,
        Map.of("incipit", "1", "fast", "1", "slow", "1"),
        Map.of(),
        List.of("tool is not on PATH"),
        List.of(
            row("incipit", 100, null, "equal"),
            row("fast", 50, ratio, "differs"),
            row("slow", 300, slower, "equal")),
        List.of(),
        List.of(
            new RivalsResult.Hole(
                "40..44 removed", "w0 40", Map.of("fast", wrong, "slow", right))));
  }

  private static String printed(boolean colours) {
    var text = new StringWriter();
    new RivalsTable(new PrintWriter(text), colours).print(result());
    return text.toString();
  }

  @Test
  void print_wrongAnswers_areRedAndMarked() {
    assertThat(printed(true))
        .contains("\u001b[31m! fast: w0 100\u001b[0m")
        .contains("\u001b[31mdiffer: [arrival]\u001b[0m")
        .doesNotContain("! slow");
    assertThat(printed(false)).contains("      ! fast: w0 100\n").doesNotContain("\u001b");
  }

  @Test
  void print_aRivalThatWins_winsInPrint() {
    assertThat(printed(false))
        .contains("Rivals win:")
        .contains(
            "fast, T512, workers: 8, arrival: 0.50 of ours (0.40 .. 0.60), with other answers")
        .doesNotContain("slow, T512")
        .contains("50.0 (0.50)")
        .contains("300 (3.00)")
        .contains("skipped: tool is not on PATH");
  }

  @Test
  void write_thenRead_givesTheSame() throws IOException {
    var file = folder.resolve("rivals.json");
    result().write(file);
    assertThat(RivalsResult.read(file)).isEqualTo(result());
  }
}
