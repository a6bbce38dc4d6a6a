// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import io.incipit.block.Hint;

/// A tree of blocks and the policy that follows it: what the pool of a simulation and that of a
/// store share. What was asked for is entered and used; whoever owns this evicts.
///
/// For one thread; never blocks. The same calls, the same decisions.
final class PathTree {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int SLOTS_MIN = 256;

  final PoolConfig config;
  final BlockTree tree = new BlockTree(SLOTS_MIN);
  final EvictionPolicy policy;
  final EvictionPolicy.Path path = new EvictionPolicy.Path();

  PathTree(PoolConfig config, EvictionPolicy.Factory policy) {
    this.config = config;
    this.policy = policy.make(config, tree);
    this.policy.resize(SLOTS_MIN);
    path.request = -1;
  }

  static double seconds(long timeNs) {
    return timeNs / NANOS_PER_SECOND;
  }

  /// Looks a path up and says so to the policy.
  ///
  /// @return leading blocks that are in the tree
  /// @throws IllegalArgumentException if an id stands elsewhere in the tree
  int arrive(double seconds, long[] ids, int length, int tokens) {
    return arrive(seconds, ids, length, tokens, config.blockTokens());
  }

  /// As above, of a path whose blocks have other tokens than most.
  int arrive(double seconds, long[] ids, int length, int tokens, int blockTokens) {
    path.request++;
    path.seconds = seconds;
    path.ids = ids;
    path.length = length;
    path.blockTokens = blockTokens;
    path.blocks = Math.ceilDiv(tokens, blockTokens);
    path.full = Math.min(length, tokens / blockTokens);
    find();
    policy.arrive(path);
    return path.hits;
  }

  private void find() {
    var ids = path.ids;
    if (path.slots.length < path.length) {
      path.slots = new int[2 * path.length];
    }
    int parent = BlockTree.NONE;
    path.hits = 0;
    path.known = 0;
    for (int i = 0; i < path.length; i++) {
      int slot = tree.find(parent, ids[i]);
      path.slots[i] = slot;
      if (slot != BlockTree.NONE) {
        requirePlace(i, parent);
        path.hits += path.hits == i && tree.isCached(slot) ? 1 : 0;
        path.known += path.known == i ? 1 : 0;
      }
      parent = slot;
    }
  }

  private void requirePlace(int i, int parent) {
    int slot = path.slots[i];
    if (tree.isCached(slot) && (tree.parent(slot) != parent || path.hits < i)) {
      throw new IllegalArgumentException(
          "ids[%d]: %d (expected: below the same block as before)".formatted(i, path.ids[i]));
    }
  }

  /// Enters what is missing of the path that arrived, up to an id that it has twice, and uses all
  /// of it.
  ///
  /// @return how far that came
  int enter() {
    if (path.length == 0) {
      return 0;
    }
    int parent = path.hits == 0 ? BlockTree.NONE : path.slots[path.hits - 1];
    if (parent != BlockTree.NONE && path.hits < path.length && tree.isLeaf(parent)) {
      policy.leafLost(parent);
    }
    for (int i = path.hits; i < path.length; i++) {
      int slot = path.slots[i] == BlockTree.NONE ? add(i) : path.slots[i];
      path.slots[i] = slot;
      if (tree.isCached(slot)) {
        path.length = i;
        break;
      }
      tree.settle(slot, parent, i);
      parent = slot;
    }
    policy.touch(path);
    if (path.hits < path.length) {
      policy.leafGained(parent);
    }
    return path.length;
  }

  private int add(int i) {
    int again = tree.find(BlockTree.NONE, path.ids[i]);
    if (again != BlockTree.NONE) {
      return again;
    }
    if (tree.isFull()) {
      tree.grow();
      policy.resize(tree.slots());
    }
    return tree.add(path.ids[i]);
  }

  /// Evicts a leaf.
  ///
  /// @return the slot above it, or [BlockTree#NONE]
  int evict(int slot) {
    policy.leafLost(slot);
    int parent = tree.parent(slot);
    tree.evict(slot);
    policy.evicted(slot);
    if (parent != BlockTree.NONE && tree.isLeaf(parent)) {
      policy.leafGained(parent);
    }
    return parent;
  }

  /// Passes a hint about a path on, with the deepest of its blocks that is in the tree.
  void hint(double seconds, long[] ids, int length, Hint hint) {
    int last = BlockTree.NONE;
    for (int i = 0; i < length; i++) {
      int slot = tree.find(last, ids[i]);
      if (slot == BlockTree.NONE || !tree.isCached(slot) || tree.parent(slot) != last) {
        break;
      }
      last = slot;
    }
    if (last != BlockTree.NONE) {
      policy.hinted(seconds, last, length, hint);
    }
  }

  /// The slot of a block that is in the tree, or [BlockTree#NONE].
  int slot(long id) {
    int slot = tree.find(BlockTree.NONE, id);
    return slot != BlockTree.NONE && tree.isCached(slot) ? slot : BlockTree.NONE;
  }
}
