// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

/// The way from a block that is to go to one that can: what hangs below it goes before it, since
/// without it nobody could reach that.
public final class SubtreeVictim {
  private final BlockTree tree;

  /// The block whose turn it is, and how far what is below it has gone.
  private int target = BlockTree.NONE;

  private int cursor;

  /// The leaf that was given last.
  private int given = BlockTree.NONE;

  /// Makes one for the policy of a pool.
  public SubtreeVictim(BlockTree tree) {
    this.tree = tree;
  }

  /// A request came: what is below a block may not be what it was.
  public void reset() {
    target = BlockTree.NONE;
  }

  /// A leaf goes, or is none any more: if it is another than was given, who asks next begins again.
  public void lost(int slot) {
    if (slot != given) {
      reset();
    }
  }

  /// The leaf to evict for a block: one below it, or the block itself if it is a leaf. Each call
  /// goes on where the last one ended if it is for the same block.
  public int leafFor(int slot) {
    int leaf = tree.leafBelow(slot == target ? cursor : slot);
    target = slot;
    cursor = leaf == slot ? slot : tree.parent(leaf);
    given = leaf;
    return leaf;
  }
}
