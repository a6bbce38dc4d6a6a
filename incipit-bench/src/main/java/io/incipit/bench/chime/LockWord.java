// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

/// The word that locks a node, and what it says of a leaf while it is free.
///
/// ```
///  bit 63   62 .. 57              56 .. 0
///  | lock | slot of greatest key | vacancy: a bit for each bucket of 1 or 2 slots
/// ```
///
/// A bucket's bit is 0 if it surely has a hole. Whoever locks sets all bits, and gets what stood
/// there; what it knows goes back with the unlock.
final class LockWord {
  static final long LOCK = 1L << 63;

  private static final int BUCKETS = 57;
  private static final int MAX_SHIFT = 57;
  private static final int MAX_MASK = 63;

  private LockWord() {}

  static boolean isLocked(long word) {
    return word < 0;
  }

  static int bucket(int slot) {
    return slot * BUCKETS / LeafLayout.SLOTS;
  }

  /// The first slot of a bucket.
  static int firstSlot(int bucket) {
    return (bucket * LeafLayout.SLOTS + BUCKETS - 1) / BUCKETS;
  }

  static int lastSlot(int bucket) {
    return firstSlot(bucket + 1) - 1;
  }

  /// Where an insert finds the first surely vacant bucket that begins at a slot or after it.
  ///
  /// @return the bucket's last slot; -1 if there is none
  static int vacantFrom(long word, int slot) {
    for (int bucket = bucket(slot); bucket < BUCKETS; bucket++) {
      if (((word >>> bucket) & 1) == 0 && firstSlot(bucket) >= slot) {
        return lastSlot(bucket);
      }
    }
    return -1;
  }

  /// The word with the bit of a slot's bucket saying full.
  static long full(long word, int slot) {
    return word | (1L << bucket(slot));
  }

  /// The word with the bit of a slot's bucket saying that it has a hole.
  static long vacant(long word, int slot) {
    return word & ~(1L << bucket(slot));
  }

  static int maxSlot(long word) {
    return (int) (word >>> MAX_SHIFT) & MAX_MASK;
  }

  static long withMaxSlot(long word, int slot) {
    return (word & ~((long) MAX_MASK << MAX_SHIFT)) | ((long) slot << MAX_SHIFT);
  }
}
