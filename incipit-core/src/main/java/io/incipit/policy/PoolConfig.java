// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

/// What a pool of blocks is.
///
/// @param capacity blocks that the pool holds at most, from 1
/// @param blockTokens tokens that a full block covers, from 1
/// @param timing where a policy that learns from ages takes them from
/// @param seed of the samples that some policies draw; the same seed, the same decisions
public record PoolConfig(int capacity, int blockTokens, Timing timing, long seed) {
  /// The most blocks.
  public static final int CAPACITY_MAX = 1 << 27;

  /// The most blocks that went which a policy remembers, however large the pool is: 45 to 60 B
  /// each.
  public static final int GHOSTS_MAX = 1 << 20;

  /// The seed unless somebody says another: of a store, and of a simulation.
  public static final long SEED = 1;

  public PoolConfig {
    if (capacity < 1 || capacity > CAPACITY_MAX) {
      throw new IllegalArgumentException(
          "capacity: %d (expected: 1 to %d blocks)".formatted(capacity, CAPACITY_MAX));
    }
    if (blockTokens < 1) {
      throw new IllegalArgumentException(
          "blockTokens: %d (expected: at least 1)".formatted(blockTokens));
    }
  }

  /// A pool with a clock.
  public static PoolConfig of(int capacity, int blockTokens) {
    return new PoolConfig(capacity, blockTokens, Timing.CLOCK, SEED);
  }

  /// What age is measured in.
  public enum Timing {
    /// The times that requests are offered with.
    CLOCK,
    /// Blocks touched, as many as the pool holds counting as 100 s: for requests without times.
    TOUCHES
  }
}
