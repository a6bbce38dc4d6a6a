// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import java.util.Arrays;
import org.HdrHistogram.Histogram;

/// How values are spread. A quantile `p` is the least value that at least that share of all values
/// does not exceed; all are 0 if there are none.
///
/// @param count how many values there are
public record Spread(
    long count,
    double mean,
    double p10,
    double p25,
    double p50,
    double p75,
    double p90,
    double p95,
    double p99,
    double max) {
  /// Spread of exact values; sorts the array.
  static Spread of(double[] values) {
    if (values.length == 0) {
      return new Spread(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
    Arrays.sort(values);
    return new Spread(
        values.length,
        Arrays.stream(values).sum() / values.length,
        at(values, 0.1),
        at(values, 0.25),
        at(values, 0.5),
        at(values, 0.75),
        at(values, 0.9),
        at(values, 0.95),
        at(values, 0.99),
        values[values.length - 1]);
  }

  static Spread of(int[] values) {
    return of(Arrays.stream(values).asDoubleStream().toArray());
  }

  /// Spread of values that a histogram counted, to its three digits.
  ///
  /// @param unit what 1 in the histogram stands for
  static Spread of(Histogram values, double unit) {
    if (values.getTotalCount() == 0) {
      return of(new double[0]);
    }
    return new Spread(
        values.getTotalCount(),
        values.getMean() * unit,
        values.getValueAtPercentile(10) * unit,
        values.getValueAtPercentile(25) * unit,
        values.getValueAtPercentile(50) * unit,
        values.getValueAtPercentile(75) * unit,
        values.getValueAtPercentile(90) * unit,
        values.getValueAtPercentile(95) * unit,
        values.getValueAtPercentile(99) * unit,
        values.getMaxValue() * unit);
  }

  private static double at(double[] sorted, double p) {
    // Rounds before it rounds up: 0.1 * 10 is a little more than 1.
    double rank = Math.ceil(Math.round(p * sorted.length * 1e6) / 1e6);
    return sorted[Math.max(0, (int) rank - 1)];
  }
}
