// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static io.incipit.trace.report.Words.number;
import static io.incipit.trace.report.Words.percent;
import static io.incipit.trace.report.Words.whole;

import io.incipit.trace.plan.Plan;
import io.incipit.trace.plan.PlanSpec;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
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
  private final PlanCells cells;

  /// A text that is not printed yet.
  public PlanText(String trace, PlanSpec asked, Plan plan) {
    this.trace = trace;
    this.asked = asked;
    this.plan = plan;
    this.cells = new PlanCells(asked, plan);
  }

  /// Prints it.
  public void print(PrintWriter out) {
    out.println("Plan for " + trace);
    Words.leftOut(plan.demand().leftOut()).forEach(out::println);
    out.println();
    given().forEach((label, text) -> Paragraph.print(label, text, out));
    out.println();
    summary().print(out);
    out.println();
    worth().print(out);
    out.println();
    ttft().print(out);
    out.println();
    Paragraph.print("", knee(), out);
    out.println();
    printDisk(out);
    out.println("What this rests on");
    PlanAssumptions.of(plan).forEach(text -> Paragraph.print("- ", text, out));
    out.flush();
  }

  private void printDisk(PrintWriter out) {
    if (!plan.disks().isEmpty()) {
      var table = new Columns();
      cells.disks().forEach(table::row);
      table.print(out);
      out.println();
      Paragraph.print("", cells.diskWorth(), out);
      out.println();
    }
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
        "%s requests%s, %s tokens, %s different full blocks of %d tokens = %s GiB"
            .formatted(
                whole(demand.requests()),
                cells.span(),
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
                    number(machine.networkBandwidth() / GIGA))
            + cells.gpus());
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

  private Columns summary() {
    var table = new Columns();
    cells.summary().forEach(table::row);
    return table;
  }

  private Columns worth() {
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
    plan.rows().forEach(row -> table.row(cells.worth(row, "+").toArray(String[]::new)));
    return table;
  }

  private Columns ttft() {
    var table =
        new Columns().row("TTFT, s", "p50", "p90", "p99", "over network: p50", "p90", "p99");
    table.row(cells.ttftWithout("no cache").toArray(String[]::new));
    plan.rows().forEach(row -> table.row(cells.ttft(row).toArray(String[]::new)));
    return table;
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
}
