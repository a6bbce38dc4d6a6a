// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

/// A place in the tree of one index: after the block that stands `depth` blocks below the root, in
/// a run or above it. What [io.incipit.block.Cursor] carries in bytes.
///
/// @param run number in its index of the run that held the block when the place was named; a split
///     may have left it to a run above since
/// @param depth blocks from the root up to the place; zero for the root alone
/// @param low last 8 bytes of the hash of the block before the place: since a hash covers all
///     blocks before its own, it proves that the place is still the one it was
/// @param high the 8 bytes of the hash before `low`; 0 where hashes have 8 bytes
public record Place(int run, int depth, long low, long high) {
  /// The place before the first block.
  public static final Place ROOT = new Place(0, 0, 0, 0);

  /// Whether this is the place before the first block.
  public boolean isRoot() {
    return depth == 0;
  }
}
