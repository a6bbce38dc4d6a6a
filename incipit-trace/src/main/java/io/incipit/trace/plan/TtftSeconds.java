// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import org.HdrHistogram.Histogram;

/// Percentiles of the time to the first token, in seconds, to three digits; 0 without requests.
public record TtftSeconds(double p50, double p90, double p99) {
  private static final double NANOS = 1e9;
  private static final int DIGITS = 3;

  private static TtftSeconds of(Histogram nanos) {
    return new TtftSeconds(at(nanos, 50), at(nanos, 90), at(nanos, 99));
  }

  private static double at(Histogram nanos, double percentile) {
    return nanos.getValueAtPercentile(percentile) / NANOS;
  }

  /// Counts times. For one thread at a time.
  static final class Meter {
    private final Histogram nanos = new Histogram(DIGITS);

    void add(double seconds) {
      nanos.recordValue(Math.round(seconds * NANOS));
    }

    TtftSeconds percentiles() {
      return of(nanos);
    }
  }
}
