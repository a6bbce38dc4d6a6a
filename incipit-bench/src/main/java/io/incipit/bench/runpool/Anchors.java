// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.block.Hash64;

/// Which buckets a key has, and what a slot says.
final class Anchors {
  /// Stands for every index from here on.
  static final int INDEX_MAX = 0xFFF;

  private static final int FINGERPRINT_BITS = 20;
  private static final long SECOND = 0xD1B5_4A32_D192_ED03L;

  private Anchors() {}

  /// The bucket that is read first, and that anchors leave only for the other.
  static int first(long key, int buckets) {
    return reduce(Hash64.mix(key + Hash64.GOLDEN), buckets);
  }

  /// The other bucket.
  static int second(long key, int buckets) {
    int second = reduce(Hash64.mix(key ^ SECOND), buckets);
    if (second != first(key, buckets)) {
      return second;
    }
    return second + 1 == buckets ? 0 : second + 1;
  }

  private static int reduce(long hash, int buckets) {
    return (int) Math.unsignedMultiplyHigh(hash, buckets);
  }

  /// A slot for a key.
  ///
  /// @param index of the key's block in its run
  static long slot(long key, int region, int index) {
    return fingerprint(key) << (Long.SIZE - FINGERPRINT_BITS)
        | (long) Math.min(index, INDEX_MAX) << Integer.SIZE
        | Integer.toUnsignedLong(region);
  }

  private static long fingerprint(long key) {
    return Hash64.mix(key + Hash64.GOLDEN) & ((1 << FINGERPRINT_BITS) - 1);
  }

  /// Whether a slot may be a key's.
  static boolean mayBe(long slot, long key) {
    return slot != 0 && slot >>> (Long.SIZE - FINGERPRINT_BITS) == fingerprint(key);
  }

  static int region(long slot) {
    return (int) slot;
  }

  static int index(long slot) {
    return (int) (slot >>> Integer.SIZE) & INDEX_MAX;
  }
}
