// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static io.incipit.trace.report.Words.percent;
import static io.incipit.trace.report.Words.percentFine;
import static io.incipit.trace.report.Words.whole;

import io.incipit.trace.report.HtmlPage.Tile;
import io.incipit.trace.simulate.SimReport;
import io.incipit.trace.simulate.SimRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Simulated caches as a page.
public final class SimPage {
  private static final int TILES_MAX = 8;

  private SimPage() {}

  /// A page with a part for each trace, in the order given, and how to make it again.
  ///
  /// @param origin what it was made by
  /// @param seed of the samples that some policies draw
  public static String of(SimReport report, Origin origin, long seed) {
    var page = new HtmlPage("What caches would find");
    var traces =
        report.rows().stream()
            .collect(Collectors.groupingBy(SimRow::trace, LinkedHashMap::new, Collectors.toList()));
    traces.values().forEach(rows -> add(page, rows, report));
    page.part(
            "How this was made",
            "Seed %d. The same command on the same traces gives the same figures.".formatted(seed))
        .verbatim(origin.command());
    return page.end(
        "Incipit, trace sim. Caches start empty; a hit is a leading block of the prompt that is"
            + " cached when the request comes. "
            + origin.sentence());
  }

  private static void add(HtmlPage page, List<SimRow> rows, SimReport report) {
    var first = rows.getFirst();
    var sentences = new ArrayList<String>();
    sentences.add(
        first.admit().equals("full")
            ? "Admitted: full blocks, not the partial one at the end of a prompt."
            : "Admitted: all blocks.");
    Optional.ofNullable(report.leftOut().get(first.trace()))
        .map(Words::leftOut)
        .ifPresent(sentences::addAll);
    Optional.ofNullable(report.hints().get(first.trace()))
        .map(Words::hints)
        .ifPresent(sentences::add);
    page.part(first.trace(), String.join(" ", sentences));
    var tiles = best(rows);
    if (tiles.size() <= TILES_MAX) {
      page.tiles(tiles);
    }
    page.beginCards();
    var plots = new SimPlots(rows);
    plots.add(page, Optional.ofNullable(report.curves().get(first.trace())));
    boolean isBounded = rows.stream().anyMatch(row -> plots.shareOfBound(row).isPresent());
    page.card(
        "All caches",
        isBounded
            ? "Found and saved in %; the last column is the block hit rate as a share of what"
                + " belady finds at that size."
            : "Found and saved in %.",
        table(rows, plots, isBounded));
    var tiers = report.tiers().stream().filter(row -> row.trace().equals(first.trace())).toList();
    if (!tiers.isEmpty()) {
      page.card(
          "With a disk",
          "Blocks found in memory (HOST, a sixteenth of which is kept free), on disk only (DISK),"
              + " and together; blocks written to disk, bytes written for each that left memory,"
              + " and extents given up.",
          TierCells.of(tiers));
    }
    page.endCards();
  }

  /// At each capacity the best of those that do not know the future.
  private static List<Tile> best(List<SimRow> rows) {
    var tiles = new ArrayList<Tile>();
    for (var capacity : rows.stream().map(SimRow::capacity).distinct().toList()) {
      rows.stream()
          .filter(row -> row.capacity().equals(capacity) && !row.knowsFuture())
          .max(Comparator.comparingDouble(SimRow::blockHitRate))
          .map(
              row ->
                  new Tile(
                      percent(row.blockHitRate()),
                      "of the blocks: %s at %s".formatted(row.policy(), capacity)))
          .ifPresent(tiles::add);
    }
    return tiles;
  }

  private static List<List<String>> table(List<SimRow> rows, SimPlots plots, boolean isBounded) {
    var table = new ArrayList<List<String>>();
    var heads =
        List.of("policy", "capacity", "blocks", "blocks found", "tokens found", "compute saved");
    table.add(isBounded ? with(heads, "of belady") : heads);
    for (var row : rows) {
      var cells =
          List.of(
              row.policy(),
              row.capacity(),
              whole(row.capacityBlocks()),
              percentFine(row.blockHitRate()),
              percentFine(row.tokenHitRate()),
              percentFine(row.savedComputeRate()));
      var share = plots.shareOfBound(row).map(Words::percent).orElse("-");
      table.add(isBounded ? with(cells, share) : cells);
    }
    return table;
  }

  private static List<String> with(List<String> cells, String last) {
    return Stream.concat(cells.stream(), Stream.of(last)).toList();
  }
}
