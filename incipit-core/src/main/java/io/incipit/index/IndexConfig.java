// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

/// How an index is made.
///
/// @param byHash whether blocks can be found, and removed, by their bare hash; costs about 12 B a
///     block
/// @param bytesMax memory at which the coldest leaves go, in bytes
/// @param secret mixed into hashes before they index a table, so that nobody can choose hashes that
///     collide
public record IndexConfig(boolean byHash, long bytesMax, long secret) {
  /// With look-up by hash and no limit but the heap.
  public static final IndexConfig DEFAULT = new IndexConfig(true, Long.MAX_VALUE, 0);

  public IndexConfig {
    if (bytesMax < 1 << 20) {
      throw new IllegalArgumentException(
          "bytesMax: %d (expected: at least 1 MiB)".formatted(bytesMax));
    }
  }
}
