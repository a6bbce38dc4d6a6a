// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import io.incipit.bench.pool.Retry;
import org.jspecify.annotations.Nullable;

/// The way to a leaf: from the lowest inner node that is kept, else from the root; inner nodes that
/// it reads are kept. For one thread.
final class Descent {
  private final Nodes nodes;
  private @Nullable Inner parent;

  /// The last one that was read on the way, not kept from before.
  private @Nullable Inner walked;

  private boolean cached;
  private long leaf;
  private long next;

  Descent(Nodes nodes) {
    this.nodes = nodes;
  }

  /// The leaf that the last way led to.
  long leaf() {
    return leaf;
  }

  /// What stands right of it, as its parent says; 0: nothing; [Nodes#ROOT_LEAF]: it is the root.
  long next() {
    return next;
  }

  /// Whether its parent was a kept copy, which may be old.
  boolean isFromCache() {
    return cached;
  }

  /// Its parent was old: it is kept no longer.
  void dropParent() {
    nodes.client.retry(Retry.STALE);
    if (parent != null) {
      nodes.cache.drop(parent);
    }
  }

  /// Goes to the leaf where a key belongs, as far as parents tell.
  void to(long key) {
    var node = parentOf(key);
    parent = node;
    if (node != null) {
      int index = node.indexOf(key);
      leaf = node.child(index);
      next = node.next(index);
    }
  }

  /// The inner node above the leaf where a key belongs.
  ///
  /// @return null if the root is a leaf
  @Nullable Inner parentOf(long key) {
    while (true) {
      var node = nodes.cache.lookup(key);
      cached = node != null;
      if (node == null) {
        long root = nodes.readRoot();
        if (RootEntry.level(root) == 0) {
          leaf = RootEntry.address(root);
          next = Nodes.ROOT_LEAF;
          return null;
        }
        node = covering(nodes.readInner(RootEntry.address(root)), key);
        nodes.cache.add(node);
      }
      node = down(node, key, 1);
      if (node != null) {
        walked = cached ? walked : node;
        return node;
      }
    }
  }

  /// Goes down to a level.
  ///
  /// @return null if the first node was an old copy; then it is kept no longer
  private @Nullable Inner down(Inner first, long key, int level) {
    var node = first;
    while (node.level() > level) {
      var child = nodes.readInner(node.child(node.indexOf(key)));
      if (!child.covers(key) && cached) {
        nodes.client.retry(Retry.STALE);
        nodes.cache.drop(node);
        return null;
      }
      node = covering(child, key);
      nodes.cache.add(node);
      cached = false;
    }
    return node;
  }

  /// Goes right until a node is where a key belongs.
  private Inner covering(Inner first, long key) {
    var node = first;
    while (!node.covers(key)) {
      nodes.client.retry(Retry.HALF_SPLIT);
      node = nodes.readInner(node.sibling());
    }
    return node;
  }

  /// The address of the inner node of a level where a key belongs, or of one left of it.
  ///
  /// Repaired, it is that of a kept copy, if there is one. As published, only what was read on the
  /// last way from the root is known; for any other, the root is asked. (The description has the
  /// copy in both cases; what was measured of the original has not: 3.27 round trips and 367 bytes
  /// read for a random insert are 3.19 and 311 with it.)
  ///
  /// @param level at least 1
  /// @return 0 if the tree is not so high
  long inner(int level, long key) {
    var kept = nodes.config.repaired() ? nodes.cache.lookup(key) : walked;
    if (kept != null && kept.level() == level && kept.covers(key)) {
      return kept.address();
    }
    long root = nodes.readRoot();
    if (RootEntry.level(root) < level) {
      return 0;
    }
    if (RootEntry.level(root) == level) {
      return RootEntry.address(root);
    }
    var node = covering(nodes.readInner(RootEntry.address(root)), key);
    while (node.level() > level + 1) {
      node = covering(nodes.readInner(node.child(node.indexOf(key))), key);
    }
    return node.child(node.indexOf(key));
  }

  /// Reads all nodes above leaves and keeps them, as far as the budget goes; what was kept of the
  /// tree before is forgotten.
  void keepAll() {
    nodes.cache.clear();
    long root = nodes.readRoot();
    if (RootEntry.level(root) == 0) {
      return;
    }
    var first = nodes.readInner(RootEntry.address(root));
    while (true) {
      for (var node = first; ; node = nodes.readInner(node.sibling())) {
        nodes.cache.add(node);
        if (node.sibling() == 0) {
          break;
        }
      }
      if (first.level() == 1) {
        return;
      }
      first = nodes.readInner(first.child(-1));
    }
  }
}
