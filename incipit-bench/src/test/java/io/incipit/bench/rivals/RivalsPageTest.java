// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RivalsPageTest {
  private static final String RESULT =
      """
      {"command": "c", "date": "d", "commit": "abc", "machine": {"cores": "2"}, "flags": ["-f"],
       "input": "i", "tookSeconds": 7, "skipped": ["aibrix: no go"],
       "versions": {"incipit": "abc", "other": "other 1.2"},
       "rows": [
        {"rival": "incipit", "workload": "T16", "workers": 8, "question": "store",
         "blocks": 1000, "samples": [3, 1, 2], "ratioToIncipit": null, "checksum": "equal"},
        {"rival": "incipit-all", "workload": "T16", "workers": 8, "question": "store",
         "blocks": 1000, "samples": [1], "ratioToIncipit": {"min": 0.4, "median": 0.5, "max": 1},
         "checksum": "equal"},
        {"rival": "other", "workload": "T16", "workers": 8, "question": "store",
         "blocks": 1000, "samples": [1.5], "ratioToIncipit": {"min": 0.7, "median": 0.75,
         "max": 0.8}, "checksum": "differs"}],
       "servers": [
        {"rival": "redis EXISTS", "version": "7", "question": "is it there", "blocks": 1,
         "inFlight": 16, "samples": [4], "ratioToIncipit": {"min": 0.1, "median": 0.2,
         "max": 0.3}}],
       "holes": [
        {"title": "t", "truth": "w0 40", "answers": {"incipit": {"text": "w0 40", "wrong": false},
         "other": {"text": "w0 100", "wrong": true}}}]}
      """;

  @Test
  void indexes_haveMediansAndWhatRivalsWin() {
    assertThat(RivalsPage.of(RESULT, ""))
        .contains("- skipped: aibrix: no go", "- it took 7 s, builds apart")
        .contains("- versions: 7; other 1.2", "T16, workers: 8, distinct blocks: 1,000")
        .contains("| incipit | - | - | 2.00 | - | - | equal |")
        .contains("| incipit-all | - | - | 1.00 (0.50) | - | - | equal |")
        .contains("| other | - | - | 1.50 (**0.75**) | - | - | **differ: store** |");
  }

  @Test
  void servers_haveRatiosWithTheirRange() {
    assertThat(RivalsPage.of(RESULT, "servers"))
        .contains("| redis EXISTS | is it there | 1 | 16 | 4.00 | **0.20** (0.10 .. 0.30) |");
  }

  @Test
  void holes_sayWhatIsWrong() {
    assertThat(RivalsPage.of(RESULT, "holes"))
        .contains("| case | truth | incipit | other |", "| t | w0 40 | right | **w0 100** |");
  }
}
