// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import io.incipit.trace.PathStack;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;

/// When blocks are used again, how far apart, and how unevenly.
///
/// A use is one request whose prompt has the block. Distances are those of caches, which use a
/// prompt from the tail to the head: how many blocks a cache that evicts by use (`leaf-lru`) would
/// keep rather than this one when it is asked for again.
///
/// @param commonBlocks blocks that more than half of the requests have, the head they share
/// @param all of all reuses
/// @param withoutCommon of all reuses but those of the common blocks
/// @param usedOnce share of distinct blocks
/// @param usedTwice share of distinct blocks
/// @param usedTenTimes share of distinct blocks used 10 times and more
/// @param hottest what the hottest blocks take
/// @param distances share of reuses that `leaf-lru` holds in so many blocks, for the plot
public record ReuseStats(
    int commonBlocks,
    Gaps all,
    Gaps withoutCommon,
    double usedOnce,
    double usedTwice,
    double usedTenTimes,
    List<Hottest> hottest,
    List<Reach> distances) {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int[] AGE_SECONDS = {10, 30, 60, 120, 300, 600, 1200, 1800};
  private static final double[] TOP_SHARES = {0.001, 0.01, 0.05, 0.1};
  private static final int TEN = 10;
  private static final int STEPS_PER_OCTAVE = 4;

  /// Keeps lists that nobody changes.
  public ReuseStats {
    hottest = List.copyOf(hottest);
    distances = List.copyOf(distances);
  }

  /// From one use of a block to the next.
  ///
  /// @param seconds time between them
  /// @param blocks different blocks that were used later, and so are evicted later
  /// @param ages share of reuses within so many seconds
  public record Gaps(Spread seconds, Spread blocks, List<Age> ages) {
    /// Keeps a list that nobody changes.
    public Gaps {
      ages = List.copyOf(ages);
    }
  }

  /// Share of reuses at most so many seconds after the use before.
  public record Age(int seconds, double share) {}

  /// What the hottest `blocks` of all distinct blocks, a share, take.
  ///
  /// @param accesses share of all uses
  /// @param reuses share of all uses but the first of each block
  public record Hottest(double blocks, double accesses, double reuses) {}

  /// Share of reuses that `leaf-lru` finds in a cache of so many blocks, partial ones admitted.
  public record Reach(int blocks, double share) {}

  static ReuseStats of(TraceTable table) {
    var all = new Counts();
    var others = new Counts();
    count(table, all, others);
    var uses = new int[table.distinct()];
    int common = 0;
    for (int block = 0; block < uses.length; block++) {
      uses[block] = table.uses(block);
      common += table.isCommon(block) ? 1 : 0;
    }
    Arrays.sort(uses);
    return new ReuseStats(
        common,
        all.gaps(),
        others.gaps(),
        Share.of(within(uses, 1, 1), uses.length),
        Share.of(within(uses, 2, 2), uses.length),
        Share.of(within(uses, TEN, Integer.MAX_VALUE), uses.length),
        hottest(uses, table.accesses()),
        all.reaches());
  }

  private static void count(TraceTable table, Counts all, Counts others) {
    var stack = new PathStack();
    var path = new Blocks();
    for (int r = 0; r < table.requests(); r++) {
      path.fill(table, r);
      long nowNs = table.timeNs(r);
      stack.use(
          path.ids,
          table.length(r),
          (before, depth, blocks, above) -> {
            long gapNs = nowNs - table.timeNs(before);
            all.add(gapNs, above, blocks);
            for (int i = 0; i < blocks; i++) {
              if (!table.isCommon((int) path.ids[depth + i])) {
                others.add(gapNs, above + i, 1);
              }
            }
          });
    }
  }

  /// The blocks of a prompt as ids.
  private static final class Blocks {
    private long[] ids = new long[64];

    void fill(TraceTable table, int request) {
      if (ids.length < table.length(request)) {
        ids = new long[2 * table.length(request)];
      }
      int next = 0;
      for (int i = 0; i < table.runs(request); i++) {
        for (int k = 0; k < table.runCount(request, i); k++) {
          ids[next] = (long) table.runFirst(request, i) + k;
          next++;
        }
      }
    }
  }

  private static long within(int[] uses, int min, int max) {
    return Arrays.stream(uses).filter(use -> use >= min && use <= max).count();
  }

  private static List<Hottest> hottest(int[] ascending, long accesses) {
    var rows = new ArrayList<Hottest>();
    for (double share : TOP_SHARES) {
      int count = (int) Math.ceil(share * ascending.length);
      long taken = 0;
      for (int i = 0; i < count; i++) {
        taken += ascending[ascending.length - 1 - i];
      }
      long reuses = accesses - ascending.length;
      rows.add(new Hottest(share, Share.of(taken, accesses), Share.of(taken - count, reuses)));
    }
    return rows;
  }

  /// Counts gaps; times to the millisecond, both to three digits.
  private static final class Counts {
    private final Histogram millis = new Histogram(3);
    private final Histogram blocks = new Histogram(3);
    private final long[] within = new long[AGE_SECONDS.length];

    /// Counts reuses one below the other.
    void add(long gapNs, long above, int count) {
      long gapMillis = Math.max(0, Math.round(gapNs / NANOS_PER_MILLI));
      millis.recordValueWithCount(gapMillis, count);
      for (int i = 0; i < count; i++) {
        blocks.recordValue(above + i);
      }
      for (int i = 0; i < within.length; i++) {
        within[i] += gapMillis <= AGE_SECONDS[i] * 1000L ? count : 0;
      }
    }

    Gaps gaps() {
      var ages = new ArrayList<Age>();
      for (int i = 0; i < within.length; i++) {
        ages.add(new Age(AGE_SECONDS[i], Share.of(within[i], millis.getTotalCount())));
      }
      return new Gaps(Spread.of(millis, 1e-3), Spread.of(blocks, 1), ages);
    }

    List<Reach> reaches() {
      var reaches = new ArrayList<Reach>();
      long reuses = blocks.getTotalCount();
      long max = reuses == 0 ? 0 : blocks.getMaxValue();
      int last = 0;
      for (int step = 0; last <= max && reuses > 0; step++) {
        int size = (int) Math.min(1 << 30, Math.pow(2, (double) step / STEPS_PER_OCTAVE));
        if (size > last) {
          long held = blocks.getCountBetweenValues(0, size - 1L);
          reaches.add(new Reach(size, Share.of(held, reuses)));
          last = size;
        }
      }
      return reaches;
    }
  }
}
