// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

/// How far those who say that paths are done are wrong: what came back of such paths all the same,
/// over what would have if nothing had been said. Liars, and those who mean something else, so lose
/// their say.
final class DoneTrust {
  /// Expected returns that count as missed before any were seen.
  private static final double PULL = 100;

  private double returned;
  private double expected;

  /// Blocks of a path that was said to be done came back.
  void hit(double weight) {
    returned += weight;
  }

  /// So many blocks of such paths would come back if nothing had been said.
  void expect(double weight) {
    expected += weight;
  }

  /// What the worth of a block is multiplied with if its path was said to be done, in `[0, 1]`: 0
  /// as long as nothing came back.
  double factor() {
    return Math.min(1, returned / (expected + PULL));
  }

  /// Lets half of all evidence go.
  void halve() {
    returned /= 2;
    expected /= 2;
  }
}
