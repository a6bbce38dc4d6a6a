// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import java.util.Arrays;

/// The runs test of Wald and Wolfowitz (1940) for one sequence: are values above and below the
/// median mixed as by chance?
///
/// Values equal to the median are dropped; with `n1` above and `n2` below it, `R` is the number of
/// maximal stretches on one side. Two-sided. The exact distribution, over all orders of the signs:
///
/// ```
/// P(R = 2k)     ~ 2 C(n1-1, k-1) C(n2-1, k-1)
/// P(R = 2k + 1) ~ C(n1-1, k) C(n2-1, k-1) + C(n1-1, k-1) C(n2-1, k)
/// ```
///
/// Where a neighbour is `s` times as likely to be on the same side, each is weighed by `s^-R`
/// (David, Biometrika 34, 1947), which gives the power.
final class RunsTest {
  /// The level that a p has to exceed for a sequence to pass as random.
  static final double LEVEL = 0.05;

  /// Beyond so many points the power against [#STICKINESS] is 1 to six digits.
  private static final int POINTS_FOR_POWER = 400;

  private static final double STICKINESS = 3;
  private static final double LEVEL_DEVIATIONS = 1.959963984540054;

  private final int above;
  private final int below;
  private final double[] logFactorials;

  /// A test of sequences with so many points above and below their median, both at least 1.
  RunsTest(int above, int below) {
    this.above = above;
    this.below = below;
    this.logFactorials = new double[above + below + 1];
    for (int i = 2; i < logFactorials.length; i++) {
      logFactorials[i] = logFactorials[i - 1] + StrictMath.log(i);
    }
  }

  /// What a sequence has on both sides of its median, and in how many stretches.
  record Signs(int above, int below, int runs) {
    /// Signs of a sequence; a test needs points on both sides.
    static Signs of(double[] values) {
      var sorted = values.clone();
      Arrays.sort(sorted);
      double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
      int above = 0;
      int below = 0;
      int runs = 0;
      int last = 0;
      for (double value : values) {
        int sign = Double.compare(value, median);
        above += sign > 0 ? 1 : 0;
        below += sign < 0 ? 1 : 0;
        if (sign != 0) {
          runs += sign == last ? 0 : 1;
          last = sign;
        }
      }
      return new Signs(above, below, runs);
    }

    boolean isTestable() {
      return above > 0 && below > 0;
    }
  }

  /// Whether the normal approximation, without a correction for continuity, gives `p > 0.05`.
  boolean passesNormal(int runs) {
    double n = above + below;
    double product = 2.0 * above * below;
    double variance = product * (product - n) / (n * n * (n - 1));
    return variance <= 0
        || Math.abs(runs - (product / n + 1)) <= LEVEL_DEVIATIONS * Math.sqrt(variance);
  }

  /// Whether the exact distribution gives `p > 0.05`, twice the smaller tail.
  boolean passesExact(int runs) {
    double lower = 0;
    for (int r = 2; r < runs; r++) {
      lower += probability(r);
    }
    double here = probability(runs);
    return 2 * Math.min(lower + here, 1 - lower) > LEVEL;
  }

  /// Whether any order of the points could be refused, in the normal approximation.
  boolean canRefuseNormal() {
    return !passesNormal(2) || !passesNormal(runsMax());
  }

  /// Whether any order of the points could be refused, exactly.
  boolean canRefuseExact() {
    return !passesExact(2) || 2 * probability(runsMax()) <= LEVEL;
  }

  /// Chance to refuse exactly if a neighbour is three times as likely to be on the same side of the
  /// median as by chance.
  double power() {
    if (above + below > POINTS_FOR_POWER) {
      return 1;
    }
    double lower = 0;
    double refused = 0;
    double all = 0;
    for (int r = 2; r <= runsMax(); r++) {
      double here = probability(r);
      double weight = here * StrictMath.pow(STICKINESS, 2.0 - r);
      boolean passes = 2 * Math.min(lower + here, 1 - lower) > LEVEL;
      refused += passes ? 0 : weight;
      all += weight;
      lower += here;
    }
    return refused / all;
  }

  private int runsMax() {
    return 2 * Math.min(above, below) + (above == below ? 0 : 1);
  }

  private double probability(int runs) {
    double whole = logChoices(above + below, above);
    int k = runs / 2;
    if (runs % 2 == 0) {
      return 2
          * StrictMath.exp(logChoices(above - 1, k - 1) + logChoices(below - 1, k - 1) - whole);
    }
    return StrictMath.exp(logChoices(above - 1, k) + logChoices(below - 1, k - 1) - whole)
        + StrictMath.exp(logChoices(above - 1, k - 1) + logChoices(below - 1, k) - whole);
  }

  private double logChoices(int n, int k) {
    if (k < 0 || k > n) {
      return Double.NEGATIVE_INFINITY;
    }
    return logFactorials[n] - logFactorials[k] - logFactorials[n - k];
  }
}
