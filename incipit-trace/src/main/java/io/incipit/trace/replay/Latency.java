// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import org.HdrHistogram.AbstractHistogram;

/// Percentiles of how long look-ups took, in microseconds; all 0 without look-ups.
public record Latency(double p50, double p90, double p99, double p999, double max) {
  static Latency of(AbstractHistogram nanos) {
    return new Latency(
        micros(nanos.getValueAtPercentile(50)),
        micros(nanos.getValueAtPercentile(90)),
        micros(nanos.getValueAtPercentile(99)),
        micros(nanos.getValueAtPercentile(99.9)),
        micros(nanos.getMaxValue()));
  }

  private static double micros(long nanos) {
    return nanos / 1e3;
  }
}
