// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

/// A block of which the store has all parts.
///
/// @param space whose it is
/// @param root whether there is no block before it
/// @param tiers in which the index was told that it is, a set of
///     [masks][io.incipit.block.Tier#mask]
public record Block(
    Space space,
    long high,
    long low,
    boolean root,
    long parentHigh,
    long parentLow,
    int parts,
    int tiers) {
  /// The same for every part; see [BlockKey#id].
  public long id() {
    return space.id(high, low);
  }

  /// The number of the block before it; its own if it is a root.
  public long parentId() {
    return root ? id() : space.id(parentHigh, parentLow);
  }

  /// The identity of the block before it in hex; empty if it is a root.
  public String parent() {
    return root
        ? ""
        : new BlockKey("", space.wide(), parentHigh, parentLow, true, 0, 0, 0, 1).hash();
  }

  /// The key of the first part, from which the others' follow.
  public BlockKey key() {
    return new BlockKey(
        space.name(), space.wide(), high, low, root, parentHigh, parentLow, 0, parts);
  }
}
