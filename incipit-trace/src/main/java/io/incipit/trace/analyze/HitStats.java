// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/// How hits are spread over requests, in a cache that never forgets.
///
/// @param rate block hit rate of a request
/// @param aboveHalf share of requests with a rate above 0.5
/// @param atLeastHalf share of requests with a rate of 0.5 or more
/// @param aboveThreeQuarters share of requests with a rate above 0.75
/// @param none share of requests without a hit
/// @param hitBlocks hit blocks of a request
/// @param newBlocks other blocks of a request
/// @param twentieths share of requests with a rate in `[i / 20, (i + 1) / 20)`, the last one with 1
public record HitStats(
    Spread rate,
    double aboveHalf,
    double atLeastHalf,
    double aboveThreeQuarters,
    double none,
    Spread hitBlocks,
    Spread newBlocks,
    List<Double> twentieths) {
  private static final int BINS = 20;

  /// Keeps a list that nobody changes.
  public HitStats {
    twentieths = List.copyOf(twentieths);
  }

  static HitStats of(TraceTable table) {
    int requests = table.requests();
    var bins = new long[BINS];
    long[] above = new long[4];
    for (int r = 0; r < requests; r++) {
      double rate = rate(table, r);
      above[0] += rate > 0.5 ? 1 : 0;
      above[1] += rate >= 0.5 ? 1 : 0;
      above[2] += rate > 0.75 ? 1 : 0;
      above[3] += table.hits(r) == 0 ? 1 : 0;
      bins[Math.min(BINS - 1, (int) (rate * BINS))]++;
    }
    var twentieths = new ArrayList<Double>();
    for (long bin : bins) {
      twentieths.add(Share.of(bin, requests));
    }
    return new HitStats(
        spread(requests, r -> rate(table, r)),
        Share.of(above[0], requests),
        Share.of(above[1], requests),
        Share.of(above[2], requests),
        Share.of(above[3], requests),
        spread(requests, table::hits),
        spread(requests, r -> table.length(r) - table.hits(r)),
        twentieths);
  }

  private static double rate(TraceTable table, int request) {
    return Share.of(table.hits(request), table.length(request));
  }

  /// The spread of what each request has.
  static Spread spread(int requests, IntToDoubleFunction value) {
    var values = new double[requests];
    for (int r = 0; r < requests; r++) {
      values[r] = value.applyAsDouble(r);
    }
    return Spread.of(values);
  }
}
