// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

/// Chained 64-bit hashes: each step covers all that came before. Not against adversaries.
final class Mix {
  private static final long FACTOR = 0x9E3779B97F4A7C15L;

  private Mix() {}

  /// The hash `before`, and `value` behind it (the finalizer of SplitMix64, Steele et al. 2014).
  static long of(long before, long value) {
    long z = (before ^ Long.rotateLeft(value * FACTOR, 29)) + FACTOR;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /// The hash `before`, and bytes `[from, to)` behind it.
  static long of(long before, byte[] bytes, int from, int to) {
    long hash = of(before, to - (long) from);
    long word = 0;
    int held = 0;
    for (int i = from; i < to; i++) {
      word = (word << Byte.SIZE) | Byte.toUnsignedLong(bytes[i]);
      held++;
      if (held == Long.BYTES) {
        hash = of(hash, word);
        word = 0;
        held = 0;
      }
    }
    return held == 0 ? hash : of(hash, word);
  }
}
