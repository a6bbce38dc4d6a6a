// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// What a store may take.
///
/// @param metadataBytes of heap for what is known of values: each takes [#OBJECT_BYTES], the length
///     of its key, and 4 B for each 64 KiB; at least 1 MiB
/// @param reserveNs after which what is reserved and not committed is given up; positive
/// @param leaseNs the longest lease; positive
/// @param seed of the hash of keys; not to be guessed where clients are not trusted
public record StoreConfig(long metadataBytes, long reserveNs, long leaseNs, long seed) {
  /// Heap for one value beside its key and checksums, at most, with what decides about it.
  public static final int OBJECT_BYTES = 200;

  /// What the store takes of that.
  public static final int STORE_BYTES = 120;

  /// Checks.
  public StoreConfig {
    check("metadataBytes", metadataBytes, 1 << 20);
    check("reserveNs", reserveNs, 1);
    check("leaseNs", leaseNs, 1);
  }

  private static void check(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException("%s: %d (expected: >= %d)".formatted(name, value, least));
    }
  }

  static int heapBytes(int keyLength, int length) {
    return OBJECT_BYTES + keyLength + Integer.BYTES * Pieces.count(length);
  }
}
