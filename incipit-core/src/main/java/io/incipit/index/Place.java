// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

/// A place in the tree of one index: after block `offset` of a run, `depth` blocks below the root.
/// What [io.incipit.block.Cursor] carries in bytes.
///
/// @param run the run's number in its index
/// @param offset blocks of the run up to the place, at least 1
/// @param depth blocks from the root up to the place; zero for the root alone
/// @param low last 8 bytes of the hash of the block before the place: since a hash covers all
///     blocks before its own, it proves that the place is still the one it was
public record Place(int run, int offset, int depth, long low) {
  /// The place before the first block.
  public static final Place ROOT = new Place(0, 0, 0, 0);

  /// Whether this is the place before the first block.
  public boolean isRoot() {
    return depth == 0;
  }
}
