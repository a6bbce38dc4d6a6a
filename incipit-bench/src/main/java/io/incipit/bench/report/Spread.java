// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.report;

import java.util.List;

/// The least, the middle and the greatest of some samples.
public record Spread(double min, double median, double max) {
  /// Of at least one sample; of an even number, the mean of the two in the middle.
  public static Spread of(List<Double> samples) {
    var sorted = samples.stream().sorted().toList();
    int middle = sorted.size() / 2;
    double median =
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    return new Spread(sorted.getFirst(), median, sorted.getLast());
  }

  /// Minimum, median and maximum, in this order.
  public List<Double> toList() {
    return List.of(min, median, max);
  }
}
