// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import io.incipit.trace.analyze.HeatStats;
import io.incipit.trace.analyze.ReuseStats;
import io.incipit.trace.analyze.TraceStats;
import io.incipit.trace.analyze.TreeStats;
import io.incipit.trace.report.Plot.Axis;
import io.incipit.trace.report.Plot.Colour;
import io.incipit.trace.report.Plot.Point;
import java.util.ArrayList;
import java.util.List;

/// The plots of the statistics of one trace.
final class StatsPlots {
  private static final double SECONDS_PER_MINUTE = 60;
  private static final double SECONDS_PER_HOUR = 3_600;
  private static final double HALF = 0.5;
  private static final int RANKS_APART = 4;
  private static final Plot.Stroke PROMPTS = new Plot.Stroke(Colour.ONE, false);
  private static final Plot.Stroke BLOCKS = new Plot.Stroke(Colour.TWO, false);

  private StatsPlots() {}

  static void add(HtmlPage page, TraceStats stats) {
    if (stats.tellsTimes()) {
      addReuseOverTime(page, stats);
    }
    page.card(
        "Hit rate of requests", "Share of the requests by their block hit rate.", hits(stats));
    page.card(
        "Reuse distance",
        "Share of the reuses that a cache of that size holds if it evicts by use (leaf-lru), blocks"
            + " used from the tail to the head.",
        distances(stats.reuse()));
    page.card(
        "Shape of the prefix tree",
        "At each depth, the prompts that reach it and the different blocks they have there. The"
            + " area between is shared.",
        tree(stats.tree()),
        List.of(
            new HtmlPage.Key(PROMPTS, "prompts"), new HtmlPage.Key(BLOCKS, "different blocks")));
    if (stats.tellsTimes()) {
      addHeat(page, stats.heat(), stats.size().requests());
    }
  }

  private static void addReuseOverTime(HtmlPage page, TraceStats stats) {
    page.card(
        "Block reusability over time",
        "Each column is a moment, each row the blocks first seen at one time, oldest at the bottom."
            + " Colour: how often they are used again, by the square root. A band along the"
            + " diagonal is reuse soon after the first use; a row that goes on is content that"
            + " stays hot.",
        reusability(stats),
        new HtmlPage.Scale("never", mostReuse(stats.heat())));
    page.card(
        "Block hit rate over time",
        "What a cache that never forgets finds, starting empty.",
        hitRate(stats.heat()));
  }

  private static void addHeat(HtmlPage page, HeatStats heat, long requests) {
    page.card(
        "Heat of the hottest runs over time",
        "A row for each unbranched run of the tree, the one used most at the top. Colour: requests"
            + " that use it, as a share of its own most, by the square root.",
        hottest(heat),
        new HtmlPage.Scale("none", "the run's most"));
    page.card("The hottest runs", "The rows of the plot before.", runs(heat, requests));
  }

  private static String mostReuse(HeatStats heat) {
    double most =
        heat.reuse().stream()
            .flatMap(List::stream)
            .mapToDouble(Double::doubleValue)
            .max()
            .orElse(0);
    return "%s uses of a block in an hour".formatted(Words.compact(most * SECONDS_PER_HOUR));
  }

  private static Axis time(HeatStats heat) {
    double seconds = heat.columnSeconds() * heat.hitRates().size();
    return seconds > 2 * SECONDS_PER_MINUTE
        ? exact(Axis.linear("minutes", seconds / SECONDS_PER_MINUTE, Words::compact), seconds / 60)
        : exact(Axis.linear("seconds", seconds, Words::compact), seconds);
  }

  /// The same axis, ending where the data ends.
  private static Axis exact(Axis axis, double end) {
    double to = end <= 0 ? 1 : end;
    var ticks = axis.ticks().stream().filter(tick -> tick <= to).toList();
    return new Axis(axis.label(), axis.from(), to, ticks, axis.text(), axis.logarithmic());
  }

  private static Plot reusability(TraceStats stats) {
    double blocks = stats.size().distinctBlocks();
    var y = exact(Axis.linear("blocks, as first seen", blocks, Words::compact), blocks);
    return new Plot(time(stats.heat()), y).cells(stats.heat().reuse());
  }

  private static Plot hitRate(HeatStats heat) {
    var x = time(heat);
    var points = new ArrayList<Point>();
    int columns = heat.hitRates().size();
    for (int i = 0; i < columns; i++) {
      double rate = heat.hitRates().get(i);
      if (rate >= 0) {
        points.add(new Point(x.to() * (i + HALF) / columns, rate));
      }
    }
    return new Plot(x, Axis.linear("block hit rate", 1, Words::wholePercent))
        .area(points, Colour.ONE)
        .line(points, Colour.ONE);
  }

  private static Plot hits(TraceStats stats) {
    var bins = stats.hits().twentieths();
    double most = bins.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    var plot =
        new Plot(
            Axis.linear("block hit rate", 1, Words::wholePercent),
            Axis.linear("share of requests", most, Words::wholePercent));
    for (int i = 0; i < bins.size(); i++) {
      double from = (double) i / bins.size();
      double to = (i + 1.0) / bins.size();
      var hint =
          "%s to %s: %s"
              .formatted(
                  Words.wholePercent(from), Words.wholePercent(to), Words.percent(bins.get(i)));
      plot.bar(from, to, bins.get(i), hint);
    }
    return plot;
  }

  private static Plot distances(ReuseStats reuse) {
    var points = new ArrayList<Point>();
    double most = 1;
    for (var reach : reuse.distances()) {
      points.add(new Point(reach.blocks(), reach.share()));
      most = reach.blocks();
    }
    return new Plot(
            Axis.logarithmic("blocks of a leaf-lru cache", most, Words::compact),
            Axis.linear("share of reuses", 1, Words::wholePercent))
        .area(points, Colour.ONE)
        .line(points, Colour.ONE);
  }

  private static Plot tree(TreeStats tree) {
    var requests = new ArrayList<Point>();
    var nodes = new ArrayList<Point>();
    double deepest = 1;
    double most = 1;
    for (var level : tree.levels()) {
      requests.add(new Point(level.depth() + 1.0, level.requests()));
      nodes.add(new Point(level.depth() + 1.0, level.nodes()));
      deepest = level.depth() + 1.0;
      most = Math.max(most, level.requests());
    }
    return new Plot(
            Axis.logarithmic("block of the prompt, from 1", deepest, Words::compact),
            Axis.linear("count", most, Words::compact))
        .area(requests, Colour.ONE)
        .line(requests, PROMPTS)
        .line(nodes, BLOCKS);
  }

  private static Plot hottest(HeatStats heat) {
    var rows = new ArrayList<List<Double>>();
    for (var stretch : heat.hottest().reversed()) {
      rows.add(stretch.columns().stream().map(Integer::doubleValue).toList());
    }
    double count = Math.max(1, rows.size());
    // The hottest is at the top, so the axis has its numbers upside down.
    var ticks = new ArrayList<Double>();
    for (int rank = 1; rank <= rows.size(); rank += RANKS_APART) {
      ticks.add(count - rank + HALF);
    }
    var y = new Axis("run", 0, count, ticks, at -> Words.whole(count - at + HALF), false);
    return new Plot(time(heat), y).cells(shares(rows));
  }

  private static List<List<String>> runs(HeatStats heat, long requests) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("run", "requests", "of all", "blocks", "blocks before it"));
    for (var run : heat.hottest()) {
      rows.add(
          List.of(
              Integer.toString(rows.size()),
              Words.whole(run.requests()),
              Words.percent(requests == 0 ? 0 : (double) run.requests() / requests),
              Words.whole(run.blocks()),
              Words.whole(run.depth())));
    }
    return rows;
  }

  /// Each row by its own greatest value: otherwise the hottest would outshine all others.
  private static List<List<Double>> shares(List<List<Double>> rows) {
    var shares = new ArrayList<List<Double>>();
    for (var row : rows) {
      double most = row.stream().mapToDouble(Double::doubleValue).max().orElse(0);
      shares.add(row.stream().map(value -> most == 0 ? 0 : value / most).toList());
    }
    return shares;
  }
}
