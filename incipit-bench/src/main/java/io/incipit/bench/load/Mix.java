// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

/// Well-mixed block hashes from numbers: different numbers give different hashes.
final class Mix {
  /// Where the numbers of blocks that nobody ever stores begin.
  static final long UNSEEN = 1L << 48;

  private final long salt;

  Mix(long seed) {
    salt = mixed(seed);
  }

  long hash(long number) {
    return mixed(number + salt);
  }

  private static long mixed(long number) {
    long x = number + 0x9E37_79B9_7F4A_7C15L;
    x = (x ^ x >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    x = (x ^ x >>> 27) * 0x94D0_49BB_1331_11EBL;
    return x ^ x >>> 31;
  }
}
