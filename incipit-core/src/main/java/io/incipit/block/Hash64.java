// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

/// Mixing of 64-bit words, for tables and made-up hashes. Not against adversaries.
public final class Hash64 {
  /// 2^64 over the golden ratio, to the nearest odd number: a product with it spreads consecutive
  /// numbers over the upper bits (Knuth, TAOCP 3, 6.4).
  public static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

  private Hash64() {}

  /// A bijection in which every bit of the result depends on every bit given; 0 stays 0. It is the
  /// finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), with Stafford's constants.
  public static long mix(long bits) {
    long x = (bits ^ (bits >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return x ^ (x >>> 31);
  }

  /// The hash `before`, and `value` behind it: each step covers all that came before.
  public static long chain(long before, long value) {
    return mix((before ^ Long.rotateLeft(value * GOLDEN, 29)) + GOLDEN);
  }

  /// The hash `before`, and bytes `[from, to)` behind it.
  public static long chain(long before, byte[] bytes, int from, int to) {
    long hash = chain(before, to - (long) from);
    long word = 0;
    int held = 0;
    for (int i = from; i < to; i++) {
      word = (word << Byte.SIZE) | Byte.toUnsignedLong(bytes[i]);
      held++;
      if (held == Long.BYTES) {
        hash = chain(hash, word);
        word = 0;
        held = 0;
      }
    }
    return held == 0 ? hash : chain(hash, word);
  }
}
