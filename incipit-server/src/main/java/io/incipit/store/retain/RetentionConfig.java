// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import io.incipit.policy.PoolConfig;

/// How a store decides what to keep.
///
/// @param policy which values go
/// @param capacityBytes of the pool; positive
/// @param blockTokens tokens of a block, as far as known; from 1
/// @param seed of the samples that policies draw
public record RetentionConfig(KeepPolicy policy, long capacityBytes, int blockTokens, long seed) {
  /// Of the first guess at how many blocks that is, before any came.
  private static final long BLOCK_BYTES = 2 << 20;

  /// Checks.
  public RetentionConfig {
    if (capacityBytes < 1) {
      throw new IllegalArgumentException(
          "capacityBytes: %d (expected: at least 1)".formatted(capacityBytes));
    }
    if (blockTokens < 1) {
      throw new IllegalArgumentException(
          "blockTokens: %d (expected: at least 1)".formatted(blockTokens));
    }
  }

  /// With the samples of a simulation, so that both decide the same.
  public static RetentionConfig of(KeepPolicy policy, long capacityBytes, int blockTokens) {
    return new RetentionConfig(policy, capacityBytes, blockTokens, PoolConfig.SEED);
  }

  PoolConfig pool() {
    int blocks = Math.clamp(capacityBytes / BLOCK_BYTES, 1, PoolConfig.CAPACITY_MAX);
    return new PoolConfig(blocks, blockTokens, PoolConfig.Timing.CLOCK, seed);
  }
}
