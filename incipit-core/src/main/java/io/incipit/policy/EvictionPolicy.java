// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

/// Decides which leaf of a [BlockTree] goes. For one thread; never asks the time.
///
/// For each request the pool calls [#arrive], enters what was missing into the tree, calls
/// [#touch], and then, while it holds too much, [#victim] and [#evicted]. Between them
/// [#leafGained] and [#leafLost] follow every change of which blocks are leaves.
interface EvictionPolicy {
  /// Slots below `slots` are about to be used.
  void resize(int slots);

  /// A request came; the tree is as the last one left it.
  void arrive(Path path);

  /// The blocks of a request were used, the tail first; all of them are cached now.
  void touch(Path path);

  /// The answer to an earlier request is complete.
  ///
  /// @param request its number, from 0; wraps
  default void answered(int request, Answer answer) {}

  /// A cached block has no cached children. Blocks of a request are touched before.
  void leafGained(int slot);

  /// A leaf has got a child, or is about to be evicted.
  void leafLost(int slot);

  /// The leaf to evict; there is one.
  int victim();

  /// A victim is a ghost now. The policy forgets it in the tree, at once or later.
  void evicted(int slot);

  /// A request as policies see it. One object, filled anew for each request.
  final class Path {
    /// When it came, in seconds; see [PoolConfig.Timing].
    double seconds;

    /// Number of the request, from 0; wraps.
    int request;

    /// By depth; more behind `length` is not ours.
    long[] ids = new long[0];

    /// By depth; from `known` on, [BlockTree#NONE] for what has no slot, until it is entered.
    int[] slots = new int[64];

    /// Blocks that may be cached.
    int length;

    /// Of them, leading blocks that are full.
    int full;

    /// Blocks of the prompt, a partial one included.
    int blocks;

    /// Leading blocks that were cached when it came.
    int hits;

    /// Leading blocks that were cached or ghosts.
    int known;

    int slot(int depth) {
      return slots[depth];
    }
  }
}
