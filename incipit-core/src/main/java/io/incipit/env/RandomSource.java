// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Where random numbers come from. One [#fresh] seed per process, printed where it matters; every
/// generator is derived from a seed, so a run can be repeated.
public interface RandomSource {
  /// The randomness of this machine, unpredictable.
  static RandomSource system() {
    return SystemRandom.INSTANCE;
  }

  /// A generator that gives the same numbers for the same seed on every machine. For one thread.
  static RandomGenerator seeded(long seed) {
    return new SplittableRandom(seed);
  }

  /// A number that no earlier call gave, but for chance: a seed, or the name of an incarnation.
  /// Thread-safe.
  long fresh();
}
