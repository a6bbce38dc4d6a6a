// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

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
