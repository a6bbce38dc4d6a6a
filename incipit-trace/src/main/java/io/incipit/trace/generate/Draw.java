// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.generate;

import java.util.random.RandomGenerator;

/// Random numbers of the shapes that workloads have. Uses `StrictMath`, so that a seed means the
/// same on every machine. For one thread.
final class Draw {
  private static final double FIRST_TOKENS_MIN = 64;
  private static final double FIRST_TOKENS_MEAN = 3_000;
  private static final double STOP_MAX = 0.999;

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

  /// A value of a mixture.
  double value(Lengths lengths) {
    double left = random.nextDouble() * weight(lengths);
    var chosen = lengths.parts().getLast();
    for (var part : lengths.parts()) {
      left -= part.weight();
      if (left < 0) {
        chosen = part;
        break;
      }
    }
    return switch (chosen.shape()) {
      case LOG_NORMAL -> logNormal(chosen.middle(), chosen.spread());
      case NORMAL -> chosen.middle() + chosen.spread() * random.nextGaussian();
      case FIXED -> chosen.middle();
    };
  }

  private static double weight(Lengths lengths) {
    double weight = 0;
    for (var part : lengths.parts()) {
      weight += part.weight();
    }
    return weight;
  }

  /// A length in `[1, max]`; 0 if the mixture is nothing but zeros.
  int tokens(Lengths lengths, int max) {
    return lengths.equals(Lengths.ZERO) ? 0 : (int) Math.clamp(value(lengths), 1.0, max);
  }

  /// A rank in `[0, count)`, each with a chance proportional to `(rank + 1) ^ -exponent`.
  int zipf(int count, double exponent) {
    double all = 0;
    for (int rank = 1; rank <= count; rank++) {
      all += StrictMath.pow(rank, -exponent);
    }
    double left = random.nextDouble() * all;
    for (int rank = 1; rank < count; rank++) {
      left -= StrictMath.pow(rank, -exponent);
      if (left < 0) {
        return rank - 1;
      }
    }
    return count - 1;
  }

  /// A rank in `[0, count)` from a Pareto distribution; what is beyond wraps around.
  int pareto(int count, double shape) {
    double value = StrictMath.pow(1 - random.nextDouble(), -1 / shape) - 1;
    return (int) ((long) Math.min(value, 1e15) % count);
  }

  /// The chance of a session to end after a turn.
  double stop(TurnLaw.Beta law, int firstTokens) {
    double first = Math.max(FIRST_TOKENS_MIN, firstTokens) / FIRST_TOKENS_MEAN;
    double length = StrictMath.pow(first, law.exponent());
    return Math.min(STOP_MAX, beta(law.a(), law.b()) * length);
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
