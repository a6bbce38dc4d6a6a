// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

/// Tells inner nodes of new children. For one thread.
final class Parents {
  private final Nodes nodes;
  private final Descent descent;

  Parents(Nodes nodes, Descent descent) {
    this.nodes = nodes;
    this.descent = descent;
  }

  /// Adds a node that was split off; splits what becomes full, up to a new root.
  ///
  /// @param level of its parent
  /// @param key the least one that belongs to it
  void insert(int level, long key, long child) {
    while (true) {
      long parent = descent.inner(level, key);
      if (parent != 0) {
        insertAt(parent, key, child);
        return;
      }
      if (newRoot(level, key, child)) {
        return;
      }
    }
  }

  /// @return whether the tree has a new root
  private boolean newRoot(int level, long key, long child) {
    long old = nodes.readRoot();
    if (RootEntry.level(old) >= level) {
      return false;
    }
    long address = nodes.allocateInner();
    var head = new Inner.Head(address, level, 0, 0, RootEntry.address(old), 0, 0, Inner.NO_END);
    nodes.addWrite(new Inner(head, new long[] {key}, new long[] {child}));
    nodes.client.ring();
    return nodes.swapRoot(old, RootEntry.of(level, address));
  }

  private void insertAt(long first, long key, long child) {
    long address = first;
    while (true) {
      nodes.lock(nodes.lockOfInner(address));
      var node = nodes.readInner(address);
      if (node.covers(key)) {
        add(node.with(key, child));
        return;
      }
      nodes.unlock(nodes.lockOfInner(address), 0);
      address = node.sibling();
    }
  }

  /// Writes a locked node with a child more, as two if it is full.
  private void add(Inner node) {
    if (node.count() < InnerLayout.SPAN) {
      nodes.addWrite(node);
      nodes.client.ring();
      return;
    }
    var right = node.rightHalf(nodes.allocateInner());
    nodes.addWrite(right);
    nodes.client.ring();
    nodes.addWrite(node.leftHalf(right));
    nodes.client.postUnsignalled();
    insert(node.level() + 1, right.low(), right.address());
  }
}
