// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import io.incipit.bench.pool.TraceIds;
import io.incipit.bench.pool.Traffic;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/// The conversation trace, replayed: each request's runs of consecutive ids are ranges and the rest
/// single searches; then every id that is new is put. Preloaded, all ids are put first in their
/// order, and searched once. Ids are keys from 1 on; a key's value is the key.
final class Conversation {
  final int distinct;
  private final List<int[]> requests;

  Conversation() throws IOException {
    requests = TraceIds.conversation();
    int most = 0;
    for (var ids : requests) {
      most = Math.max(most, Arrays.stream(ids).max().orElse(0));
    }
    distinct = most + 1;
  }

  /// What a replay cost.
  static final class Result {
    final Series ranges = new Series();
    final Series gets = new Series();
    final Series puts = new Series();
    final Series requests = new Series();
    final Series micros = new Series();
    int wrong;
  }

  /// Values of operations of a kind: round trips (or microseconds), and bytes.
  static final class Series {
    private double[] values = new double[64];
    private int count;
    private double bytes;

    void add(double value, double moreBytes) {
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count);
      }
      values[count++] = value;
      bytes += moreBytes;
    }

    double mean() {
      return Arrays.stream(values, 0, count).average().orElse(0);
    }

    double meanBytes() {
      return bytes / count;
    }

    double quantile(double share) {
      var sorted = Arrays.copyOf(values, count);
      Arrays.sort(sorted);
      return sorted[Math.min(count - 1, (int) (share * count))];
    }
  }

  Result replay(Rig rig, boolean preloaded) {
    var result = new Result();
    var seen = new boolean[distinct + 1];
    if (preloaded) {
      for (int key = 1; key <= distinct; key++) {
        rig.index.put(key, key);
      }
      Arrays.fill(seen, true);
      for (int key = 1; key <= distinct; key++) {
        result.wrong += rig.index.search(key) == key ? 0 : 1;
      }
    }
    for (var ids : requests) {
      var before = rig.client.traffic().snapshot();
      lookUp(rig, ids, seen, result);
      add(result.requests, rig.client.traffic().since(before));
      result.micros.add(micros(rig.client.traffic().since(before)), 0);
      for (int id : ids) {
        if (!seen[id + 1]) {
          var start = rig.client.traffic().snapshot();
          rig.index.put(id + 1, id + 1);
          add(result.puts, rig.client.traffic().since(start));
          seen[id + 1] = true;
        }
      }
    }
    return result;
  }

  /// As the originals were timed: 2 us a round trip, and what the bytes take at 100 Gb/s.
  private static double micros(Traffic traffic) {
    return 2.0 * traffic.roundTrips() + traffic.readBytes() * 8 / 100_000.0;
  }

  private void lookUp(Rig rig, int[] ids, boolean[] seen, Result result) {
    var from = new long[ids.length];
    var counts = new int[ids.length];
    int stretches = 0;
    for (int i = 0; i < ids.length; ) {
      int end = i + 1;
      while (end < ids.length && ids[end] == ids[end - 1] + 1) {
        end++;
      }
      from[stretches] = ids[i] + 1L;
      counts[stretches++] = end - i;
      i = end;
    }
    var values = new long[ids.length];
    if (rig.config.batched()) {
      rig.index.lookup(from, counts, stretches, values);
      result.wrong += wrong(ids, 0, ids.length, values, seen);
      return;
    }
    int at = 0;
    for (int i = 0; i < stretches; i++) {
      var start = rig.client.traffic().snapshot();
      if (counts[i] == 1) {
        values[at] = rig.index.search(from[i]);
      } else {
        rig.index.range(from[i], counts[i], values, at);
      }
      add(counts[i] == 1 ? result.gets : result.ranges, rig.client.traffic().since(start));
      result.wrong += Math.min(1, wrong(ids, at, at + counts[i], values, seen));
      at += counts[i];
    }
  }

  private static void add(Series series, Traffic traffic) {
    series.add((double) traffic.roundTrips(), (double) traffic.readBytes());
  }

  private static int wrong(int[] ids, int from, int to, long[] values, boolean[] seen) {
    int wrong = 0;
    for (int i = from; i < to; i++) {
      wrong += values[i] == (seen[ids[i] + 1] ? ids[i] + 1 : 0) ? 0 : 1;
    }
    return wrong;
  }
}
