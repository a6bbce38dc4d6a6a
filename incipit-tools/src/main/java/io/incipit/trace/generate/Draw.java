// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.generate;

import java.util.random.RandomGenerator;

/// Random numbers of the shapes that conversations have. Uses `StrictMath`, so that a seed means
/// the same on every machine. For one thread.
final class Draw {
  private static final int TOKENS_MAX = 120_000;

  private final RandomGenerator random;

  Draw(RandomGenerator random) {
    this.random = random;
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /// Uniform in `[0, bound)`.
  int below(int bound) {
    return random.nextInt(bound);
  }

  double exponential(double rate) {
    return random.nextExponential() / rate;
  }

  double logNormal(double median, double sigma) {
    return median * StrictMath.exp(sigma * random.nextGaussian());
  }

  int firstTokens() {
    double kind = random.nextDouble();
    if (kind < 0.119) {
      return tokens(11, 0.52);
    }
    return kind < 0.344 ? tokens(321, 1.46) : tokens(9_400, 1.02);
  }

  int addedTokens() {
    double kind = random.nextDouble();
    if (kind < 0.413) {
      return tokens(14, 0.53);
    }
    return kind < 0.825 ? tokens(114, 1.7) : tokens(5_330, 0.66);
  }

  int answerTokens() {
    double kind = random.nextDouble();
    if (kind < 0.25) {
      return tokens(34, 1.5);
    }
    return kind < 0.564 ? tokens(321, 0.62) : tokens(431, 0.26);
  }

  /// Long first messages are followed up a little less.
  double stopProbability(int firstTokens) {
    double length = StrictMath.pow(Math.max(64, firstTokens) / 3_000.0, 0.09);
    return Math.min(0.999, beta(2.8, 0.87) * length);
  }

  private int tokens(double median, double sigma) {
    return (int) Math.clamp(logNormal(median, sigma), 1, TOKENS_MAX);
  }

  private double beta(double a, double b) {
    double x = gamma(a);
    return x / (x + gamma(b));
  }

  /// Marsaglia and Tsang (ACM TOMS 26, 2000).
  private double gamma(double shape) {
    if (shape < 1) {
      return gamma(shape + 1) * StrictMath.pow(1 - random.nextDouble(), 1 / shape);
    }
    double d = shape - 1 / 3.0;
    double c = 1 / StrictMath.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double v = StrictMath.pow(1 + c * x, 3);
      double u = 1 - random.nextDouble();
      if (v > 0 && StrictMath.log(u) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
        return d * v;
      }
    }
  }
}
