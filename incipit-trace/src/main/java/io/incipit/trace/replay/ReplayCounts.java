// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.trace.TraceRequest;
import org.HdrHistogram.Histogram;

/// What one client has counted. For one thread.
final class ReplayCounts {
  private static final int BINS = 1000;

  private final Histogram nanos = new Histogram(3);
  private final long[] requestsByRate = new long[BINS + 1];
  private double rateSum;
  private long half;
  private long none;
  long requests;
  long blocks;
  long blockHits;
  long tokens;
  long tokenHits;
  long busyNs;

  /// Counts a request of which `hits` leading blocks were found.
  void count(TraceRequest request, int hits) {
    int length = request.ids().length();
    requests++;
    blocks += length;
    blockHits += hits;
    tokens += request.inputTokens();
    tokenHits += Math.min((long) hits * request.blockTokens(), request.inputTokens());
    double rate = length == 0 ? 0 : (double) hits / length;
    rateSum += rate;
    requestsByRate[(int) Math.round(rate * BINS)]++;
    half += 2 * hits >= length ? 1 : 0;
    none += hits == 0 ? 1 : 0;
  }

  /// Counts how long a look-up took.
  void time(long lookupNs) {
    nanos.recordValue(Math.max(0, lookupNs));
  }

  void add(ReplayCounts other) {
    nanos.add(other.nanos);
    for (int i = 0; i <= BINS; i++) {
      requestsByRate[i] += other.requestsByRate[i];
    }
    rateSum += other.rateSum;
    half += other.half;
    none += other.none;
    requests += other.requests;
    blocks += other.blocks;
    blockHits += other.blockHits;
    tokens += other.tokens;
    tokenHits += other.tokenHits;
    busyNs += other.busyNs;
  }

  Latency latency() {
    return Latency.of(nanos);
  }

  HitRates hitRates() {
    double all = Math.max(1, requests);
    return new HitRates(
        rateSum / all, rate(10), rate(25), rate(50), rate(75), rate(90), none / all, half / all);
  }

  /// The smallest rate that `percent` of the requests do not exceed.
  private double rate(int percent) {
    long seen = 0;
    for (int i = 0; i <= BINS; i++) {
      seen += requestsByRate[i];
      if (seen * 100 >= requests * percent) {
        return (double) i / BINS;
      }
    }
    return 1;
  }
}
