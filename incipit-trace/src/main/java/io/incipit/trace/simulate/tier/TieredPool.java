// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.tier;

import io.incipit.block.Hint;
import io.incipit.policy.Answer;
import io.incipit.policy.BlockPool;
import io.incipit.policy.EvictionPolicy;
import io.incipit.policy.PoolConfig;

/// The tiers of a store as a model: a pool of blocks in memory, `HOST`, and below it a log on disk,
/// `DISK`, if there is one.
///
/// The same calls give the same answers. For one thread; never blocks.
public sealed interface TieredPool permits MemoryPool, MemoryAndDisk {
  /// Empty tiers.
  ///
  /// @param config of the pool in memory
  /// @param policy that keeps it bounded
  static TieredPool of(PoolConfig config, EvictionPolicy.Factory policy, DiskShape disk) {
    return disk.capacityBytes() == 0
        ? new MemoryPool(new BlockPool(config, policy))
        : new MemoryAndDisk(config, policy, disk);
  }

  /// Looks a request up in both tiers, brings up and admits what `HOST` has not, and lets go what
  /// is too much there: as [BlockPool#offer].
  ///
  /// @param ids below 2^31
  /// @return leading blocks that were in one of the tiers
  int offer(long timeNs, long[] ids, int length, int tokens);

  /// Of what the last [#offer] found, leading blocks that were in `HOST`.
  int hostHits();

  /// Whether a block is in one of the tiers.
  boolean holds(long id);

  /// As [BlockPool#answered].
  void answered(int request, Answer answer);

  /// As [BlockPool#hint].
  void hint(long timeNs, long[] ids, int length, Hint hint);

  /// What has moved between the tiers so far.
  TierMoves moves();
}
