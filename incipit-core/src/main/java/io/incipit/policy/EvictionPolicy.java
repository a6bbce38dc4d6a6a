// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import io.incipit.block.Hint;

/// Decides which leaf of a [BlockTree] goes. For one thread; never asks the time.
///
/// For each request the pool calls [#arrive], enters what was missing into the tree, calls
/// [#touch], and then, while it holds too much, [#victim] and [#evicted]. Between them
/// [#leafGained] and [#leafLost] follow every change of which blocks are leaves.
///
/// In the pool of a store blocks may be held, and are no leaves as long; any leaf may be evicted,
/// not the victim only; and a root may be put below another block. A policy that a store runs
/// therefore takes no order of use for granted, and finds no victim where all are held.
public interface EvictionPolicy {
  /// Makes the policy of a pool.
  @FunctionalInterface
  interface Factory {
    /// A policy that has decided nothing yet.
    ///
    /// @param tree of the pool; the policy reads it, and makes it forget ghosts
    EvictionPolicy make(PoolConfig config, BlockTree tree);
  }

  /// Slots below `slots` are about to be used.
  void resize(int slots);

  /// A request came; the tree is as the last one left it.
  default void arrive(Path path) {}

  /// The blocks of a request were used, the tail first; all of them are cached now.
  void touch(Path path);

  /// The answer to an earlier request is complete.
  ///
  /// @param request its number, from 0; wraps
  default void answered(int request, Answer answer) {}

  /// Somebody said what becomes of a path.
  ///
  /// @param seconds when, by the clock that [Path#seconds] has
  /// @param slot of its deepest cached block
  /// @param length blocks of the path, those that are not cached included
  default void hinted(double seconds, int slot, int length, Hint hint) {}

  /// A cached block has no cached children. Blocks of a request are touched before.
  default void leafGained(int slot) {}

  /// A leaf has got a child, is held, or is about to be evicted.
  default void leafLost(int slot) {}

  /// A block that was held, by the pool or by the policy itself, is not any more. If it is a leaf,
  /// [#leafGained] comes next.
  default void released(int slot) {}

  /// The pool holds so many blocks, as far as can be said: about what [PoolConfig#capacity] was.
  default void capacity(int blocks) {}

  /// The leaf to evict; there is one, or, in the pool of a store only, [BlockTree#NONE].
  int victim();

  /// A victim is a ghost now. The policy forgets it in the tree, at once or later.
  void evicted(int slot);

  /// A request as policies see it. One object, filled anew for each request.
  final class Path {
    double seconds;
    int request;

    /// By depth; more behind `length` is not ours.
    long[] ids = new long[0];

    /// By depth; from `known` on, [BlockTree#NONE] for what has no slot, until it is entered.
    int[] slots = new int[64];

    int length;
    int full;
    int blocks;
    int blockTokens;
    int hits;
    int known;

    Path() {}

    /// When it came, in seconds; see [PoolConfig.Timing].
    public double seconds() {
      return seconds;
    }

    /// Number of the request, from 0; wraps.
    public int request() {
      return request;
    }

    /// Blocks that may be cached.
    public int length() {
      return length;
    }

    /// Of them, leading blocks that are full.
    public int full() {
      return full;
    }

    /// Blocks of the prompt, a partial one included.
    public int blocks() {
      return blocks;
    }

    /// Tokens of each of its blocks.
    public int blockTokens() {
      return blockTokens;
    }

    /// Leading blocks that were cached when it came.
    public int hits() {
      return hits;
    }

    /// Leading blocks that were cached or ghosts.
    public int known() {
      return known;
    }

    /// Id of the block at a depth below [#length].
    public long id(int depth) {
      return ids[depth];
    }

    /// Slot of the block at a depth below [#length], or [BlockTree#NONE] from [#known] on before it
    /// is entered.
    public int slot(int depth) {
      return slots[depth];
    }
  }
}
