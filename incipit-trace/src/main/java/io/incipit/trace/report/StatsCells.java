// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static io.incipit.trace.report.Words.percent;
import static io.incipit.trace.report.Words.whole;

import io.incipit.trace.analyze.RandomnessStats;
import io.incipit.trace.analyze.ReuseStats;
import io.incipit.trace.analyze.SequenceStats;
import io.incipit.trace.analyze.TraceStats;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The rows of a trace's statistics that its text and its page both have.
final class StatsCells {
  private final TraceStats stats;

  StatsCells(TraceStats stats) {
    this.stats = stats;
  }

  /// Spreads over requests of what each says of itself.
  List<List<String>> lengths() {
    var size = stats.size();
    return List.of(
        SpreadRow.of("input tokens", size.inputTokens(), Words::whole),
        SpreadRow.of("output tokens", size.outputTokens(), Words::whole));
  }

  /// Spreads over requests.
  List<List<String>> requests() {
    var hits = stats.hits();
    var rows = new ArrayList<>(lengths());
    Collections.addAll(
        rows,
        SpreadRow.of("hit blocks", hits.hitBlocks(), Words::whole),
        SpreadRow.of("new blocks", hits.newBlocks(), Words::whole),
        SpreadRow.of("block hit rate", hits.rate(), Words::percent));
    return rows;
  }

  /// How sequential prompts are by one definition.
  ///
  /// @param between its name and its formula
  static List<String> definition(SequenceStats.Definition row, String between) {
    return List.of(
        row.name() + between + row.formula(), percent(row.macro()), percent(row.micro()));
  }

  /// Spreads over runs of consecutive numbers.
  List<List<String>> runs() {
    return List.of(
        SpreadRow.of("runs a request", stats.sequence().runs(), Words::number),
        SpreadRow.of("blocks a run", stats.sequence().runBlocks(), Words::number));
  }

  /// What runs tests say of one kind of sequence: its name, then tests that pass, that could
  /// refuse, their power, and how many have many points and pass.
  static List<String> sample(RandomnessStats.Sample row) {
    return List.of(
        row.name(),
        whole(row.tests()),
        percent(row.passNormal()),
        percent(row.passExact()),
        percent(row.canRefuseNormal()),
        percent(row.canRefuseExact()),
        percent(row.power()),
        whole(row.manyTests()),
        percent(row.manyPassNormal()));
  }

  /// From one use of a block to the next, in seconds, if there are times, and in blocks.
  List<List<String>> gaps(String seconds, String blocks, ReuseStats.Gaps gaps) {
    var inBlocks = SpreadRow.of(blocks, gaps.blocks(), Words::whole);
    return stats.tellsTimes()
        ? List.of(SpreadRow.of(seconds, gaps.seconds(), Words::number), inBlocks)
        : List.of(inBlocks);
  }

  /// Spreads over the prefix tree.
  List<List<String>> tree() {
    var tree = stats.tree();
    return List.of(
        SpreadRow.of("blocks an edge", tree.edgeBlocks(), Words::number),
        SpreadRow.of("depth of nodes", tree.depths(), Words::number),
        SpreadRow.of("depth of branching", tree.branchDepths(), Words::number));
  }

  /// What requests do to sessions.
  String sessions() {
    var sessions = stats.sessions();
    return "%s of the requests start one, %s continue one, %s extend one otherwise, %s branch off."
        .formatted(
            percent(sessions.starts()),
            percent(sessions.continues()),
            percent(sessions.extendsOthers()),
            percent(sessions.branches()));
  }
}
