// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.race;

import io.incipit.bench.pool.Bytes;
import io.incipit.block.Hash64;

/// Byte layout of buckets and items. Little-endian, all words aligned; keys of 32 bytes are numbers
/// with zeros before them, big-endian.
///
/// ```
///  bucket:  0 chained bucket 8 | slot | slot | ...
///
///  slot in line, 8-byte keys:   0 key 8  | 8 value 8
///  slot in line, 32-byte keys:  0 zero 24 | 24 key 8 | 32 value 8
///  slot with an item:           0 fingerprint 2, address 6
///
///  item:  0 key K | K value 8
/// ```
///
/// | | 64 B | 128 B |
/// |---|---|---|
/// | in line, 8-byte keys | 3 of 16 | 7 of 16 |
/// | in line, 32-byte keys | 1 of 40 | 3 of 40 |
/// | with items | 7 of 8 | 15 of 8 |
///
/// A slot is claimed by a CAS of its key's last word, or of the whole slot, from 0. It is then its
/// key's for ever: a delete sets the value to 0, which is none. So buckets only fill, and words
/// that belong together need no version: a key that is seen is the value's.
final class Slots {
  static final int CHAIN = 0;
  private static final int FIRST = Long.BYTES;
  private static final int ADDRESS_BITS = 48;
  private static final long FINGERPRINT_SEED = 0x5851_F42D_4C95_7F2DL;

  final boolean inline;
  final int bucketBytes;
  final int slotBytes;
  final int perBucket;

  /// Where in a slot the word is by which it is claimed.
  final int claim;

  /// Where in a slot in line, or in an item, the value is.
  final int value;

  final int itemBytes;
  private final boolean wide;

  Slots(RaceConfig config) {
    inline = config.inline();
    wide = config.keyBytes() > Long.BYTES;
    bucketBytes = config.bucketBytes();
    itemBytes = config.keyBytes() + Long.BYTES;
    slotBytes = inline ? itemBytes : Long.BYTES;
    perBucket = (bucketBytes - FIRST) / slotBytes;
    claim = inline ? config.keyBytes() - Long.BYTES : 0;
    value = config.keyBytes();
  }

  /// Where in a bucket a slot begins.
  int slot(int index) {
    return FIRST + index * slotBytes;
  }

  /// The word by which a slot at a position is claimed; 0 if it is empty.
  long claimed(byte[] bytes, int slot) {
    return Bytes.longAt(bytes, slot + claim);
  }

  /// What a key claims a slot with.
  ///
  /// @param item the address of its item, 0 if slots are in line
  long claimOf(long key, long item) {
    return inline ? word(key) : fingerprint(key) << ADDRESS_BITS | item;
  }

  private long word(long key) {
    return wide ? Long.reverseBytes(key) : key;
  }

  private static long fingerprint(long key) {
    return Hash64.mix(key + FINGERPRINT_SEED) >>> ADDRESS_BITS;
  }

  /// Whether a slot may be the key's: is, if it is in line.
  boolean mayBe(byte[] bytes, int slot, long key) {
    long word = claimed(bytes, slot);
    return inline ? word == word(key) : word != 0 && word >>> ADDRESS_BITS == fingerprint(key);
  }

  /// The address of a slot's item.
  long item(byte[] bytes, int slot) {
    return claimed(bytes, slot) & (1L << ADDRESS_BITS) - 1;
  }

  /// Whether a slot in line, or an item, is the key's.
  boolean is(byte[] bytes, int at, long key) {
    if (Bytes.longAt(bytes, at + value - Long.BYTES) != word(key)) {
      return false;
    }
    for (int i = 0; i < value - Long.BYTES; i += Long.BYTES) {
      if (Bytes.longAt(bytes, at + i) != 0) {
        return false;
      }
    }
    return true;
  }

  /// The value of a slot in line, or of an item.
  long value(byte[] bytes, int at) {
    return Bytes.longAt(bytes, at + value);
  }

  /// Makes a slot in line, or an item.
  void set(byte[] bytes, int at, long key, long number) {
    for (int i = 0; i < value - Long.BYTES; i += Long.BYTES) {
      Bytes.setLong(bytes, at + i, 0);
    }
    Bytes.setLong(bytes, at + value - Long.BYTES, word(key));
    Bytes.setLong(bytes, at + value, number);
  }

  /// Slots of a bucket that are taken; the first empty one has this index, as slots are taken in
  /// order unless clients race.
  int taken(byte[] bytes, int bucket) {
    int count = 0;
    for (int i = 0; i < perBucket; i++) {
      count += claimed(bytes, bucket + slot(i)) != 0 ? 1 : 0;
    }
    return count;
  }
}
