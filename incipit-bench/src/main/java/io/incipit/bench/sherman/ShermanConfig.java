// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

/// How a Sherman tree and its clients are made. All clients of a tree have the same key width and
/// the same `repaired`.
///
/// @param keyBytes width of a key on the wire: 8 or 32
/// @param cacheFromLevel the cache of a client is on once the root is at this level or above it;
///     as published 3, and below that each operation walks from the root
/// @param cacheBytes the most that a client's cache takes, its tables counted
/// @param repaired ranges are complete, and pages are written so that a READ in ascending order
///     never takes two states of one for one. As published (`false`), a range asks only leaves that
///     the cache knows and trusts them, and a page is one WRITE
/// @param batched all operations of a request's look-up go into one doorbell batch
public record ShermanConfig(
    int keyBytes, int cacheFromLevel, long cacheBytes, boolean repaired, boolean batched) {
  /// The level of the root from which on the published program uses its cache.
  public static final int PUBLISHED_CACHE_LEVEL = 3;

  private static final long PUBLISHED_CACHE_BYTES = 1_000L << 20;

  /// As published, with its cache from level 3 on and 1,000 MiB for it.
  public static final ShermanConfig PUBLISHED =
      new ShermanConfig(8, PUBLISHED_CACHE_LEVEL, PUBLISHED_CACHE_BYTES, false, false);

  /// Repaired, with its cache from level 1 on.
  public static final ShermanConfig REPAIRED =
      new ShermanConfig(8, 1, PUBLISHED_CACHE_BYTES, true, false);

  /// Checks its values.
  public ShermanConfig {
    Layout.of(keyBytes);
    if (cacheFromLevel < 1) {
      throw new IllegalArgumentException(
          "cacheFromLevel: %d (expected: at least 1)".formatted(cacheFromLevel));
    }
    if (cacheBytes < 0) {
      throw new IllegalArgumentException(
          "cacheBytes: %d (expected: at least 0)".formatted(cacheBytes));
    }
  }

  /// The same with keys of another width.
  public ShermanConfig withKeyBytes(int bytes) {
    return new ShermanConfig(bytes, cacheFromLevel, cacheBytes, repaired, batched);
  }

  /// The same with a cache that is on from another level of the root on.
  public ShermanConfig withCacheFromLevel(int level) {
    return new ShermanConfig(keyBytes, level, cacheBytes, repaired, batched);
  }

  /// The same with another budget for the cache.
  public ShermanConfig withCacheBytes(long bytes) {
    return new ShermanConfig(keyBytes, cacheFromLevel, bytes, repaired, batched);
  }

  /// The same with all operations of a request in one batch, or not.
  public ShermanConfig withBatched(boolean all) {
    return new ShermanConfig(keyBytes, cacheFromLevel, cacheBytes, repaired, all);
  }
}
