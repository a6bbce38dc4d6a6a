// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.pool.CostModel;
import io.incipit.trace.report.HtmlPage;
import io.incipit.trace.report.Plot;
import io.incipit.trace.report.Plot.Axis;
import io.incipit.trace.report.Plot.Colour;
import io.incipit.trace.report.Plot.Point;
import io.incipit.trace.report.Plot.Stroke;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// The evaluation as a page: plots as the paper has them, tables, and what both show. Every series
/// says whether it is measured or modelled.
final class EvaluatePage {
  private static final double WINDOW_MINUTES = Meter.WINDOW_NS / 60e9;
  /// Of the tables of look-ups.
  static final List<String> LOOKUP_HEAD =
      List.of(
          "system",
          "wrong",
          "round trips",
          "NIC requests",
          "bytes",
          "modelled us",
          "measured us",
          "CPU us",
          "B/block",
          "look-ups/s a node");

  private static final List<String> OPERATIONS =
      List.of(
          "redis-stretches",
          "valkey-stretches",
          "sherman-published",
          "sherman",
          "sherman-clv-published",
          "sherman-clv",
          "chime-published",
          "chime");
  private static final List<String> WHOLE =
      List.of("incipit-pool", "race", "sherman-batched", "chime-batched", "sherman", "chime");

  private static final List<Colour> COLOURS =
      Arrays.stream(Colour.values()).filter(colour -> colour != Colour.INK).toList();

  private final List<Row> rows;
  private final CostModel model;

  EvaluatePage(List<Row> rows, CostModel model) {
    this.rows = rows;
    this.model = model;
  }

  /// The whole page.
  ///
  /// @param input what was replayed
  /// @param command what was typed
  /// @param findings sentences
  /// @param footer when and by what it was made
  String html(String input, String command, List<List<String>> findings, String footer) {
    var page = new HtmlPage("Incipit: the evaluation");
    page.part(
        "What was replayed",
        input
            + ". Cold: every system begins empty, is asked for each prompt's blocks as it comes,"
            + " and is then told those that it did not have. Preloaded: all blocks were put"
            + " before.");
    page.verbatim(command);
    tiles(page);
    if (!findings.isEmpty()) {
      page.part("The paper's findings", "What the paper says, and what reproduces it here.");
      page.list(findings.stream().skip(1).map(EvaluatePage::sentence).toList());
    }
    operations(page, Row.Phase.COLD);
    operations(page, Row.Phase.PRELOADED);
    page.part(
        "Whole requests",
        "All blocks of a prompt, 99th percentile of each window of ten minutes. Where a name ends"
            + " in -batched, a prompt's operations go out together.");
    page.beginCards();
    for (var phase : Row.Phase.values()) {
      windows(page, "A whole prompt, " + name(phase), phase, WHOLE, row -> row.lookups().windows());
    }
    page.endCards();
    page.part(
        "Every system",
        "Counted: round trips, requests of the network adapter, bytes. Modelled: what the network"
            + " takes, no CPU time. Measured: the call, or the request over the loopback interface;"
            + " CPU time is the client's, of servers the server's.");
    page.beginCards();
    for (var phase : Row.Phase.values()) {
      page.card("Look-ups, " + name(phase), "A prompt; mean / p50 / p99.", table(phase));
    }
    puts(page);
    page.endCards();
    page.part("The model of the network", "Parameters; none was measured here. Times in ns.");
    var lines = new StringBuilder();
    model
        .parameters()
        .forEach(
            (name, value) -> lines.append(name).append(" = ").append(text(value)).append('\n'));
    page.verbatim(lines.toString());
    return page.end(footer);
  }

  private static String sentence(List<String> finding) {
    return "%s: %s. Paper: %s. Counted and modelled: %s. Measured: %s."
        .formatted(finding.get(0), finding.get(4), finding.get(1), finding.get(2), finding.get(3));
  }

  private static String name(Row.Phase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }

  private Optional<Row> row(String system, Row.Phase phase) {
    return rows.stream()
        .filter(row -> row.system().equals(system) && row.phase() == phase)
        .findFirst();
  }

  private void tiles(HtmlPage page) {
    var tiles = new ArrayList<HtmlPage.Tile>();
    row("incipit-pool", Row.Phase.COLD)
        .ifPresent(
            row -> {
              var trips = row.lookups().roundTrips();
              tiles.add(
                  new HtmlPage.Tile(
                      text(trips.quantile(0.5)) + " / " + text(trips.quantile(0.99)),
                      "round trips of incipit-pool, p50 / p99, counted"));
            });
    ratio(tiles, "race", "NIC requests of race for one of incipit-pool", r -> r.nicRequests());
    ratio(tiles, "race", "bytes of race for one of incipit-pool", r -> r.bytes());
    ratio(tiles, "chime", "bytes of CHIME for one of incipit-pool", r -> r.bytes());
    var redis = row("redis-exists", Row.Phase.PRELOADED);
    var server = row("incipit-resp", Row.Phase.PRELOADED);
    if (redis.isPresent() && server.isPresent()) {
      double cheaper = redis.get().serverCpuUs() / server.get().serverCpuUs();
      tiles.add(new HtmlPage.Tile(text(cheaper), "server CPU of Redis for one of ours, measured"));
    }
    long wrong = rows.stream().filter(row -> !row.published()).mapToLong(Row::wrongAnswers).sum();
    tiles.add(
        new HtmlPage.Tile(Long.toString(wrong), "wrong answers, but of what is as published"));
    page.tiles(tiles);
  }

  private void ratio(
      List<HtmlPage.Tile> tiles, String other, String label, Function<Meter, Distribution> what) {
    var theirs = row(other, Row.Phase.COLD);
    var ours = row("incipit-pool", Row.Phase.COLD);
    if (theirs.isPresent() && ours.isPresent()) {
      double ratio =
          what.apply(theirs.get().lookups()).mean() / what.apply(ours.get().lookups()).mean();
      tiles.add(new HtmlPage.Tile(text(ratio), label + ", counted"));
    }
  }

  /// The paper's figure 3: range queries and searches by window.
  private void operations(HtmlPage page, Row.Phase phase) {
    boolean any =
        OPERATIONS.stream()
            .flatMap(system -> row(system, phase).stream())
            .anyMatch(row -> !row.lookups().kinds().isEmpty());
    if (!any) {
      return;
    }
    page.part(
        "As the paper plots it, " + name(phase),
        "99th percentile of each window of ten minutes: range queries for contiguous blocks"
            + " (its figure 3a), point queries for the others (3b). The paper's own figures are"
            + " those of its machines: Redis above 100 us, Sherman 10.3% ahead of CHIME on"
            + " ranges, CHIME 5.5% ahead of Sherman on searches.");
    page.beginCards();
    windows(page, "Range queries, " + name(phase), phase, OPERATIONS, row -> of(row, Step.RANGE));
    windows(page, "Searches, " + name(phase), phase, OPERATIONS, row -> of(row, Step.SEARCH));
    page.endCards();
  }

  private static NavigableMap<Long, Distribution> of(Row row, Step step) {
    var kind = row.lookups().kinds().get(step);
    return kind == null ? new TreeMap<>() : kind.windows();
  }

  private void windows(
      HtmlPage page,
      String heading,
      Row.Phase phase,
      List<String> systems,
      Function<Row, NavigableMap<Long, Distribution>> windows) {
    double most = 10;
    double minutes = WINDOW_MINUTES;
    var shown = new ArrayList<Row>();
    for (var system : systems) {
      var row = row(system, phase).filter(found -> !windows.apply(found).isEmpty());
      if (row.isEmpty()) {
        continue;
      }
      shown.add(row.get());
      var all = windows.apply(row.get());
      for (var window : all.values()) {
        most = Math.max(most, window.quantile(0.99));
      }
      minutes = Math.max(minutes, (all.lastKey() + 1) * WINDOW_MINUTES);
    }
    if (shown.isEmpty()) {
      return;
    }
    var plot =
        new Plot(
            Axis.linear("minutes", minutes, EvaluatePage::text),
            Axis.between("microseconds, p99", 1, 1.2 * most, EvaluatePage::text));
    var keys = new ArrayList<HtmlPage.Key>();
    for (int i = 0; i < shown.size(); i++) {
      var row = shown.get(i);
      var stroke = new Stroke(COLOURS.get(i % COLOURS.size()), !row.lookups().counted());
      var points = new ArrayList<Point>();
      var all = windows.apply(row);
      all.forEach(
          (window, of) ->
              points.add(new Point((window + 0.5) * WINDOW_MINUTES, of.quantile(0.99))));
      plot.line(points, stroke);
      var how = row.lookups().counted() ? "modelled" : "measured";
      keys.add(new HtmlPage.Key(stroke, row.system() + ", " + how));
    }
    page.card(
        heading, "Solid: modelled. Dashed: measured over the loopback interface.", plot, keys);
  }

  private List<List<String>> table(Row.Phase phase) {
    var table = new ArrayList<List<String>>();
    table.add(LOOKUP_HEAD);
    for (var row : rows) {
      if (row.phase() != phase) {
        continue;
      }
      var lookups = row.lookups();
      boolean counted = lookups.counted();
      boolean moved = lookups.bytes().sum() > 0;
      table.add(
          List.of(
              row.system(),
              Long.toString(row.wrongAnswers()),
              moved ? three(lookups.roundTrips()) : "-",
              counted ? three(lookups.nicRequests()) : "-",
              moved ? three(lookups.bytes()) : "-",
              counted ? three(lookups.modelledUs()) : "-",
              three(lookups.measuredUs()),
              text(row.serverCpuUs() > 0 ? row.serverCpuUs() : lookups.cpuUs().mean()),
              text(row.bytesPerBlock()),
              counted ? text(row.nodeBoundPerSecond(model)) : "-"));
    }
    return table;
  }

  private void puts(HtmlPage page) {
    var table = new ArrayList<List<String>>();
    table.add(List.of("system", "round trips", "NIC requests", "bytes", "modelled us"));
    for (var row : rows) {
      if (row.phase() == Row.Phase.COLD && row.puts().counted()) {
        table.add(
            List.of(
                row.system(),
                three(row.puts().roundTrips()),
                three(row.puts().nicRequests()),
                three(row.puts().bytes()),
                three(row.puts().modelledUs())));
      }
    }
    if (table.size() > 1) {
      page.card("Puts, cold", "All that a prompt adds; mean / p50 / p99.", table);
    }
  }

  private static String three(Distribution all) {
    return text(all.mean()) + " / " + text(all.quantile(0.5)) + " / " + text(all.quantile(0.99));
  }

  static String text(double value) {
    if (value >= 1e6) {
      return String.format(Locale.ROOT, "%.1f M", value / 1e6);
    }
    if (value >= 1000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return value >= 100 || value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, value < 1 ? "%.3f" : "%.1f", value);
  }
}
