// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import java.util.List;

/// How sequential prompts are, under each reading of the word.
///
/// Blocks are numbered in the order in which they were first seen. With `n` the blocks of a prompt
/// and *runs* its maximal stretches of consecutive numbers:
///
/// ```
/// A  pairs of consecutive numbers / (n - 1)        prompts of 2 blocks and more
/// B  pairs of consecutive numbers / n              = 1 - runs / n
/// C  blocks in runs of 2 and more / n              what a range query can serve
/// D  longest run / n
/// F  pairs among hit blocks / (hits - 1)           prompts with 2 hits and more
/// R  blocks behind the first run / n
/// ```
///
/// @param definitions a row for each of them
/// @param runs runs of a request
/// @param runBlocks blocks of a run
public record SequenceStats(List<Definition> definitions, Spread runs, Spread runBlocks) {
  /// Keeps a list that nobody changes.
  public SequenceStats {
    definitions = List.copyOf(definitions);
  }

  /// One reading.
  ///
  /// @param macro mean over requests
  /// @param micro over all blocks at once
  public record Definition(String name, String formula, double macro, double micro) {}

  /// Adds up one definition.
  private static final class Mean {
    private double shares;
    private long requests;
    private long parts;
    private long wholes;

    void add(long part, long whole) {
      if (whole > 0) {
        shares += (double) part / whole;
        requests++;
        parts += part;
        wholes += whole;
      }
    }

    Definition named(String name, String formula) {
      double macro = requests == 0 ? 0 : shares / requests;
      return new Definition(name, formula, macro, Share.of(parts, wholes));
    }
  }

  static SequenceStats of(TraceTable table) {
    var a = new Mean();
    var b = new Mean();
    var c = new Mean();
    var d = new Mean();
    var f = new Mean();
    var rest = new Mean();
    var lengths = new IntList();
    for (int r = 0; r < table.requests(); r++) {
      int blocks = table.length(r);
      int pairs = blocks - table.runs(r);
      a.add(pairs, blocks - 1);
      b.add(pairs, blocks);
      c.add(inRuns(table, r), blocks);
      d.add(longest(table, r), blocks);
      f.add(hitPairs(table, r), table.hits(r) - 1);
      rest.add(blocks - (blocks == 0 ? 0 : table.runCount(r, 0)), blocks);
      for (int i = 0; i < table.runs(r); i++) {
        lengths.add(table.runCount(r, i));
      }
    }
    return new SequenceStats(
        List.of(
            a.named("A", "pairs / (n - 1)"),
            b.named("B", "pairs / n"),
            c.named("C", "blocks in runs >= 2 / n"),
            d.named("D", "longest run / n"),
            f.named("F", "pairs / (n - 1), hits only"),
            rest.named("R", "blocks behind first run / n")),
        HitStats.spread(table.requests(), table::runs),
        Spread.of(lengths.toArray()));
  }

  private static int inRuns(TraceTable table, int request) {
    int blocks = 0;
    for (int i = 0; i < table.runs(request); i++) {
      int count = table.runCount(request, i);
      blocks += count >= 2 ? count : 0;
    }
    return blocks;
  }

  private static int longest(TraceTable table, int request) {
    int longest = 0;
    for (int i = 0; i < table.runs(request); i++) {
      longest = Math.max(longest, table.runCount(request, i));
    }
    return longest;
  }

  private static int hitPairs(TraceTable table, int request) {
    int left = table.hits(request);
    int pairs = 0;
    for (int i = 0; left > 0; i++) {
      int count = Math.min(left, table.runCount(request, i));
      pairs += count - 1;
      left -= count;
    }
    return pairs;
  }
}
