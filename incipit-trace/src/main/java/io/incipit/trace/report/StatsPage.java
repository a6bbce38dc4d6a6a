// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static io.incipit.trace.report.Words.compact;
import static io.incipit.trace.report.Words.percent;
import static io.incipit.trace.report.Words.whole;

import io.incipit.trace.analyze.SessionStats;
import io.incipit.trace.analyze.TraceStats;
import io.incipit.trace.report.HtmlPage.Tile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The statistics of traces as a page.
public final class StatsPage {
  private StatsPage() {}

  /// A page with a part for each trace, in the order given.
  ///
  /// @param traces statistics by the name of their trace
  /// @param origin what it was made by
  public static String of(Map<String, TraceStats> traces, Origin origin) {
    var page = new HtmlPage("What traces say about prefix reuse");
    traces.forEach((name, stats) -> add(page, name, stats));
    page.part("How this was made", "The same command on the same traces gives the same figures.")
        .verbatim(origin.command());
    return page.end(
        "Incipit, trace stats. Rates are those of a cache that never forgets: a hit is a leading"
            + " block that an earlier request had. "
            + origin.sentence());
  }

  private static void add(HtmlPage page, String name, TraceStats stats) {
    var size = stats.size();
    var sentences = new ArrayList<String>();
    var span = stats.tellsTimes() ? " in %s s".formatted(whole(size.spanSeconds())) : "";
    sentences.add(
        "%s requests%s, blocks of %s tokens."
            .formatted(whole(size.requests()), span, whole(size.blockTokens())));
    sentences.addAll(Words.leftOut(size.leftOut()));
    page.part(name, String.join(" ", sentences));
    if (stats.tellsSharing()) {
      addReuse(page, stats);
    } else {
      addLengths(page, stats);
    }
  }

  /// What is left where nothing follows about reuse.
  private static void addLengths(HtmlPage page, TraceStats stats) {
    page.beginCards();
    page.card("Requests", "Their lengths.", spreads(new StatsCells(stats).lengths()));
    if (stats.tellsTimes()) {
      var rows = new ArrayList<List<String>>();
      rows.add(List.of("", "mean", "most"));
      rows.addAll(rates(stats));
      page.card("Rates", "The most is of whole windows.", rows);
    }
    page.endCards();
  }

  private static void addReuse(HtmlPage page, TraceStats stats) {
    var size = stats.size();
    page.tiles(
        List.of(
            new Tile(percent(size.blockHitRate()), "of the blocks seen before"),
            new Tile(percent(size.tokenHitRate()), "of the tokens seen before"),
            new Tile(compact(size.distinctBlocks()), "different blocks"),
            new Tile(percent(stats.reuse().usedOnce()), "of them used once"),
            new Tile(percent(stats.hits().atLeastHalf()), "of the requests hit half or more"),
            new Tile(compact(size.inputTokens().mean()), "input tokens a request")));
    page.beginCards();
    StatsPlots.add(page, stats);
    addRequests(page, stats);
    addSequence(page, stats);
    addPosition(page, stats);
    addSessions(page, stats);
    if (stats.tellsTimes()) {
      addRates(page, stats);
    }
    addRandomness(page, stats);
    addGaps(page, stats);
    addTree(page, stats);
    page.endCards();
  }

  @SafeVarargs
  private static List<List<String>> spreads(List<List<String>>... rows) {
    var all = new ArrayList<List<String>>();
    all.add(SpreadRow.head(""));
    for (var its : rows) {
      all.addAll(its);
    }
    return all;
  }

  private static void addRequests(HtmlPage page, TraceStats stats) {
    var hits = stats.hits();
    page.card(
        "Requests",
        "Hit rate above 50%%: %s of the requests, above 75%%: %s, no hit: %s."
            .formatted(
                percent(hits.aboveHalf()),
                percent(hits.aboveThreeQuarters()),
                Words.percentFine(hits.none())),
        spreads(new StatsCells(stats).requests()));
  }

  private static void addSequence(HtmlPage page, TraceStats stats) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("definition", "mean of requests", "of all blocks"));
    for (var row : stats.sequence().definitions()) {
      rows.add(StatsCells.definition(row, ": "));
    }
    page.card(
        "How sequential prompts are",
        "Blocks are numbered as they were first seen. C is the natural reading: what a range query"
            + " can serve.",
        rows);
  }

  private static void addRandomness(HtmlPage page, TraceStats stats) {
    var rows = new ArrayList<List<String>>();
    rows.add(
        List.of(
            "a sequence for each request",
            "tests",
            "p > 0.05, normal",
            "exact",
            "can refuse, normal",
            "exact",
            "power",
            "of >= 10 points",
            "p > 0.05"));
    for (var row : stats.randomness().samples()) {
      rows.add(StatsCells.sample(row));
    }
    page.card(
        "Are the jumps random? The runs test, and whether it could say no",
        "A test of few points passes whatever they are. Power: the chance to refuse if a neighbour"
            + " is 3 times as likely to be on the same side of the median.",
        rows);
  }

  private static void addGaps(HtmlPage page, TraceStats stats) {
    var reuse = stats.reuse();
    var cells = new StatsCells(stats);
    var rows = new ArrayList<>(spreads(cells.gaps("seconds", "different blocks", reuse.all())));
    if (reuse.commonBlocks() > 0) {
      rows.addAll(
          cells.gaps("seconds, without head", "blocks, without head", reuse.withoutCommon()));
    }
    page.card(
        "From one use of a block to the next",
        reuse.commonBlocks() == 0
            ? "No block is in more than half of the requests."
            : "The head is what more than half of the requests share. Its blocks: %s."
                .formatted(whole(reuse.commonBlocks())),
        rows);
  }

  private static void addPosition(HtmlPage page, TraceStats stats) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("block of the prompt", "hit rate", "distinct ones reused", "share of hits"));
    for (var row : stats.position().depths()) {
      var places =
          row.to() == Integer.MAX_VALUE
              ? row.from() + " and on"
              : row.from() == row.to() ? "" + row.from() : row.from() + " to " + row.to();
      rows.add(
          List.of(places, percent(row.hitRate()), percent(row.reused()), percent(row.hitShare())));
    }
    page.card("Place in the prompt", "Are the first blocks hotter than the rest?", rows);
  }

  private static void addTree(HtmlPage page, TraceStats stats) {
    var tree = stats.tree();
    var cells = new StatsCells(stats);
    page.card(
        "Prefix tree",
        "%s nodes, %s roots, %s leaves, %s branching; %s runs of consecutive numbers."
            .formatted(
                whole(tree.nodes()),
                whole(tree.roots()),
                whole(tree.leaves()),
                whole(tree.branching()),
                whole(tree.extents())),
        spreads(cells.tree(), cells.runs()));
  }

  private static void addSessions(HtmlPage page, TraceStats stats) {
    var rows = new ArrayList<List<String>>();
    if (stats.tellsTimes()) {
      rows.add(List.of("new blocks of a request", "requests", "tail reused in 10 min"));
      addChances(rows, stats.sessions().tailByNewBlocks());
    } else {
      rows.add(List.of("a request", "share"));
      var sessions = stats.sessions();
      rows.add(List.of("starts a session", percent(sessions.starts())));
      rows.add(List.of("continues one", percent(sessions.continues())));
      rows.add(List.of("extends one otherwise", percent(sessions.extendsOthers())));
      rows.add(List.of("branches off", percent(sessions.branches())));
    }
    page.card("Sessions, rebuilt from prefixes", new StatsCells(stats).sessions(), rows);
  }

  private static void addChances(List<List<String>> rows, List<SessionStats.Chance> chances) {
    for (var row : chances) {
      var chance = row.requests() == 0 ? "-" : percent(row.chance());
      rows.add(List.of("from " + row.from(), whole(row.requests()), chance));
    }
  }

  private static void addRates(HtmlPage page, TraceStats stats) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("", "mean", "most"));
    for (var window : stats.workingSet().windows()) {
      rows.add(
          List.of(
              "different blocks in %d s".formatted(window.seconds()),
              Words.wholeOrDash(window.mean()),
              Words.wholeOrDash(window.max())));
    }
    rows.addAll(rates(stats));
    page.card(
        "Working set and rates",
        "New: %s blocks/s, %s tokens/s. What the hottest 1%% of the blocks take: %s of all uses."
            .formatted(
                Words.number(stats.workingSet().newBlocksPerSecond()),
                whole(stats.workingSet().newTokensPerSecond()),
                percent(stats.reuse().hottest().get(1).accesses())),
        rows);
  }

  private static List<List<String>> rates(TraceStats stats) {
    var rows = new ArrayList<List<String>>();
    var rates = stats.rates();
    for (var window : rates.windows()) {
      rows.add(
          List.of(
              "requests/s, over %d s".formatted(window.seconds()),
              Words.number(rates.requestsPerSecond()),
              Words.numberOrDash(window.peakRequestsPerSecond())));
    }
    for (var window : rates.windows()) {
      rows.add(
          List.of(
              "input tokens/s, over %d s".formatted(window.seconds()),
              whole(rates.inputTokensPerSecond()),
              Words.wholeOrDash(window.peakInputTokensPerSecond())));
    }
    return rows;
  }
}
