// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The runs of blocks that are read most, by a count that decays: Space-Saving (Metwally and
/// others, ICDT 2005) with weights that double each [#HALF_LIFE_NS], so that what is old counts
/// half as much.
///
/// For one thread, the store's writer. A read of a run costs O(log [#RUNS_MAX]). Memory: some
/// 130 B of heap a run by the sizes of its objects, 0.5 MiB for all.
public final class HotRuns {
  /// Runs that have a count. One more takes the place of the coldest, and begins with its heat,
  /// which is its error.
  public static final int RUNS_MAX = 4_096;

  /// After which a read counts half.
  public static final long HALF_LIFE_NS = 600_000_000_000L;

  /// Weights are brought back to 1 when they have doubled so often.
  private static final int DOUBLINGS_MAX = 64;

  /// A run that is counted.
  ///
  /// @param id of its first block
  /// @param hits how often it was read since it has a count
  /// @param heat reads, older ones for less; too much by `error` at most
  /// @param error what it may have that others were read
  /// @param depth blocks before it
  /// @param blocks of it that the last read had
  /// @param usedNs when that was, by the clock of the store
  public record Run(
      long id, long hits, double heat, double error, int depth, int blocks, long usedNs) {}

  private static final class Count {
    long id;
    long hits;
    double weight;
    double error;
    int depth;
    int blocks;
    long usedNs;
    int place;

    Count(int place) {
      this.place = place;
    }
  }

  private final Map<Long, Count> counts = new HashMap<>();

  /// The coldest first.
  private Count[] heap = new Count[64];

  private long originNs;

  /// @param nowNs the time of now, by the clock of the store
  public HotRuns(long nowNs) {
    originNs = nowNs;
  }

  /// A run was read.
  ///
  /// @param id of its first block
  /// @param depth blocks before it
  /// @param blocks of it that were read
  public void used(long nowNs, long id, int depth, int blocks) {
    double weight = weight(nowNs);
    var count = counts.get(id);
    if (count == null) {
      count = begin(id);
      counts.put(id, count);
    }
    count.hits++;
    count.weight += weight;
    count.depth = depth;
    count.blocks = blocks;
    count.usedNs = nowNs;
    sink(count);
  }

  private Count begin(long id) {
    int size = counts.size();
    Count count;
    if (size < RUNS_MAX) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, 2 * size);
      }
      count = new Count(size);
      heap[size] = count;
      rise(count);
    } else {
      count = heap[0];
      counts.remove(count.id);
      count.error = count.weight;
      count.hits = 0;
    }
    count.id = id;
    return count;
  }

  /// What a read counts at a time.
  private double weight(long nowNs) {
    double doublings = (double) (nowNs - originNs) / HALF_LIFE_NS;
    if (doublings > DOUBLINGS_MAX) {
      double scale = Math.pow(2, -doublings);
      for (var count : counts.values()) {
        count.weight *= scale;
        count.error *= scale;
      }
      originNs = nowNs;
      return 1;
    }
    return Math.pow(2, doublings);
  }

  /// A new count weighs nothing.
  private void rise(Count count) {
    int place = count.place;
    while (place > 0) {
      int above = (place - 1) / 2;
      put(heap[above], place);
      place = above;
    }
    put(count, place);
  }

  private void sink(Count count) {
    int size = Math.min(RUNS_MAX, counts.size());
    int place = count.place;
    while (2 * place + 1 < size) {
      int below = 2 * place + 1;
      if (below + 1 < size && heap[below + 1].weight < heap[below].weight) {
        below++;
      }
      if (heap[below].weight >= count.weight) {
        break;
      }
      put(heap[below], place);
      place = below;
    }
    put(count, place);
  }

  private void put(Count count, int place) {
    heap[place] = count;
    count.place = place;
  }

  /// All that are counted, the hottest first. Costs O(n log n).
  public List<Run> all(long nowNs) {
    double weight = weight(nowNs);
    return counts.values().stream()
        .filter(count -> count.hits > 0)
        .map(
            count ->
                new Run(
                    count.id,
                    count.hits,
                    count.weight / weight,
                    count.error / weight,
                    count.depth,
                    count.blocks,
                    count.usedNs))
        .sorted(Comparator.comparingDouble(Run::heat).reversed().thenComparingLong(Run::id))
        .toList();
  }

  /// Forgets a run: the next new one takes its place.
  public void forget(long id) {
    var count = counts.get(id);
    if (count != null) {
      count.hits = 0;
      count.weight = 0;
      count.error = 0;
      rise(count);
    }
  }

  /// Forgets all.
  public void clear() {
    counts.clear();
    heap = new Count[64];
  }
}
