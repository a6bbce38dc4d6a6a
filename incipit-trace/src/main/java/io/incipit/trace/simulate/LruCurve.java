// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// Block hit rates of `leaf-lru` at capacities that grow by a factor of 2^(1/4), up to the one at
/// which nothing changes any more.
///
/// @param worstError the largest standard error of a point; 0 if all blocks were looked at
public record LruCurve(List<Point> points, double worstError) {
  private static final int STEPS_PER_OCTAVE = 4;
  private static final int STEPS_MAX = 160;

  public LruCurve {
    points = List.copyOf(points);
  }

  /// The mean of disjoint samples, and how far it may be off: in 19 of 20 cases by 3.2 standard
  /// errors at most, as there are four samples only. Where the curves of four samples cross they
  /// seem to agree, so the variance of a point is the mean of those an octave either way. Points
  /// begin where samples hold some blocks.
  static Optional<LruCurve> of(List<StackCurve> stacks) {
    if (stacks.isEmpty()) {
      return Optional.empty();
    }
    long last = stacks.stream().mapToLong(StackCurve::distanceMax).max().orElse(0);
    long first = stacks.getFirst().distanceMin();
    var capacities = capacities(Math.min(first, last), last);
    var rates = stacks.stream().map(stack -> stack.hitRates(capacities)).toList();
    var means = new double[capacities.length];
    var variances = new double[capacities.length];
    for (int i = 0; i < capacities.length; i++) {
      int at = i;
      var sampled = rates.stream().mapToDouble(its -> its[at]).toArray();
      double mean = Arrays.stream(sampled).average().orElse(0);
      double squares = Arrays.stream(sampled).map(rate -> (rate - mean) * (rate - mean)).sum();
      int count = sampled.length;
      means[i] = mean;
      variances[i] = count == 1 ? 0 : squares / (count - 1) / count;
    }
    var points = new ArrayList<Point>();
    for (int i = 0; i < capacities.length; i++) {
      points.add(new Point(capacities[i], means[i], Math.sqrt(meanAround(variances, i))));
    }
    double worst = points.stream().mapToDouble(Point::error).max().orElse(0);
    return Optional.of(new LruCurve(points, worst));
  }

  private static double meanAround(double[] values, int at) {
    int from = Math.max(0, at - STEPS_PER_OCTAVE);
    int to = Math.min(values.length, at + STEPS_PER_OCTAVE + 1);
    return Arrays.stream(values, from, to).average().orElse(0);
  }

  /// The rate at any capacity: between two points, on the line that joins them.
  public double blockHitRate(long capacityBlocks) {
    var before = new Point(0, 0, 0);
    for (var point : points) {
      if (point.capacityBlocks() >= capacityBlocks) {
        double part =
            (double) (capacityBlocks - before.capacityBlocks())
                / (point.capacityBlocks() - before.capacityBlocks());
        return before.blockHitRate() + part * (point.blockHitRate() - before.blockHitRate());
      }
      before = point;
    }
    return before.blockHitRate();
  }

  private static long[] capacities(long first, long last) {
    return LongStream.rangeClosed(0, STEPS_MAX)
        .map(step -> Math.min(last, Math.round(Math.pow(2, (double) step / STEPS_PER_OCTAVE))))
        .filter(capacity -> capacity > 0 && capacity >= first)
        .distinct()
        .toArray();
  }

  /// One capacity.
  ///
  /// @param error standard error of the rate
  public record Point(long capacityBlocks, double blockHitRate, double error) {}
}
