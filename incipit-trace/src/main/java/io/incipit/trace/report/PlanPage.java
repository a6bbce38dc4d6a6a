// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static io.incipit.trace.report.Words.number;
import static io.incipit.trace.report.Words.percent;
import static io.incipit.trace.report.Words.secondsFine;
import static io.incipit.trace.report.Words.whole;

import io.incipit.trace.plan.Plan;
import io.incipit.trace.plan.PlanRow;
import io.incipit.trace.plan.PlanSpec;
import io.incipit.trace.report.HtmlPage.Tile;
import java.util.ArrayList;
import java.util.List;

/// A plan as a page.
public final class PlanPage {
  private static final double GIGA = 1e9;
  private static final double TERA = 1e12;

  private static final String FORMULAS =
      """
      prefill = (2 P (n - h) + 2 L W (n^2 - h^2)) / F
      loading = h K / B
      TTFT    = prefill + loading\
      """;

  private final PlanSpec asked;
  private final Plan plan;
  private final PlanCells cells;
  private final PlanRow own;
  private final PlanRow chosen;

  private PlanPage(PlanSpec asked, Plan plan) {
    this.asked = asked;
    this.plan = plan;
    this.cells = new PlanCells(asked, plan);
    this.own = asked.own(plan);
    this.chosen = cells.chosen();
  }

  /// A page with all that a plan says, and how to make it again.
  ///
  /// @param trace what the plan is for
  /// @param origin what it was made by
  public static String of(String trace, PlanSpec asked, Plan plan, Origin origin) {
    var page = new HtmlPage("What a cache would be worth");
    new PlanPage(asked, plan).add(page, trace);
    page.part(
            "Formulas",
            "Seconds for a prompt of n tokens, h of them found: P parameters, L layers, W query"
                + " heads x head size, K bytes of KV a token, F FLOP/s, B bytes/s."
                + " Sources stand below.")
        .verbatim(FORMULAS);
    page.part("What this rests on", "All of it is assumed; give what you measured instead.")
        .list(PlanAssumptions.of(plan));
    page.part(
            "How this was made",
            "Seed %d. The same command on the same trace gives the same figures."
                .formatted(asked.seed()))
        .verbatim(origin.command());
    return page.end(
        "Incipit, plan. Caches start empty; a hit is a leading block of the prompt that is cached"
            + " when the request comes. "
            + origin.sentence());
  }

  private void add(HtmlPage page, String trace) {
    var sentences = new ArrayList<String>();
    sentences.add(given());
    sentences.addAll(Words.leftOut(plan.demand().leftOut()));
    page.part(trace, String.join(" ", sentences));
    page.part("Your memory: " + own.size(), "What it is worth (--memory).");
    page.tiles(tiles(own));
    page.part(
        cells.isKnee() ? "The knee: " + chosen.size() : "Largest tried: " + chosen.size(), why());
    page.tiles(tiles(chosen));
    page.part(
        "By size",
        "Dashed: your memory, and the %s."
            .formatted(cells.isKnee() ? "knee" : "largest size tried"));
    page.beginCards();
    new PlanPlots(asked, plan, own.blocks(), chosen.blocks()).add(page);
    page.card(
        "In short",
        "GPUs that the prefill keeps busy, on the average over the trace"
            + (asked.gpus().pricePerHour().isPresent() ? ", and their price." : "."),
        cells.summary());
    page.card(
        "What each size is worth",
        "A doubling adds: seconds saved beyond those of the size above, for each doubling, as a"
            + " share of what it saves.",
        worth());
    page.card("Time to first token", "In seconds; as above, of prefill and loading alone.", ttft());
    if (!plan.disks().isEmpty()) {
      page.card("With " + cells.disk(), cells.diskWorth(), cells.disks());
    }
    page.endCards();
  }

  private String given() {
    var model = asked.model();
    var machine = asked.machine();
    var demand = plan.demand();
    return "%s requests%s, %s tokens; %s, %s bytes of KV a token; %s TFLOP/s, %s for KV at"
            .formatted(
                whole(demand.requests()),
                cells.span(),
                whole(demand.inputTokens()),
                model,
                whole(model.tokenBytes()),
                number(machine.flops() / TERA),
                machine.memory())
        + " %s GB/s, network %s GB/s"
            .formatted(
                number(machine.memoryBandwidth() / GIGA), number(machine.networkBandwidth() / GIGA))
        + cells.gpus()
        + ".";
  }

  private String why() {
    return cells.isKnee()
        ? "Beyond it, a doubling adds less than %s of what is saved."
            .formatted(percent(asked.knee()))
        : "A doubling still adds %s or more of what is saved.".formatted(percent(asked.knee()));
  }

  private List<Tile> tiles(PlanRow row) {
    var none = plan.demand();
    var tiles = new ArrayList<Tile>();
    tiles.add(new Tile(percent(row.blockHitRate()), "of the blocks found"));
    tiles.add(
        new Tile(
            percent(cells.share(row)),
            "of the prefill saved: %s s".formatted(number(row.savedSeconds()))));
    boolean timed = none.durationSeconds() > 0;
    if (timed) {
      tiles.add(
          new Tile(
              cells.gpusSaved(row),
              "GPUs saved, of %s for prefill".formatted(cells.busy(none.prefillSeconds()))));
    }
    if (timed && asked.gpus().pricePerHour().isPresent()) {
      tiles.add(
          new Tile(
              cells.savedAnHour(row),
              "saved an hour, %s in 30 days".formatted(cells.savedAMonth(row))));
    }
    tiles.add(ttft("p50", none.ttft().p50(), row.local().p50()));
    tiles.add(ttft("p90", none.ttft().p90(), row.local().p90()));
    return tiles;
  }

  private static Tile ttft(String name, double without, double with) {
    return new Tile(
        secondsFine(with) + " s", "TTFT %s, %s s without".formatted(name, secondsFine(without)));
  }

  private List<List<String>> worth() {
    var table = new ArrayList<List<String>>();
    table.add(
        List.of(
            "cache",
            "blocks",
            "leaf-lru",
            "blocks found",
            "tokens found",
            "saved, s",
            "saved",
            "a doubling adds",
            "loading, s"));
    plan.rows().forEach(row -> table.add(cells.worth(row, "")));
    return table;
  }

  private List<List<String>> ttft() {
    var table = new ArrayList<List<String>>();
    table.add(List.of("cache", "p50", "p90", "p99", "over network: p50", "p90", "p99"));
    table.add(cells.ttftWithout("none"));
    plan.rows().forEach(row -> table.add(cells.ttft(row)));
    return table;
  }
}
