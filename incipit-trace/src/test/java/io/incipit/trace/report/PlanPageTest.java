// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.trace.generate.SyntheticTrace;
import io.incipit.trace.generate.Workload;
import io.incipit.trace.plan.Gpus;
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
import java.util.OptionalDouble;
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
    var spec = spec(List.of("100%", "100k"));
    var html = page(spec, 300);

    var knee = plan(spec, 300).knee(spec.knee()).orElseThrow();
    assertThat(html)
        .contains("<h2>The knee: " + knee.size() + "</h2>")
        .contains("Beyond it, a doubling adds less than 1.0% of what is saved.")
        .contains(">knee</text>")
        .contains("<b>" + Words.percent(knee.blockHitRate()) + "</b>");
  }

  @Test
  void of_yourMemory_comesBeforeTheKnee() throws IOException, InterruptedException {
    var spec = spec(List.of("100%"));
    var html = page(spec, 300);

    var own = spec.own(plan(spec, 300));
    assertThat(own.size()).isEqualTo("1GiB");
    assertThat(html)
        .containsSubsequence(
            "<h2>Your memory: 1GiB</h2>",
            "<b>" + Words.percent(own.blockHitRate()) + "</b>",
            "GPUs saved, of",
            "<h2>The knee: 100%</h2>")
        .contains("<td>your memory</td><td>1GiB</td>")
        .contains(">yours</text>")
        .doesNotContain("saved an hour");
  }

  @Test
  void of_price_saysWhatIsSavedInMoney() throws IOException, InterruptedException {
    var one = spec(List.of("100%"));
    var gpus = new Gpus(4, OptionalDouble.of(2.5));
    var spec = new PlanSpec(one.model(), one.machine(), one.sizes(), one.knee(), one.seed(), gpus);
    var plan = plan(spec, 300);

    double saved = gpus.savedAnHour(spec.own(plan), plan.demand()).orElseThrow();
    assertThat(page(spec, 300))
        .contains("<b>" + Words.number(saved) + "</b><span>saved an hour, ")
        .contains("<th>saved an hour</th><th>in 30 days</th>");
  }

  @Test
  void of_openEnd_saysThatTheLargestIsNotEnough() throws IOException, InterruptedException {
    var html = page(spec(List.of("3k")), 300);

    assertThat(html).contains("<h2>Largest tried: 3k</h2>").contains(">largest</text>");
  }

  @Test
  void of_commandAssumptionsAndRows_areOnThePage() throws IOException, InterruptedException {
    var spec = spec(List.of());
    var plan = plan(spec, 50);
    var html =
        PlanPage.of("t", spec, plan, new Origin("1.2.3 (abc)", "2026-11-29", "plan 'a & b'"));

    assertThat(html)
        .contains("<pre>plan 'a &amp; b'</pre>", "Seed 7.")
        .contains("Made 2026-11-29 by Incipit 1.2.3 (abc).");
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
    return PlanPage.of("a<b>", spec, plan(spec, requests), new Origin("1", "2026-11-29", ""));
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
