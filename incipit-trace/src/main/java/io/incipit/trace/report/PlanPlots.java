// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import io.incipit.trace.plan.Plan;
import io.incipit.trace.plan.PlanRow;
import io.incipit.trace.plan.PlanSpec;
import io.incipit.trace.plan.Planner;
import io.incipit.trace.plan.TtftSeconds;
import io.incipit.trace.report.Plot.Axis;
import io.incipit.trace.report.Plot.Colour;
import io.incipit.trace.report.Plot.Point;
import io.incipit.trace.report.Plot.Stroke;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// The plots of a plan: what a cache is worth, by its size in bytes.
final class PlanPlots {
  private static final Stroke FIRST = new Stroke(Colour.ONE, false);
  private static final Stroke SECOND = new Stroke(Colour.TWO, false);
  private static final Stroke MARK = new Stroke(Colour.INK, true);

  /// Room left and right of the outer points, as a factor.
  private static final double MARGIN = 1.12;

  private static final int TICKS_MAX = 6;
  private static final int STEP = 10;
  private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");

  private final PlanSpec asked;
  private final Plan plan;
  private final double blockBytes;
  private final double own;
  private final double chosen;
  private final String mark;

  /// Plots of at least one row.
  ///
  /// @param ownBlocks the size of the memory there is, which is marked
  /// @param chosenBlocks the other size that is marked
  PlanPlots(PlanSpec asked, Plan plan, int ownBlocks, int chosenBlocks) {
    this.asked = asked;
    this.plan = plan;
    this.blockBytes = (double) asked.model().tokenBytes() * plan.demand().blockTokens();
    this.own = ownBlocks * blockBytes;
    this.chosen = chosenBlocks * blockBytes;
    this.mark = plan.knee(asked.knee()).isPresent() ? "knee" : "largest";
  }

  void add(HtmlPage page) {
    page.card(
        "Blocks found",
        "Of all blocks of the prompts, how many are cached when they are asked for.",
        hitRates(),
        List.of(
            new HtmlPage.Key(FIRST, "policy '%s'".formatted(Planner.POLICY)),
            new HtmlPage.Key(SECOND, "leaf-lru, at every size")));
    page.card(
        "Prefill saved",
        "Seconds of computing that the cache spares, of %s without one, and what loading takes."
            .formatted(Words.number(plan.demand().prefillSeconds())),
        seconds(),
        List.of(
            new HtmlPage.Key(FIRST, "saved"), new HtmlPage.Key(SECOND, "loading from own memory")));
    addTtft(page, "Time to first token, median", TtftSeconds::p50);
    addTtft(page, "Time to first token, 90th percentile", TtftSeconds::p90);
    addTtft(page, "Time to first token, 99th percentile", TtftSeconds::p99);
    page.card(
        "What each doubling adds",
        "Seconds saved beyond those of the size before, for each doubling, as a share of what is"
            + " saved.",
        doublings(),
        List.of(
            new HtmlPage.Key(MARK, "worth it from %s on".formatted(Words.percent(asked.knee())))));
  }

  private void addTtft(HtmlPage page, String heading, ToDoubleFunction<TtftSeconds> of) {
    page.card(
        heading,
        "Prefill and loading alone: no queueing, no batching.",
        ttft(of),
        List.of(
            new HtmlPage.Key(MARK, "no cache"),
            new HtmlPage.Key(FIRST, "from own memory"),
            new HtmlPage.Key(SECOND, "over the network")));
  }

  private Plot hitRates() {
    var curve = new ArrayList<Point>();
    for (var point : plan.curve().points()) {
      double bytes = point.capacityBlocks() * blockBytes;
      if (bytes >= least() && bytes <= most()) {
        curve.add(new Point(bytes, point.blockHitRate()));
      }
    }
    double top = Math.max(largest(PlanRow::blockHitRate), largest(PlanRow::leafLruBlockHitRate));
    var y = Axis.linear("block hit rate", top, Words::wholePercent);
    return drawn(marked(y).line(curve, SECOND), FIRST, PlanRow::blockHitRate, Words::percentFine);
  }

  private Plot seconds() {
    var y = Axis.linear("seconds", largest(PlanRow::savedSeconds), Words::compact);
    var plot = marked(y).area(points(PlanRow::savedSeconds), Colour.ONE);
    drawn(plot, SECOND, PlanRow::loadSeconds, Words::number);
    return drawn(plot, FIRST, PlanRow::savedSeconds, Words::number);
  }

  private Plot ttft(ToDoubleFunction<TtftSeconds> of) {
    double none = of.applyAsDouble(plan.demand().ttft());
    double top = Math.max(none, largest(row -> of.applyAsDouble(row.remote())));
    var plot = marked(Axis.linear("seconds", top, Words::compact));
    plot.line(List.of(new Point(least(), none), new Point(most(), none)), MARK);
    drawn(plot, SECOND, row -> of.applyAsDouble(row.remote()), Words::secondsFine);
    return drawn(plot, FIRST, row -> of.applyAsDouble(row.local()), Words::secondsFine);
  }

  private Plot doublings() {
    var rows = plan.rows();
    double top = Math.max(asked.knee(), largest(PlanRow::gainPerDoubling));
    var plot = new Plot(sizes(), Axis.linear("a doubling adds", top, Words::wholePercent));
    for (int i = 1; i < rows.size(); i++) {
      var row = rows.get(i);
      var hint = "%s: %s".formatted(row.size(), Words.percentFine(row.gainPerDoubling()));
      plot.bar(bytes(rows.get(i - 1)), bytes(row), Math.max(0, row.gainPerDoubling()), hint);
    }
    double share = asked.knee();
    return plot.line(List.of(new Point(least(), share), new Point(most(), share)), MARK);
  }

  private Plot marked(Axis y) {
    var plot = new Plot(sizes(), y);
    if (own == chosen) {
      return mark(plot, y, own, "yours, " + mark);
    }
    return mark(mark(plot, y, own, "yours"), y, chosen, mark);
  }

  private static Plot mark(Plot plot, Axis y, double bytes, String name) {
    return plot.line(List.of(new Point(bytes, y.from()), new Point(bytes, y.to())), MARK)
        .name(bytes, y.to(), name, Colour.INK);
  }

  private Plot drawn(Plot plot, Stroke stroke, ToDoubleFunction<PlanRow> value, Form form) {
    plot.line(points(value), stroke);
    for (var row : plan.rows()) {
      double its = value.applyAsDouble(row);
      var hint = "%s: %s".formatted(row.size(), form.text(its));
      plot.dot(new Point(bytes(row), its), stroke.colour(), hint);
    }
    return plot;
  }

  /// How a value is written.
  private interface Form {
    String text(double value);
  }

  private List<Point> points(ToDoubleFunction<PlanRow> value) {
    return plan.rows().stream()
        .map(row -> new Point(bytes(row), value.applyAsDouble(row)))
        .toList();
  }

  private double largest(ToDoubleFunction<PlanRow> value) {
    return plan.rows().stream().mapToDouble(value).max().orElse(0);
  }

  private double bytes(PlanRow row) {
    return row.blocks() * blockBytes;
  }

  private double least() {
    return bytes(plan.rows().getFirst()) / MARGIN;
  }

  private double most() {
    return bytes(plan.rows().getLast()) * MARGIN;
  }

  private Axis sizes() {
    int first = (int) Math.ceil(Math.log(least()) / Math.log(2));
    int last = Math.getExponent(most());
    int every = Math.max(1, Math.ceilDiv(last - first + 1, TICKS_MAX));
    var ticks = new ArrayList<Double>();
    for (int power = first; power <= last; power += every) {
      ticks.add(Math.scalb(1.0, power));
    }
    return new Axis("cache", least(), most(), ticks, PlanPlots::size, true);
  }

  /// A power of two in bytes.
  private static String size(double bytes) {
    int power = Math.getExponent(bytes);
    int unit = Math.clamp(power / STEP, 0, UNITS.size() - 1);
    return "%.0f%s".formatted(Math.scalb(bytes, -STEP * unit), UNITS.get(unit));
  }
}
