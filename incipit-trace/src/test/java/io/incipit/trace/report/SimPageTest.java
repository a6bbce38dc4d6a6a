// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.trace.simulate.SimReport;
import io.incipit.trace.simulate.SimRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

class SimPageTest {
  private static final List<String> MANY =
      List.of(
          "leaf-fifo",
          "leaf-lru",
          "lfu",
          "lfu-kept",
          "arc",
          "s3-fifo",
          "sieve",
          "w-tinylfu",
          "gdsf",
          "2q",
          "rwl",
          "tip",
          "hzd",
          "alive",
          "belady");

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.125, 1})
  void of_anyRates_isOneFileOfWellFormedPlots(double rate)
      throws IOException, ParserConfigurationException, SAXException {
    var html = page("a<b>.jsonl", MANY, List.of(5), rate);

    assertThat(html).startsWith("<!doctype html>").endsWith("</html>\n");
    assertThat(html).contains("<h2>a&lt;b&gt;.jsonl</h2>").doesNotContain("a<b>");
    assertThat(html).doesNotContain("http").doesNotContain("<script").doesNotContain("src=");
    assertThat(html).doesNotContain("NaN").doesNotContain("Infinity");
    assertThat(plots(html)).hasSize(4);
  }

  @Test
  void of_commandAndSeed_areOnThePage() {
    var html =
        SimPage.of(
            new SimReport(List.of(), Map.of(), Map.of(), Map.of()),
            new Origin("1.2.3", "2026-11-29", "sim 'a & <b>' --seed 7"),
            7);

    assertThat(html).contains("Seed 7.", "<pre>sim 'a &amp; &lt;b&gt;' --seed 7</pre>");
  }

  @Test
  void of_manyCaches_hasATableRowAndDotsForEach()
      throws IOException, ParserConfigurationException, SAXException {
    var html = page("t", MANY, List.of(1000, 50_000), 0.25);

    for (var policy : MANY) {
      assertThat(html)
          .contains("<tr><td>" + policy + "</td><td>1000</td><td>1,000</td><td>25.00%</td>")
          .contains("<tr><td>" + policy + "</td><td>50000</td><td>50,000</td><td>25.00%</td>");
    }
    assertThat(plots(html))
        .extracting(plot -> plot.getElementsByTagName("circle").getLength())
        .containsExactly(30, 30, 30, 28);
  }

  @Test
  void of_belady_isSetApartFromWhatAStoreCanRun() {
    var html = page("t", List.of("hzd", "belady"), List.of(10, 100), 0.5);

    assertThat(html).contains("belady (clairvoyant bound)", "How near to the bound");
    assertThat(html).contains("<path class=\"s0\"", "<path class=\"f0\"");
    assertThat(html).contains("of the blocks: hzd at 10").doesNotContain("belady at 10<");
  }

  @Test
  void of_noBelady_claimsNoBound() {
    var html = page("t", List.of("hzd", "lfu"), List.of(10, 100), 0.5);

    assertThat(html).doesNotContain("clairvoyant", "How near", "belady");
  }

  private static List<Element> plots(String html)
      throws IOException, ParserConfigurationException, SAXException {
    return SvgElements.in(html).stream().filter(svg -> svg.hasAttribute("aria-label")).toList();
  }

  private static String page(
      String trace, List<String> policies, List<Integer> capacities, double rate) {
    var rows = new ArrayList<SimRow>();
    for (var policy : policies) {
      for (int capacity : capacities) {
        rows.add(new SimRow(trace, policy, "full", "" + capacity, capacity, rate, rate, rate));
      }
    }
    return SimPage.of(
        new SimReport(rows, Map.of(), Map.of(), Map.of()), new Origin("1", "2026-11-29", ""), 1);
  }
}
