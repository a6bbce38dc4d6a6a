// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import java.util.ArrayList;
import java.util.List;

/// Where in prompts the hits are, in a cache that never forgets.
///
/// @param depths by the block's place from the head, in powers of two
/// @param deciles block hit rate by tenth of the prompt
public record PositionStats(List<Depth> depths, List<Double> deciles) {
  private static final int GROUPS = 9;
  private static final int TENTHS = 10;

  /// Keeps lists that nobody changes.
  public PositionStats {
    depths = List.copyOf(depths);
    deciles = List.copyOf(deciles);
  }

  /// Blocks `from` to `to` of prompts, both inclusive; the last group has no end.
  ///
  /// @param hitRate block hit rate there
  /// @param reused share of the distinct blocks there that are used again
  /// @param hitShare share of all hits
  public record Depth(int from, int to, double hitRate, double reused, double hitShare) {}

  static PositionStats of(TraceTable table) {
    var blocks = new long[GROUPS];
    var hits = new long[GROUPS];
    var tenthBlocks = new long[TENTHS];
    var tenthHits = new long[TENTHS];
    for (int r = 0; r < table.requests(); r++) {
      int length = table.length(r);
      for (int i = 0; i < length; i++) {
        int hit = i < table.hits(r) ? 1 : 0;
        blocks[group(i)]++;
        hits[group(i)] += hit;
        int tenth = (int) ((long) i * TENTHS / length);
        tenthBlocks[tenth]++;
        tenthHits[tenth] += hit;
      }
    }
    return new PositionStats(depths(table, blocks, hits), Share.each(tenthHits, tenthBlocks));
  }

  private static List<Depth> depths(TraceTable table, long[] blocks, long[] hits) {
    var distinct = new long[GROUPS];
    var reused = new long[GROUPS];
    for (int block = 0; block < table.distinct(); block++) {
      int group = group(table.depth(block));
      distinct[group]++;
      reused[group] += table.uses(block) > 1 ? 1 : 0;
    }
    long allHits = 0;
    for (long hit : hits) {
      allHits += hit;
    }
    var depths = new ArrayList<Depth>();
    for (int group = 0; group < GROUPS; group++) {
      int from = group == 0 ? 0 : 1 << (group - 1);
      int to = group == GROUPS - 1 ? Integer.MAX_VALUE : (1 << group) - 1;
      depths.add(
          new Depth(
              from,
              to,
              Share.of(hits[group], blocks[group]),
              Share.of(reused[group], distinct[group]),
              Share.of(hits[group], allHits)));
    }
    return depths;
  }

  /// 0 for the first block, then one group for each power of two.
  private static int group(int depth) {
    return Math.min(GROUPS - 1, Integer.SIZE - Integer.numberOfLeadingZeros(depth));
  }
}
