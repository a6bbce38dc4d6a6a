// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PageTest {
  private static final Result RESULT =
      new Result(
          "index",
          "./incipit bench index",
          "2026-01-01T00:00:00Z",
          "abc",
          Map.of("cores", "2"),
          List.of("-XX:+UseParallelGC"),
          7,
          "a trace",
          "ns",
          Map.of(
              "match.length.full.16",
              Map.of("hashmap", List.of(100.0), Samples.OURS, List.of(2.0))),
          Map.of("match.length.full.16.hashmap", List.of(50.0, 50.0, 50.0)));

  @Test
  void render_partOfAResult_isReplacedAndTheRestStays() {
    var page = "before $1\n<!-- begin index -->\nold\n<!-- end -->\nafter\n";

    var rendered = Page.render(page, Map.of("index", RESULT));

    assertThat(rendered)
        .startsWith("before $1\n<!-- begin index -->\n")
        .endsWith("<!-- end -->\nafter\n")
        .contains("| `match.length.full.16` | 2 | 100 | measured |")
        .contains("| 50 (50 .. 50) | >= 150 | **no** | measured |")
        .contains("Falls short: length, full, vs HashMap")
        .doesNotContain("old");
    assertThat(Page.render(rendered, Map.of("index", RESULT))).isEqualTo(rendered);
  }

  @Test
  void benchmarksMd_asItIs_isWhatItsResultFilesSay() throws IOException {
    var docs = Path.of(System.getProperty("incipit.root"), "docs");
    var page = Files.readString(docs.resolve("benchmarks.md"));
    var results = new HashMap<String, Result>();
    for (var name : Page.names(page)) {
      var file = docs.resolve("results").resolve(name + ".json");
      if (Files.exists(file)) {
        results.put(name, Result.read(file));
      }
    }

    assertThat(Page.render(page, results)).isEqualTo(page);
  }
}
