// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import io.incipit.trace.report.Plot.Axis;
import io.incipit.trace.report.Plot.Colour;
import io.incipit.trace.report.Plot.Point;
import io.incipit.trace.report.Plot.Stroke;
import io.incipit.trace.simulate.LruCurve;
import io.incipit.trace.simulate.SimRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// The plots of what caches would find in one trace: rates by capacity, a line for each policy.
final class SimPlots {
  private static final String BOUND = "belady";
  private static final List<Colour> COLOURS =
      Arrays.stream(Colour.values()).filter(colour -> colour != Colour.INK).toList();

  /// Room left and right of the outer points, as a factor.
  private static final double MARGIN = 1.12;

  private final List<SimRow> rows;
  private final Map<String, Stroke> strokes = new LinkedHashMap<>();
  private final Stroke curveStroke;
  private final double least;
  private final double most;

  /// Plots of the rows of one trace, at least one.
  SimPlots(List<SimRow> rows) {
    this.rows = rows;
    this.least = rows.stream().mapToInt(SimRow::capacityBlocks).min().orElse(1) / MARGIN;
    this.most = rows.stream().mapToInt(SimRow::capacityBlocks).max().orElse(1) * MARGIN;
    int series = 0;
    for (var row : rows) {
      if (!strokes.containsKey(row.policy())) {
        boolean bound = row.policy().equals(BOUND);
        strokes.put(
            row.policy(), row.knowsFuture() ? new Stroke(Colour.INK, !bound) : stroke(series));
        series += row.knowsFuture() ? 0 : 1;
      }
    }
    this.curveStroke = stroke(series);
  }

  private static Stroke stroke(int series) {
    return new Stroke(COLOURS.get(series % COLOURS.size()), series / COLOURS.size() % 2 == 1);
  }

  void add(HtmlPage page, Optional<LruCurve> curve) {
    page.card(
        "Blocks found",
        "Of all blocks of the prompts, how many are cached when they are asked for.",
        curve.map(its -> blocks().line(inside(its), curveStroke)).orElseGet(this::blocks),
        keys(curve.isPresent()));
    page.card(
        "Tokens found",
        "The same in tokens.",
        plot("token hit rate", SimRow::tokenHitRate),
        keys(false));
    page.card(
        "Prefill compute saved",
        "Late blocks cost more than early ones, since they attend to all before them.",
        plot("saved compute", SimRow::savedComputeRate),
        keys(false));
    if (strokes.containsKey(BOUND)) {
      page.card(
          "How near to the bound",
          "Blocks found, as a share of what belady finds in a cache of that size.",
          shares(),
          keys(false).stream().filter(key -> !key.text().startsWith(BOUND)).toList());
    }
  }

  private Plot blocks() {
    return plot("block hit rate", SimRow::blockHitRate);
  }

  private Plot plot(String label, ToDoubleFunction<SimRow> rate) {
    double top = rows.stream().mapToDouble(rate).max().orElse(0);
    var plot = empty(Axis.linear(label, top, Words::wholePercent));
    return drawn(plot, row -> Optional.of(rate.applyAsDouble(row)));
  }

  private Plot shares() {
    var plot = empty(Axis.linear("share of belady", 1, Words::wholePercent));
    return drawn(plot, row -> row.policy().equals(BOUND) ? Optional.empty() : shareOfBound(row));
  }

  private Plot empty(Axis y) {
    return new Plot(Axis.between("capacity, blocks", least, most, Words::compact), y);
  }

  /// The bound first, so that all others lie upon it.
  private Plot drawn(Plot plot, Function<SimRow, Optional<Double>> rate) {
    draw(plot, BOUND, rate);
    strokes.keySet().stream()
        .filter(policy -> !policy.equals(BOUND))
        .forEach(policy -> draw(plot, policy, rate));
    return plot;
  }

  private void draw(Plot plot, String policy, Function<SimRow, Optional<Double>> rate) {
    var points = new ArrayList<Point>();
    var its =
        rows.stream()
            .filter(row -> row.policy().equals(policy))
            .sorted(Comparator.comparingInt(SimRow::capacityBlocks))
            .toList();
    for (var row : its) {
      rate.apply(row).ifPresent(value -> points.add(new Point(row.capacityBlocks(), value)));
    }
    if (points.isEmpty()) {
      return;
    }
    var stroke = strokes.getOrDefault(policy, curveStroke);
    if (policy.equals(BOUND)) {
      plot.area(points, stroke.colour());
    }
    plot.line(points, stroke);
    for (var row : its) {
      rate.apply(row).ifPresent(value -> dot(plot, row, value, stroke));
    }
  }

  private static void dot(Plot plot, SimRow row, double value, Stroke stroke) {
    var hint = "%s at %s: %s".formatted(row.policy(), row.capacity(), Words.percentFine(value));
    plot.dot(new Point(row.capacityBlocks(), value), stroke.colour(), hint);
  }

  /// What of the curve is in the range that the plots show.
  private List<Point> inside(LruCurve curve) {
    return curve.points().stream()
        .filter(point -> point.capacityBlocks() >= least && point.capacityBlocks() <= most)
        .map(point -> new Point(point.capacityBlocks(), point.blockHitRate()))
        .toList();
  }

  private List<HtmlPage.Key> keys(boolean withCurve) {
    var keys = new ArrayList<HtmlPage.Key>();
    strokes.forEach(
        (policy, stroke) ->
            keys.add(
                new HtmlPage.Key(
                    stroke, policy.equals(BOUND) ? BOUND + " (clairvoyant bound)" : policy)));
    if (withCurve) {
      keys.add(new HtmlPage.Key(curveStroke, "leaf-lru at every capacity"));
    }
    return keys;
  }

  /// What a cache finds of what the bound finds at its size, in blocks; empty if the bound was not
  /// asked for or finds nothing.
  Optional<Double> shareOfBound(SimRow row) {
    return rows.stream()
        .filter(its -> its.policy().equals(BOUND) && its.capacity().equals(row.capacity()))
        .filter(its -> its.blockHitRate() > 0)
        .findFirst()
        .map(its -> row.blockHitRate() / its.blockHitRate());
  }
}
