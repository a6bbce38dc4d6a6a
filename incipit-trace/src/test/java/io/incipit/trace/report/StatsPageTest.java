// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.analyze.TraceStats;
import io.incipit.trace.generate.SyntheticTrace;
import io.incipit.trace.generate.Workload;
import io.incipit.trace.report.Plot.Axis;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.SAXException;

class StatsPageTest {
  private static final Origin ORIGIN =
      new Origin("1.2.3 (abc)", "2026-11-29", "./incipit trace stats a.jsonl");

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 300})
  void of_anyTrace_isOneFileOfWellFormedPlots(long requests)
      throws IOException, ParserConfigurationException, SAXException {
    var html = page("a<b>.jsonl", requests);

    assertThat(html).startsWith("<!doctype html>").endsWith("</html>\n");
    assertThat(html).contains("a&lt;b&gt;.jsonl").doesNotContain("a<b>");
    assertThat(html).doesNotContain("http").doesNotContain("<script").doesNotContain("src=");
    assertThat(html).doesNotContain("NaN").doesNotContain("Infinity");
    assertThat(SvgElements.in(html).stream().filter(svg -> svg.hasAttribute("aria-label")))
        .hasSize(6);
  }

  @Test
  void of_anyTrace_saysWhatMadeItAndWhatColoursAndLinesStandFor() throws IOException {
    var html = page("a.jsonl", 300);

    assertThat(html)
        .contains("<pre>./incipit trace stats a.jsonl</pre>")
        .contains("Made 2026-11-29 by Incipit 1.2.3 (abc).")
        .containsPattern("<span>never</span>(<i [^>]+></i>){8}<span>[0-9.k]+ uses of a block")
        .contains("<span>the run&#39;s most</span>".replace("&#39;", "'"))
        .contains("</svg>different blocks</li>")
        .contains("<h3>The hottest runs</h3>");
  }

  @Test
  void of_severalTraces_hasAPartForEach() throws IOException {
    var stats = stats(50);
    var html = StatsPage.of(Map.of("one", stats, "two", stats), ORIGIN);

    assertThat(html).contains("<h2>one</h2>", "<h2>two</h2>");
  }

  @Test
  void of_linesAndSessionsLeftOut_saysBoth() throws IOException {
    assertThat(StatsPage.of(Map.of("all", stats(5)), ORIGIN)).doesNotContain("Left out");
    assertThat(StatsPage.of(Map.of("some", leftOut(3, 2)), ORIGIN))
        .contains("tokens. Left out as bad: 3 lines. Left out as repeats: 2 sessions.");
  }

  /// Of a trace of which some was left out.
  private static TraceStats leftOut(long lines, long sessions) throws IOException {
    try (var trace = new SyntheticTrace(Workload.preset("conversation"), 5, 1)) {
      var left =
          new TraceReader() {
            @Override
            public Optional<TraceRequest> next() throws IOException {
              return trace.next();
            }

            @Override
            public int blockTokens() {
              return trace.blockTokens();
            }

            @Override
            public double progress() {
              return trace.progress();
            }

            @Override
            public long skipped() {
              return lines;
            }

            @Override
            public long repeats() {
              return sessions;
            }

            @Override
            public void close() {
              // The trace is closed by itself.
            }
          };
      return TraceStats.of(left, _ -> {});
    }
  }

  @Test
  void linear_ends_areRoundAndCoverTheData() {
    assertThat(Axis.linear("a", 0.19, Words::percent).to()).isEqualTo(0.2);
    assertThat(Axis.linear("a", 12_031, Words::compact).to()).isEqualTo(14_000);
    assertThat(Axis.linear("a", 0, Words::compact).to()).isEqualTo(1);
    assertThat(Axis.linear("a", 1, Words::compact).ticks())
        .containsExactly(0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0);
  }

  @Test
  void place_logarithmic_isByRatio() {
    var axis = Axis.logarithmic("a", 10_000, Words::compact);

    assertThat(axis.place(100)).isEqualTo(0.5);
    assertThat(axis.place(0)).isZero();
    assertThat(axis.ticks()).containsExactly(1.0, 10.0, 100.0, 1_000.0, 10_000.0);
  }

  @Test
  void compact_anySize_hasThreeDigitsAtMost() {
    assertThat(
            List.of(
                0.0,
                0.0012,
                0.05,
                0.6000000000000001,
                7.25,
                999.0,
                1_000.0,
                12_035.0,
                182_790.0,
                2_400_000.0))
        .extracting(Words::compact)
        .containsExactly("0", "0.0012", "0.05", "0.6", "7.3", "999", "1k", "12.0k", "183k", "2.4M");
  }

  private static String page(String name, long requests) throws IOException {
    return StatsPage.of(Map.of(name, stats(requests)), ORIGIN);
  }

  private static TraceStats stats(long requests) throws IOException {
    try (var trace = new SyntheticTrace(Workload.preset("conversation"), requests, 1)) {
      return TraceStats.of(trace, _ -> {});
    }
  }
}
