// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import java.util.ArrayList;
import java.util.List;

/// How many different blocks are in use at a time, and how fast new ones come.
///
/// @param windows different blocks used within so many seconds
/// @param growth share of all distinct blocks seen by each tenth of the time
/// @param newBlocksPerSecond distinct blocks by time
/// @param newTokensPerSecond the same in tokens of full blocks
public record WorkingSetStats(
    List<Window> windows,
    List<Double> growth,
    double newBlocksPerSecond,
    double newTokensPerSecond) {
  private static final int[] WINDOW_SECONDS = {60, 300, 600};
  private static final int TENTHS = 10;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /// Keeps lists that nobody changes.
  public WorkingSetStats {
    windows = List.copyOf(windows);
    growth = List.copyOf(growth);
  }

  /// Different blocks used in the seconds before each arrival, that one included, from the first
  /// whole window on.
  ///
  /// @param mean over arrival times; 0 if the trace is shorter
  public record Window(int seconds, double mean, int max) {}

  static WorkingSetStats of(TraceTable table) {
    var windows = new ArrayList<Window>();
    for (int seconds : WINDOW_SECONDS) {
      windows.add(window(table, seconds));
    }
    double seconds = table.spanNs() / 1e9;
    double rate = seconds == 0 ? 0 : table.distinct() / seconds;
    return new WorkingSetStats(windows, growth(table), rate, rate * table.blockTokens());
  }

  private static Window window(TraceTable table, int seconds) {
    var uses = new int[table.distinct()];
    long span = seconds * NANOS_PER_SECOND;
    long sum = 0;
    long arrivals = 0;
    int max = 0;
    int alive = 0;
    int oldest = 0;
    for (int r = 0; r < table.requests(); r++) {
      alive += count(table, r, uses, 1);
      boolean last = r + 1 == table.requests() || table.timeNs(r + 1) != table.timeNs(r);
      if (!last) {
        continue;
      }
      for (; table.timeNs(oldest) < table.timeNs(r) - span; oldest++) {
        alive -= count(table, oldest, uses, -1);
      }
      if (table.timeNs(r) - table.timeNs(0) >= span) {
        sum += alive;
        arrivals++;
        max = Math.max(max, alive);
      }
    }
    return new Window(seconds, Share.of(sum, arrivals), max);
  }

  /// Adds a request to the uses or takes it away.
  ///
  /// @return blocks that came into use, or went out of it
  private static int count(TraceTable table, int request, int[] uses, int change) {
    int unused = change > 0 ? 0 : 1;
    int turned = 0;
    for (int i = 0; i < table.runs(request); i++) {
      int first = table.runFirst(request, i);
      for (int block = first; block < first + table.runCount(request, i); block++) {
        turned += uses[block] == unused ? 1 : 0;
        uses[block] += change;
      }
    }
    return turned;
  }

  private static List<Double> growth(TraceTable table) {
    var seen = new long[TENTHS];
    for (int block = 0; block < table.distinct(); block++) {
      long sinceNs = table.timeNs(table.firstRequest(block)) - table.timeNs(0);
      double share = Share.of(sinceNs, table.spanNs());
      int tenth = Math.max(0, (int) Math.ceil(share * TENTHS) - 1);
      seen[Math.min(TENTHS - 1, tenth)]++;
    }
    var growth = new ArrayList<Double>();
    long total = 0;
    for (long more : seen) {
      total += more;
      growth.add(Share.of(total, table.distinct()));
    }
    return growth;
  }
}
