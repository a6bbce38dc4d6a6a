// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import io.incipit.trace.LeftOut;
import io.incipit.trace.TraceNotes;
import java.util.ArrayList;
import java.util.List;

/// How large a trace is, and what a cache that never forgets would find in it.
///
/// A hit is a leading block that an earlier request had; nothing is evicted.
///
/// @param spanSeconds from the first arrival to the last
/// @param arrivals different arrival times
/// @param blocks blocks over all prompts
/// @param late what is found if a block can be read only some time after it was first asked for
/// @param sixths block hit rate by sixth of the time, -1 where nothing arrived
/// @param notes what the trace does not say
public record SizeStats(
    long requests,
    double spanSeconds,
    long arrivals,
    int blockTokens,
    long blocks,
    long distinctBlocks,
    Spread inputTokens,
    Spread outputTokens,
    double blockHitRate,
    double tokenHitRate,
    List<Late> late,
    List<Double> sixths,
    long skippedLines,
    long repeatedSessions,
    TraceNotes notes) {
  private static final int[] LATE_SECONDS = {5, 10, 30, 60, 120};
  private static final int PARTS = 6;
  private static final double NOTHING = -1;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /// Keeps lists that nobody changes.
  public SizeStats {
    late = List.copyOf(late);
    sixths = List.copyOf(sixths);
  }

  /// What was left out of the trace.
  public LeftOut leftOut() {
    return new LeftOut(skippedLines, repeatedSessions, notes);
  }

  /// Block hit rate if blocks become readable so many seconds after they were first asked for.
  public record Late(int seconds, double blockHitRate) {}

  static SizeStats of(TraceTable table) {
    int requests = table.requests();
    long hits = 0;
    long hitTokens = 0;
    long tokens = 0;
    long arrivals = 0;
    for (int r = 0; r < requests; r++) {
      hits += table.hits(r);
      hitTokens += table.hitTokens(r, table.hits(r));
      tokens += table.inputTokens(r);
      arrivals += r == 0 || table.timeNs(r) != table.timeNs(r - 1) ? 1 : 0;
    }
    return new SizeStats(
        requests,
        table.spanNs() / 1e9,
        arrivals,
        table.blockTokens(),
        table.accesses(),
        table.distinct(),
        HitStats.spread(requests, table::inputTokens),
        HitStats.spread(requests, table::outputTokens),
        Share.of(hits, table.accesses()),
        Share.of(hitTokens, tokens),
        late(table),
        sixths(table),
        table.skipped(),
        table.repeats(),
        table.notes());
  }

  private static List<Late> late(TraceTable table) {
    var found = new long[LATE_SECONDS.length];
    var path = new int[0];
    for (int r = 0; r < table.requests(); r++) {
      path = table.path(r, path);
      for (int i = 0; i < found.length; i++) {
        found[i] += readable(table, r, path, LATE_SECONDS[i] * NANOS_PER_SECOND);
      }
    }
    var rows = new ArrayList<Late>();
    for (int i = 0; i < found.length; i++) {
      rows.add(new Late(LATE_SECONDS[i], Share.of(found[i], table.accesses())));
    }
    return rows;
  }

  /// Leading blocks first asked for long enough ago. Their ages fall along the prompt.
  private static int readable(TraceTable table, int request, int[] path, long lateNs) {
    long now = table.timeNs(request);
    int low = 0;
    int high = table.hits(request);
    while (low < high) {
      int middle = (low + high) >>> 1;
      long since = table.timeNs(table.firstRequest(path[middle]));
      if (since + lateNs <= now) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static List<Double> sixths(TraceTable table) {
    var hits = new long[PARTS];
    var blocks = new long[PARTS];
    for (int r = 0; r < table.requests(); r++) {
      double share = Share.of(table.timeNs(r) - table.timeNs(0), table.spanNs());
      int part = Math.min(PARTS - 1, (int) (share * PARTS));
      hits[part] += table.hits(r);
      blocks[part] += table.length(r);
    }
    var sixths = new ArrayList<Double>();
    for (int part = 0; part < PARTS; part++) {
      sixths.add(blocks[part] == 0 ? NOTHING : Share.of(hits[part], blocks[part]));
    }
    return sixths;
  }
}
