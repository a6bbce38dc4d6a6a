// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What is used when, for plots: time in columns of equal length.
///
/// @param columnSeconds length of a column
/// @param hitRates block hit rate in each column, -1 where nothing arrived
/// @param reuse reused blocks by column of time and row of age rank: row 0 has the blocks that were
///     first seen first; each cell is uses per second and block of the row
/// @param hottest the unbranched stretches that are used most, most first
public record HeatStats(
    double columnSeconds, List<Double> hitRates, List<List<Double>> reuse, List<Stretch> hottest) {
  private static final int COLUMNS = 96;
  private static final int ROWS = 48;
  private static final int HOTTEST = 24;

  /// Keeps lists that nobody changes.
  public HeatStats {
    hitRates = List.copyOf(hitRates);
    reuse = reuse.stream().map(List::copyOf).toList();
    hottest = List.copyOf(hottest);
  }

  /// An unbranched stretch of the prefix tree.
  ///
  /// @param depth blocks before it
  /// @param requests requests that use its first block
  /// @param columns the same in each column of time
  public record Stretch(int depth, int blocks, int requests, List<Integer> columns) {
    /// Keeps a list that nobody changes.
    public Stretch {
      columns = List.copyOf(columns);
    }
  }

  static HeatStats of(TraceTable table) {
    int columns = table.spanNs() == 0 ? 1 : COLUMNS;
    var time = new Time(table, columns);
    return new HeatStats(
        table.spanNs() / 1e9 / columns,
        hitRates(table, time),
        reuse(table, time),
        hottest(table, time));
  }

  private static List<Double> hitRates(TraceTable table, Time time) {
    var hits = new long[time.columns];
    var blocks = new long[time.columns];
    for (int r = 0; r < table.requests(); r++) {
      hits[time.column(r)] += table.hits(r);
      blocks[time.column(r)] += table.length(r);
    }
    var rates = new ArrayList<Double>();
    for (int i = 0; i < hits.length; i++) {
      rates.add(blocks[i] == 0 ? -1 : Share.of(hits[i], blocks[i]));
    }
    return rates;
  }

  private static List<List<Double>> reuse(TraceTable table, Time time) {
    int rows = Math.min(ROWS, table.distinct());
    var cells = new long[rows][time.columns];
    for (int r = 0; r < table.requests(); r++) {
      int left = table.hits(r);
      for (int i = 0; left > 0; i++) {
        int count = Math.min(left, table.runCount(r, i));
        int first = table.runFirst(r, i);
        for (int block = first; block < first + count; block++) {
          cells[(int) ((long) block * rows / table.distinct())][time.column(r)]++;
        }
        left -= count;
      }
    }
    double unit = table.spanNs() / 1e9 / time.columns * ((double) table.distinct() / rows);
    var heat = new ArrayList<List<Double>>();
    for (long[] row : cells) {
      heat.add(Arrays.stream(row).mapToObj(uses -> unit == 0 ? 0 : uses / unit).toList());
    }
    return heat;
  }

  private static List<Stretch> hottest(TraceTable table, Time time) {
    var children = table.children();
    var heads = new ArrayList<Integer>();
    var blocks = new int[table.distinct()];
    var head = new int[table.distinct()];
    for (int block = 0; block < head.length; block++) {
      int parent = table.parent(block);
      boolean begins = parent == TraceTable.ROOT || children[parent] > 1;
      head[block] = begins ? block : head[parent];
      blocks[head[block]]++;
      if (begins && table.uses(block) > 1) {
        heads.add(block);
      }
    }
    heads.sort(
        (a, b) ->
            table.uses(a) == table.uses(b)
                ? Integer.compare(a, b)
                : Integer.compare(table.uses(b), table.uses(a)));
    var most = heads.subList(0, Math.min(HOTTEST, heads.size()));
    var uses = uses(table, time, most);
    var stretches = new ArrayList<Stretch>();
    for (int i = 0; i < most.size(); i++) {
      int block = most.get(i);
      var columns = Arrays.stream(uses[i]).boxed().toList();
      stretches.add(new Stretch(table.depth(block), blocks[block], table.uses(block), columns));
    }
    return stretches;
  }

  private static int[][] uses(TraceTable table, Time time, List<Integer> blocks) {
    var rows = new int[table.distinct()];
    Arrays.fill(rows, -1);
    for (int i = 0; i < blocks.size(); i++) {
      rows[blocks.get(i)] = i;
    }
    var uses = new int[blocks.size()][time.columns];
    for (int r = 0; r < table.requests(); r++) {
      for (int i = 0; i < table.runs(r); i++) {
        int first = table.runFirst(r, i);
        for (int block = first; block < first + table.runCount(r, i); block++) {
          if (rows[block] >= 0) {
            uses[rows[block]][time.column(r)]++;
          }
        }
      }
    }
    return uses;
  }

  private record Time(TraceTable table, int columns) {
    int column(int request) {
      double share = Share.of(table.timeNs(request) - table.timeNs(0), table.spanNs());
      return Math.min(columns - 1, (int) (share * columns));
    }
  }
}
