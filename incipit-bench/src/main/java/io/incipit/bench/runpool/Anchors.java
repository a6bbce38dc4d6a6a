// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static io.incipit.bench.runpool.Layout.BUCKET_SLOTS;
import static io.incipit.bench.runpool.Layout.LINE;

import io.incipit.bench.pool.Bytes;
import io.incipit.block.Hash64;

/// Which buckets a key has, and what a slot says.
final class Anchors {
  /// Stands for every index from [#TENTATIVE] on.
  static final int INDEX_MAX = 0xFFF;

  /// Stands for index 0 of a run of which its writer does not know yet whether it is the only one
  /// that begins with its block. Whoever looks blocks up passes over it.
  static final int TENTATIVE = 0xFFE;

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
        | (long) (index < TENTATIVE ? index : INDEX_MAX) << Integer.SIZE
        | Integer.toUnsignedLong(region);
  }

  /// A slot for the head of a run that is not the only one for sure.
  static long tentative(long key, int region) {
    return slot(key, region, 0) | (long) TENTATIVE << Integer.SIZE;
  }

  /// Whether two slots are of keys that may be the same.
  static boolean areAlike(long slot, long other) {
    return slot != 0 && (slot ^ other) >>> (Long.SIZE - FINGERPRINT_BITS) == 0;
  }

  private static long fingerprint(long key) {
    return Hash64.mix(key + Hash64.GOLDEN) & ((1 << FINGERPRINT_BITS) - 1);
  }

  /// Whether a slot may be a key's, and is not tentative.
  static boolean mayBe(long slot, long key) {
    return slot != 0
        && slot >>> (Long.SIZE - FINGERPRINT_BITS) == fingerprint(key)
        && index(slot) != TENTATIVE;
  }

  /// The slot of that number in both of a block's buckets.
  static long slot(byte[] buckets, int number) {
    return Bytes.longAt(buckets, at(number));
  }

  static void setSlot(byte[] buckets, int number, long value) {
    Bytes.setLong(buckets, at(number), value);
  }

  private static int at(int number) {
    return number / BUCKET_SLOTS * LINE + number % BUCKET_SLOTS * Long.BYTES;
  }

  static int region(long slot) {
    return (int) slot;
  }

  static int index(long slot) {
    return (int) (slot >>> Integer.SIZE) & INDEX_MAX;
  }
}
