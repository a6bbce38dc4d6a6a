// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static io.incipit.trace.report.Words.number;
import static io.incipit.trace.report.Words.numberOrDash;
import static io.incipit.trace.report.Words.percent;
import static io.incipit.trace.report.Words.percentFine;
import static io.incipit.trace.report.Words.seconds;
import static io.incipit.trace.report.Words.whole;
import static io.incipit.trace.report.Words.wholeOrDash;

import io.incipit.trace.analyze.PositionStats;
import io.incipit.trace.analyze.ReuseStats;
import io.incipit.trace.analyze.SessionStats;
import io.incipit.trace.analyze.TraceStats;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The statistics of a trace for people: a heading, a table, and what the table leaves open.
public final class StatsText {
  private final TraceStats stats;
  private final StatsCells cells;
  private final boolean shares;
  private final boolean timed;

  /// A text that is not printed yet.
  public StatsText(TraceStats stats) {
    this.stats = stats;
    this.cells = new StatsCells(stats);
    this.shares = stats.tellsSharing();
    this.timed = stats.tellsTimes();
  }

  /// Prints it.
  public void print(String title, PrintWriter out) {
    out.println(title);
    out.println("=".repeat(title.length()));
    printSize(out);
    if (shares) {
      printReuseOfAll(out);
    } else {
      heading(out, "Requests");
      spreads("", cells.lengths()).print(out);
    }
    if (timed) {
      printRates(out);
    }
    if (shares) {
      printSessions(out);
    }
    out.println();
    out.flush();
  }

  /// What follows from the blocks that prompts share.
  private void printReuseOfAll(PrintWriter out) {
    printIdeal(out);
    printHits(out);
    printSequence(out);
    printRandomness(out);
    printReuse(out);
    printSkew(out);
    printPosition(out);
    printTree(out);
    if (timed) {
      printWorkingSet(out);
    }
  }

  private static void heading(PrintWriter out, String text) {
    out.println();
    out.println(text);
  }

  private static Columns spreads(String label) {
    return new Columns().row(SpreadRow.head(label));
  }

  private static Columns spreads(String label, List<List<String>> rows) {
    var columns = spreads(label);
    rows.forEach(columns::row);
    return columns;
  }

  private static String[] row(String label, Stream<String> cells) {
    return Stream.concat(Stream.of(label), cells).toArray(String[]::new);
  }

  private void printSize(PrintWriter out) {
    var size = stats.size();
    var span =
        timed
            ? " in %s s at %s different times"
                .formatted(number(size.spanSeconds()), whole(size.arrivals()))
            : "";
    out.println(
        "%s requests%s; blocks of %d tokens"
            .formatted(whole(size.requests()), span, size.blockTokens()));
    Words.leftOut(size.leftOut()).forEach(out::println);
  }

  private void printIdeal(PrintWriter out) {
    var size = stats.size();
    heading(out, "Ideal reuse: nothing is evicted, a hit is a leading block seen before");
    new Columns()
        .row("", "asked", "distinct", "hit rate")
        .row(
            "blocks",
            whole(size.blocks()),
            whole(size.distinctBlocks()),
            percentFine(size.blockHitRate()))
        .row(
            "tokens",
            whole(size.inputTokens().mean() * size.requests()),
            "",
            percentFine(size.tokenHitRate()))
        .print(out);
    if (timed) {
      printLate(out);
    }
  }

  private void printLate(PrintWriter out) {
    var size = stats.size();
    out.println();
    new Columns()
        .row(
            row(
                "if a block can be read only later, by",
                size.late().stream().map(late -> seconds(late.seconds()))))
        .row(row("block hit rate", size.late().stream().map(late -> percent(late.blockHitRate()))))
        .print(out);
    new Columns()
        .row(row("sixth of the time", IntStream.rangeClosed(1, 6).mapToObj(String::valueOf)))
        .row(row("block hit rate", size.sixths().stream().map(StatsText::sixth)))
        .print(out);
  }

  private static String sixth(double rate) {
    return rate < 0 ? "-" : percent(rate);
  }

  private void printHits(PrintWriter out) {
    var hits = stats.hits();
    heading(out, "Requests");
    spreads("", cells.requests()).print(out);
    out.println(
        "Hit rate above 50%%: %s of the requests, 50%% or more: %s, above 75%%: %s, no hit: %s."
            .formatted(
                percent(hits.aboveHalf()),
                percent(hits.atLeastHalf()),
                percent(hits.aboveThreeQuarters()),
                percentFine(hits.none())));
  }

  private void printSequence(PrintWriter out) {
    heading(out, "Sequential, by definition (blocks numbered as first seen; n blocks a prompt)");
    var columns = new Columns().row("", "mean of requests", "of all blocks");
    for (var row : stats.sequence().definitions()) {
      columns.row(StatsCells.definition(row, "  "));
    }
    columns.print(out);
    out.println();
    spreads("Runs of consecutive numbers", cells.runs()).print(out);
  }

  private void printRandomness(PrintWriter out) {
    heading(
        out,
        "Runs test (Wald-Wolfowitz around the median, two-sided, at least 3 points) on sequences");
    var columns =
        new Columns()
            .row("", "", "p > 0.05", "", "can refuse", "", "", "of >= 10", "p > 0.05", "")
            .row(
                "of each request",
                "tests",
                "normal",
                "exact",
                "normal",
                "exact",
                "power",
                "tests",
                "normal",
                "exact");
    for (var row : stats.randomness().samples()) {
      var its = new ArrayList<>(StatsCells.sample(row));
      its.add(percent(row.manyPassExact()));
      columns.row(its);
    }
    columns.print(out);
    out.println("can refuse: tests with enough points for any order of them to be refused;");
    out.println("power: chance to refuse exactly if a neighbour is 3 times as likely on one side.");
  }

  private void printReuse(PrintWriter out) {
    var reuse = stats.reuse();
    heading(
        out,
        "From one use of a block to the next: %sblocks that leaf-lru keeps longer"
            .formatted(timed ? "seconds, and " : ""));
    var columns = spreads("");
    var ages = new Columns();
    ages.row(row("reused within", reuse.all().ages().stream().map(age -> seconds(age.seconds()))));
    addGaps(columns, ages, "all", reuse.all());
    if (reuse.commonBlocks() > 0) {
      addGaps(columns, ages, "without common head", reuse.withoutCommon());
    }
    columns.print(out);
    if (timed) {
      out.println();
      ages.print(out);
    }
    if (reuse.commonBlocks() > 0) {
      out.println(
          "Common head (leading blocks that more than half of the requests have): %s."
              .formatted(whole(reuse.commonBlocks())));
    }
  }

  private void addGaps(Columns columns, Columns ages, String label, ReuseStats.Gaps gaps) {
    cells.gaps("seconds, " + label, "blocks, " + label, gaps).forEach(columns::row);
    ages.row(row(label, gaps.ages().stream().map(age -> percent(age.share()))));
  }

  private void printSkew(PrintWriter out) {
    var reuse = stats.reuse();
    heading(out, "How unevenly blocks are used");
    out.println(
        "Used once: %s of the distinct blocks, twice: %s, 10 times and more: %s."
            .formatted(
                percent(reuse.usedOnce()),
                percent(reuse.usedTwice()),
                percent(reuse.usedTenTimes())));
    var hottest = reuse.hottest();
    new Columns()
        .row(row("hottest blocks", hottest.stream().map(row -> percent(row.blocks()))))
        .row(row("share of all uses", hottest.stream().map(row -> percent(row.accesses()))))
        .row(row("share of reuses", hottest.stream().map(row -> percent(row.reuses()))))
        .print(out);
  }

  private void printPosition(PrintWriter out) {
    var position = stats.position();
    heading(out, "Place in the prompt");
    var depths = position.depths();
    new Columns()
        .row(row("block", depths.stream().map(StatsText::places)))
        .row(row("hit rate", depths.stream().map(row -> percent(row.hitRate()))))
        .row(row("distinct ones reused", depths.stream().map(row -> percent(row.reused()))))
        .row(row("share of hits", depths.stream().map(row -> percent(row.hitShare()))))
        .print(out);
    out.println();
    new Columns()
        .row(row("tenth of the prompt", IntStream.rangeClosed(1, 10).mapToObj(String::valueOf)))
        .row(row("hit rate", position.deciles().stream().map(Words::percent)))
        .print(out);
  }

  private static String places(PositionStats.Depth row) {
    if (row.from() == row.to()) {
      return Integer.toString(row.from());
    }
    return row.to() == Integer.MAX_VALUE ? row.from() + "+" : row.from() + "-" + row.to();
  }

  private void printTree(PrintWriter out) {
    var tree = stats.tree();
    heading(out, "Prefix tree");
    Paragraph.print(
        "",
        "%s nodes, %s roots, %s leaves, %s branching (%s with exactly 2 children; most: %s)"
            .formatted(
                whole(tree.nodes()),
                whole(tree.roots()),
                whole(tree.leaves()),
                whole(tree.branching()),
                whole(tree.twins()),
                String.join(", ", tree.fanOuts().stream().map(Words::whole).toList())),
        out);
    out.println(
        "%s unbranched edges; %s stretches of consecutive numbers, mean length %s"
            .formatted(whole(tree.edges()), whole(tree.extents()), number(tree.extentBlocks())));
    spreads("", cells.tree()).print(out);
  }

  private void printWorkingSet(PrintWriter out) {
    var set = stats.workingSet();
    heading(out, "Working set");
    var windows = set.windows();
    new Columns()
        .row(row("different blocks within", windows.stream().map(row -> seconds(row.seconds()))))
        .row(row("mean", windows.stream().map(row -> wholeOrDash(row.mean()))))
        .row(row("most", windows.stream().map(row -> wholeOrDash(row.max()))))
        .print(out);
    out.println();
    new Columns()
        .row(row("by tenth of the time", IntStream.rangeClosed(1, 10).mapToObj(String::valueOf)))
        .row(row("distinct blocks seen", set.growth().stream().map(Words::percent)))
        .print(out);
    out.println(
        "New: %s blocks/s, %s tokens/s."
            .formatted(number(set.newBlocksPerSecond()), whole(set.newTokensPerSecond())));
  }

  private void printRates(PrintWriter out) {
    var rates = stats.rates();
    var windows = rates.windows();
    heading(out, "Rates");
    new Columns()
        .row(
            row(
                "",
                Stream.concat(
                    Stream.of("mean"),
                    windows.stream().map(row -> "peak, " + seconds(row.seconds())))))
        .row(
            row(
                "requests/s",
                Stream.concat(
                    Stream.of(number(rates.requestsPerSecond())),
                    windows.stream().map(row -> numberOrDash(row.peakRequestsPerSecond())))))
        .row(
            row(
                "input tokens/s",
                Stream.concat(
                    Stream.of(whole(rates.inputTokensPerSecond())),
                    windows.stream().map(row -> wholeOrDash(row.peakInputTokensPerSecond())))))
        .row(
            row(
                "index of dispersion",
                Stream.concat(
                    Stream.of(""), windows.stream().map(row -> numberOrDash(row.dispersion())))))
        .print(out);
  }

  private void printSessions(PrintWriter out) {
    var sessions = stats.sessions();
    heading(out, "Sessions, rebuilt from prefixes");
    out.println(cells.sessions());
    if (!timed) {
      return;
    }
    printChances(out, "turn", "goes on", sessions.goesOn());
    out.println("Last full block used again within 10 min:");
    printChances(out, "by turn", "reused", sessions.tailByTurn());
    printChances(out, "by new blocks", "reused", sessions.tailByNewBlocks());
    printChances(out, "by output tokens", "reused", sessions.tailByOutput());
  }

  private static void printChances(
      PrintWriter out, String label, String chance, List<SessionStats.Chance> rows) {
    new Columns()
        .row(row(label, IntStream.range(0, rows.size()).mapToObj(i -> group(rows, i))))
        .row(row(chance, rows.stream().map(StatsText::chance)))
        .print(out);
  }

  private static String chance(SessionStats.Chance row) {
    return row.requests() == 0 ? "-" : percent(row.chance());
  }

  private static String group(List<SessionStats.Chance> rows, int i) {
    int from = rows.get(i).from();
    if (i == rows.size() - 1) {
      return from + "+";
    }
    int to = rows.get(i + 1).from() - 1;
    return from == to ? Integer.toString(from) : from + "-" + to;
  }
}
