// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.trace.generate.SyntheticTrace;
import io.incipit.trace.generate.Workload;
import io.incipit.trace.plan.Machine;
import io.incipit.trace.plan.Plan;
import io.incipit.trace.plan.PlanSpec;
import io.incipit.trace.plan.Planner;
import io.incipit.trace.simulate.Capacity;
import io.incipit.trace.simulate.KvModel;
import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.SAXException;

class PlanPageTest {
  private static final KvModel MODEL = KvModel.parse("llama-3-8b");
  private static final Machine MACHINE =
      new Machine(4e14, Capacity.parse("1GiB", Optional.of(MODEL)), 5e10, 2.5e10);

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 300})
  void of_anyTrace_isOneFileOfWellFormedPlots(long requests)
      throws IOException, InterruptedException, ParserConfigurationException, SAXException {
    var html = page(spec(List.of()), requests);

    assertThat(html).startsWith("<!doctype html>").endsWith("</html>\n");
    assertThat(html).contains("<h2>a&lt;b&gt;</h2>").doesNotContain("a<b>");
    assertThat(html).doesNotContain("http").doesNotContain("<script").doesNotContain("src=");
    assertThat(html).doesNotContain("NaN").doesNotContain("Infinity");
    assertThat(SvgElements.in(html).stream().filter(svg -> svg.hasAttribute("aria-label")))
        .hasSize(6);
  }

  @Test
  void of_flatEnd_marksTheKneeAndItsTiles() throws IOException, InterruptedException {
    var spec = spec(List.of("100%", "400%"));
    var html = page(spec, 300);

    var knee = plan(spec, 300).knee(spec.knee()).orElseThrow();
    assertThat(html)
        .contains("<b>" + knee.size() + "</b><span>beyond which a doubling adds less than 1.0%")
        .contains(">knee</text>")
        .contains("<b>" + Words.percent(knee.blockHitRate()) + "</b>");
  }

  @Test
  void of_openEnd_saysThatTheLargestIsNotEnough() throws IOException, InterruptedException {
    var html = page(spec(List.of("3k")), 300);

    assertThat(html).contains("is the largest tried").contains(">largest</text>");
  }

  @Test
  void of_commandAssumptionsAndRows_areOnThePage() throws IOException, InterruptedException {
    var spec = spec(List.of());
    var plan = plan(spec, 50);
    var html = PlanPage.of("t", spec, plan, "plan 'a & b'");

    assertThat(html).contains("<pre>plan 'a &amp; b'</pre>", "Seed 7.");
    for (var assumption : PlanAssumptions.of(plan)) {
      assertThat(html).contains("<li>" + HtmlPage.escape(assumption) + "</li>");
    }
    for (var row : plan.rows()) {
      assertThat(html).contains("<tr><td>" + row.size() + "</td><td>" + Words.whole(row.blocks()));
    }
  }

  private static PlanSpec spec(List<String> sizes) {
    var tried = sizes.stream().map(size -> Capacity.parse(size, Optional.of(MODEL))).toList();
    return new PlanSpec(MODEL, MACHINE, tried, 0.01, 7);
  }

  private static String page(PlanSpec spec, long requests)
      throws IOException, InterruptedException {
    return PlanPage.of("a<b>", spec, plan(spec, requests), "");
  }

  private static Plan plan(PlanSpec spec, long requests) throws IOException, InterruptedException {
    var workload = Workload.preset("conversation");
    var trace = new TraceSource("t", () -> new SyntheticTrace(workload, requests, 1));
    var planner = new Planner(spec);
    try (var reader = trace.open()) {
      return planner.plan(trace, planner.demand(reader, _ -> {}), 2, (_, _) -> {});
    }
  }
}
