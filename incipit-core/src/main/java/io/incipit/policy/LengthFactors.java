// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import java.util.Arrays;

/// How much more, or less, often first prompts of a length come back than their kind says: a factor
/// for each power of two of 512 tokens, learnt beside the hazard.
///
/// A factor is what came back over what the kinds expected to. It is drawn towards that of all
/// lengths as long as there is little evidence, so a length must earn its own with some hundred
/// expected returns. O(1) for each observation.
final class LengthFactors {
  static final int LENGTHS = 10;
  private static final int LENGTH_TOKENS = 512;

  /// Expected returns that the factor of all lengths counts as.
  private static final double PULL = 100;

  private static final double FACTOR_MAX = 4;

  private final double[] returned = new double[LENGTHS];
  private final double[] expected = new double[LENGTHS];
  private final double[] factors = new double[LENGTHS];

  LengthFactors() {
    Arrays.fill(factors, 1);
  }

  /// The bucket of a prompt, in `[0, LENGTHS)`.
  static int bucket(long tokens) {
    long units = Math.max(1, tokens / LENGTH_TOKENS);
    return Math.min(LENGTHS - 1, Long.SIZE - 1 - Long.numberOfLeadingZeros(units));
  }

  /// Blocks came back.
  void hit(int length, double weight) {
    returned[length] += weight;
  }

  /// So many blocks are expected to come back.
  void expect(int length, double weight) {
    expected[length] += weight;
  }

  /// What the hazard of a kind is multiplied with, in `[1/4, 4]`.
  double of(int length) {
    return factors[length];
  }

  /// Works the factors out from the evidence.
  void rebuild() {
    double overall = (sum(returned) + PULL) / (sum(expected) + PULL);
    for (int i = 0; i < LENGTHS; i++) {
      double factor = (returned[i] + PULL * overall) / (expected[i] + PULL);
      factors[i] = Math.clamp(factor, 1 / FACTOR_MAX, FACTOR_MAX);
    }
  }

  /// Lets half of all evidence go.
  void halve() {
    for (int i = 0; i < LENGTHS; i++) {
      returned[i] /= 2;
      expected[i] /= 2;
    }
  }

  private static double sum(double[] values) {
    return Arrays.stream(values).sum();
  }
}
