// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Numbers, and what is said of them: mean, median, percentiles by rank, maximum. For one thread.
final class Distribution {
  private double[] values = new double[1024];
  private int count;
  private double sum;
  private boolean sorted;

  void add(double value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
    sum += value;
    sorted = false;
  }

  int count() {
    return count;
  }

  double sum() {
    return sum;
  }

  /// 0 if there are none.
  double mean() {
    return count == 0 ? 0 : sum / count;
  }

  /// The smallest value that a share of all does not exceed; 0 if there are none.
  ///
  /// @param share in `(0, 1]`
  double quantile(double share) {
    if (count == 0) {
      return 0;
    }
    if (!sorted) {
      Arrays.sort(values, 0, count);
      sorted = true;
    }
    return values[(int) Math.max(0, Math.ceil(share * count) - 1)];
  }

  /// For reports: mean, p50, p90, p99, max, to three digits after the point.
  Map<String, Double> summary() {
    var all = new LinkedHashMap<String, Double>();
    all.put("mean", rounded(mean()));
    all.put("p50", rounded(quantile(0.5)));
    all.put("p90", rounded(quantile(0.9)));
    all.put("p99", rounded(quantile(0.99)));
    all.put("max", rounded(quantile(1)));
    return all;
  }

  static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
