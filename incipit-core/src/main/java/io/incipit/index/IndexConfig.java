// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

/// How an index is made.
///
/// @param hashBytes bytes of a hash: 8, or more, of which the last 16 are kept and compared
/// @param byHash whether blocks can be found, and removed, by their bare hash; costs about 12 B a
///     block
/// @param bytesMax memory at which the coldest leaves go, in bytes
/// @param secret mixed into hashes before they index a table, so that nobody can choose hashes that
///     collide
public record IndexConfig(int hashBytes, boolean byHash, long bytesMax, long secret) {
  /// Hashes of 8 bytes, with look-up by hash and no limit but the heap.
  public static final IndexConfig DEFAULT = new IndexConfig(true, Long.MAX_VALUE, 0);

  public IndexConfig {
    if (hashBytes != 8 && hashBytes != 16 && hashBytes != 32) {
      throw new IllegalArgumentException(
          "hashBytes: %d (expected: 8, 16 or 32)".formatted(hashBytes));
    }
    if (bytesMax < 1 << 20) {
      throw new IllegalArgumentException(
          "bytesMax: %d (expected: at least 1 MiB)".formatted(bytesMax));
    }
  }

  /// For hashes of 8 bytes.
  public IndexConfig(boolean byHash, long bytesMax, long secret) {
    this(Long.BYTES, byHash, bytesMax, secret);
  }

  /// The same for hashes of `hashBytes` bytes.
  public IndexConfig withHashBytes(int hashBytes) {
    return new IndexConfig(hashBytes, byHash, bytesMax, secret);
  }
}
