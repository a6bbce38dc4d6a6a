// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.guard;

import java.util.Arrays;

/// Welch's t-test: whether two series of times have one mean, of those times that are not among the
/// slowest, which other programs of the machine make.
///
/// Welch, "The generalization of Student's problem when several different population variances are
/// involved", 1947; without the slowest as by Reparaz, Balasch and Verbauwhede, "Dude, is my code
/// constant time?", 2017.
final class WelchTest {
  /// The part of all times that is looked at.
  private static final double KEPT = 0.95;

  private WelchTest() {}

  /// Of two series of times.
  ///
  /// @return t, whose size is below 4.5 where nothing tells them apart
  static double t(long[] one, long[] other) {
    var all = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    Arrays.sort(all);
    long longest = all[(int) (KEPT * (all.length - 1))];
    var a = Moments.of(one, longest);
    var b = Moments.of(other, longest);
    return (a.mean - b.mean) / Math.sqrt(a.variance / a.count + b.variance / b.count);
  }

  private record Moments(long count, double mean, double variance) {
    static Moments of(long[] times, long longest) {
      long count = 0;
      double mean = 0;
      double squares = 0;
      for (long time : times) {
        if (time <= longest) {
          count++;
          double off = time - mean;
          mean += off / count;
          squares += off * (time - mean);
        }
      }
      return new Moments(count, mean, squares / Math.max(1, count - 1));
    }
  }
}
