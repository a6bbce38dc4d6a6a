// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.race;

/// How a table and its clients are made. All clients of a table have the same one, but for
/// `firstBatch`.
///
/// The table does not grow. It is sized for its keys, and what finds both of its buckets full goes
/// to a bucket chained to its first one, which costs whoever asks for it a round trip more.
///
/// @param keyBytes width of a key on the wire: 8 or 32
/// @param bucketBytes 64 or 128
/// @param inline whether slots hold keys and values; else they hold fingerprints and addresses of
///     items, which a look-up reads in a second round trip, as published
/// @param buckets at least 2
/// @param firstBatch keys of a request that are looked up first; each batch is twice as long as the
///     one before, and none follows one with a miss. 0: all keys at once
public record RaceConfig(
    int keyBytes, int bucketBytes, boolean inline, long buckets, int firstBatch) {
  /// Share of its slots that a table sized by [#forKeys] has taken when all keys are in.
  public static final double LOAD = 1 / 3.0;

  /// Checks its values.
  public RaceConfig {
    check(keyBytes == 8 || keyBytes == 32, "keyBytes", keyBytes, "8 or 32");
    check(bucketBytes == 64 || bucketBytes == 128, "bucketBytes", bucketBytes, "64 or 128");
    check(buckets >= 2, "buckets", buckets, "at least 2");
    check(firstBatch >= 0, "firstBatch", firstBatch, "at least 0");
  }

  private static void check(boolean right, String name, long value, String expected) {
    if (!right) {
      throw new IllegalArgumentException("%s: %d (expected: %s)".formatted(name, value, expected));
    }
  }

  /// A table for so many keys, in slots, all keys of a request at once.
  public static RaceConfig forKeys(long keys, int keyBytes, int bucketBytes) {
    return new RaceConfig(keyBytes, bucketBytes, true, 2, 0).resized(keys);
  }

  private RaceConfig resized(long keys) {
    long sized = (long) Math.ceil(keys / (LOAD * new Slots(this).perBucket));
    return new RaceConfig(keyBytes, bucketBytes, inline, Math.max(2, sized), firstBatch);
  }

  /// The same for so many keys with items outside of the slots.
  public RaceConfig withItems(long keys) {
    return new RaceConfig(keyBytes, bucketBytes, false, buckets, firstBatch).resized(keys);
  }

  /// The same with look-ups in batches.
  public RaceConfig withFirstBatch(int keys) {
    return new RaceConfig(keyBytes, bucketBytes, inline, buckets, keys);
  }
}
