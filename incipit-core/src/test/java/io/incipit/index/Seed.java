// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

/// The seed of a random test: what `-Dincipit.seed` says, else the time.
final class Seed {
  private Seed() {}

  static long choose() {
    var given = System.getProperty("incipit.seed", "");
    return given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
  }

  static boolean isSlow() {
    return Boolean.getBoolean("incipit.slow");
  }
}
