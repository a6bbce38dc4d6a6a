// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

/// A place in the tree of one index: after block `offset` of a run, `depth` blocks below the root.
/// What [io.incipit.block.Cursor] carries in bytes.
///
/// @param run the run's number in its index
/// @param offset blocks of the run up to the place, at least 1
/// @param generation the run's generation when the place was taken; a run that was shortened or
///     freed since has another
/// @param depth blocks from the root up to the place; zero for the root alone
/// @param high first half of the identity of the last block before the place
/// @param low second half of it
public record Place(int run, int offset, int generation, int depth, long high, long low) {
  /// The place before the first block.
  public static final Place ROOT = new Place(0, 0, 0, 0, 0, 0);

  /// Whether this is the place before the first block.
  public boolean isRoot() {
    return depth == 0;
  }
}
