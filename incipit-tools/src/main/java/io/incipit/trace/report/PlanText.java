// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static io.incipit.trace.report.Words.number;
import static io.incipit.trace.report.Words.percent;
import static io.incipit.trace.report.Words.whole;

import io.incipit.trace.plan.Plan;
import io.incipit.trace.plan.PlanRow;
import io.incipit.trace.plan.PlanSpec;
import io.incipit.trace.plan.Planner;
import io.incipit.trace.plan.TtftSeconds;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A plan for people: what it is for, two tables, the knee, and what all of it rests on.
public final class PlanText {
  private static final double GIGA = 1e9;
  private static final double TERA = 1e12;
  private static final double GIBI = 1 << 30;
  private static final double KIBI = 1 << 10;

  private final String trace;
  private final PlanSpec asked;
  private final Plan plan;

  /// A text that is not printed yet.
  public PlanText(String trace, PlanSpec asked, Plan plan) {
    this.trace = trace;
    this.asked = asked;
    this.plan = plan;
  }

  /// Prints it.
  public void print(PrintWriter out) {
    out.println("Plan for " + trace);
    out.println();
    given().forEach((label, text) -> Paragraph.print(label, text, out));
    out.println();
    worth().print(out);
    out.println();
    ttft().print(out);
    out.println();
    Paragraph.print("", knee(), out);
    out.println();
    out.println("What this rests on");
    assumptions().forEach(text -> Paragraph.print("- ", text, out));
    out.flush();
  }

  private Map<String, String> given() {
    var model = asked.model();
    var machine = asked.machine();
    var demand = plan.demand();
    double tokenKibi = model.tokenBytes() / KIBI;
    double distinct = (double) demand.distinctBlocks() * demand.blockTokens() * model.tokenBytes();
    double busy = demand.prefillSeconds() / demand.durationSeconds();
    var given = new LinkedHashMap<String, String>();
    given.put(
        "trace    ",
        "%s requests in %s s, %s tokens, %s different full blocks of %d tokens = %s GiB"
            .formatted(
                whole(demand.requests()),
                whole(demand.durationSeconds()),
                whole(demand.inputTokens()),
                whole(demand.distinctBlocks()),
                demand.blockTokens(),
                number(distinct / GIBI)));
    given.put(
        "model    ",
        "%s: %s billion parameters, %d layers, %s KiB of KV a token"
            .formatted(
                model, number(model.parameters() / GIGA), model.layers(), number(tokenKibi)));
    given.put(
        "machine  ",
        "%s TFLOP/s of prefill, %s for KV at %s GB/s, network %s GB/s"
            .formatted(
                number(machine.flops() / TERA),
                machine.memory(),
                number(machine.memoryBandwidth() / GIGA),
                number(machine.networkBandwidth() / GIGA)));
    given.put(
        "needs    ",
        "%s s of prefill without a cache%s"
            .formatted(
                number(demand.prefillSeconds()),
                demand.durationSeconds() > 0
                    ? ", the work of %s such machines".formatted(number(busy))
                    : ""));
    return given;
  }

  private Columns worth() {
    double all = plan.demand().prefillSeconds();
    var table =
        new Columns()
            .row(
                "cache",
                "blocks",
                "leaf-lru",
                "block hits",
                "token hits",
                "saved s",
                "saved",
                "a doubling",
                "loading s");
    for (var row : plan.rows()) {
      table.row(
          row.size(),
          whole(row.blocks()),
          percent(row.leafLruBlockHitRate()),
          percent(row.blockHitRate()),
          percent(row.tokenHitRate()),
          number(row.savedSeconds()),
          percent(all == 0 ? 0 : row.savedSeconds() / all),
          row.equals(plan.rows().getFirst()) ? "" : "+" + percent(row.gainPerDoubling()),
          number(row.loadSeconds()));
    }
    return table;
  }

  private Columns ttft() {
    var table =
        new Columns().row("TTFT, s", "p50", "p90", "p99", "over network: p50", "p90", "p99");
    var none = plan.demand().ttft();
    table.row(
        "no cache", seconds(none.p50()), seconds(none.p90()), seconds(none.p99()), "", "", "");
    for (var row : plan.rows()) {
      table.row(cells(row));
    }
    return table;
  }

  private static String[] cells(PlanRow row) {
    TtftSeconds local = row.local();
    TtftSeconds remote = row.remote();
    return new String[] {
      row.size(),
      seconds(local.p50()),
      seconds(local.p90()),
      seconds(local.p99()),
      seconds(remote.p50()),
      seconds(remote.p90()),
      seconds(remote.p99())
    };
  }

  private static String seconds(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private String knee() {
    var share = percent(asked.knee());
    return plan.knee(asked.knee())
        .map(
            row ->
                "After %s, doubling the cache adds less than %s of the seconds saved."
                    .formatted(row.size(), share))
        .orElseGet(
            () ->
                "The largest size still adds %s or more of the seconds saved, and holds not all:"
                        .formatted(share)
                    + " try larger --sizes.");
  }

  /// Every formula and assumption, a sentence or two each.
  public List<String> assumptions() {
    return List.of(
        "Prefill of n tokens, h of them found: (2 P (n - h) + 2 L W (n^2 - h^2)) / F seconds; P"
            + " parameters, L layers, W = query heads x head size, F FLOP/s. That is 2 P FLOPs a"
            + " token (one multiplication and addition a parameter; Kaplan et al., 2020), and"
            + " 4 L W x for one with x tokens before it. F is taken as constant. P counts the"
            + " embeddings, as published counts do. Layers with a window (gpt-oss-120b: 18 of 36)"
            + " see their last 128 tokens only.",
        "Loading: h K / B seconds; K bytes of KV a token (2 x layers x KV heads x head size x bytes"
            + " of a value; deepseek-v3: layers x 576 values), B the bandwidth of the memory, or"
            + " over the network the smaller of both. A cached block keeps all layers, since any"
            + " block may be the last one found; of layers with a window only the last tokens are"
            + " loaded. What deepseek-v3 does to expand what was found (2.8% of computing it) is not"
            + " counted.",
        "TTFT = prefill + loading. No queueing, no batching, no overlap of loading and computing,"
            + " nothing for the network to the user: under load it is longer."
            + " Percentiles are to three digits.",
        "At least the last token of a prompt is computed. Loading is faster than computing, at any"
            + " length, from %s GB/s on; all that is found is loaded even if that is slower."
                .formatted(number(plan.breakEvenBandwidth() / GIGA)),
        "Hits: a simulation of the policy '%s' with full blocks only, from an empty cache; every"
                .formatted(Planner.POLICY)
            + " block can be found at once after. leaf-lru: its block hit rate, from one pass,"
            + " between the points of the curve on straight lines.",
        "Saved seconds are of prefill; the seconds of loading are not taken off. 'a doubling' is"
            + " what a size adds to the one above it in the table, as a share of what it saves, for"
            + " each doubling.",
        "Models: `plan --model list` says where their numbers are from; KV values of 16 bits unless"
            + " --kv-bits; of a mixture of experts the active parameters. Answers are not cached,"
            + " except where a later prompt contains them.",
        "Machine: unless given, 400 TFLOP/s are 40% of the 989 of an H100 SXM (data sheet),"
            + " 50 GB/s are 80% of PCIe 5.0 x16, 25 GB/s are 200 Gbit/s. None of it was measured"
            + " here.");
  }
}
