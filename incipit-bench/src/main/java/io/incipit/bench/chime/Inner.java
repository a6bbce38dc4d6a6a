// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import java.util.Arrays;

/// An inner node as it was when it was read. A child before the first key is the leftmost; child
/// `i` holds keys from key `i` on.
final class Inner {
  /// What a node's header says, and where it is.
  ///
  /// @param level 1 above leaves
  /// @param version of the whole node, from 0 to 15
  /// @param sibling the next node of this level; 0: none
  /// @param siblingLeftmost the sibling's leftmost child; 0: none
  /// @param low the least key that belongs here
  /// @param high the least key past those that belong here; all ones: none
  record Head(
      long address,
      int level,
      int version,
      long sibling,
      long leftmost,
      long siblingLeftmost,
      long low,
      long high) {}

  static final long NO_END = -1L;

  private final Head head;
  private final long[] keys;
  private final long[] children;

  /// @param keys ascending, as many as there are children
  Inner(Head head, long[] keys, long[] children) {
    this.head = head;
    this.keys = keys;
    this.children = children;
  }

  Head head() {
    return head;
  }

  long address() {
    return head.address;
  }

  int level() {
    return head.level;
  }

  long sibling() {
    return head.sibling;
  }

  long low() {
    return head.low;
  }

  long high() {
    return head.high;
  }

  long key(int index) {
    return keys[index];
  }

  int count() {
    return keys.length;
  }

  boolean covers(long key) {
    return Long.compareUnsigned(head.low, key) <= 0 && Long.compareUnsigned(key, head.high) < 0;
  }

  /// Which child a key belongs to; -1: the leftmost.
  int indexOf(long key) {
    int from = 0;
    int to = keys.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (Long.compareUnsigned(keys[middle], key) <= 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from - 1;
  }

  long child(int index) {
    return index < 0 ? head.leftmost : children[index];
  }

  /// What stands right of a child in its level; 0: nothing.
  long next(int index) {
    return index + 1 < children.length ? children[index + 1] : head.siblingLeftmost;
  }

  /// The least key that belongs to a child.
  long lowOf(int index) {
    return index < 0 ? head.low : keys[index];
  }

  /// The least key past those that belong to a child.
  long highOf(int index) {
    return index + 1 < keys.length ? keys[index + 1] : head.high;
  }

  /// The same with one more child.
  Inner with(long key, long child) {
    int at = indexOf(key) + 1;
    var newKeys = new long[keys.length + 1];
    var newChildren = new long[keys.length + 1];
    System.arraycopy(keys, 0, newKeys, 0, at);
    System.arraycopy(children, 0, newChildren, 0, at);
    newKeys[at] = key;
    newChildren[at] = child;
    System.arraycopy(keys, at, newKeys, at + 1, keys.length - at);
    System.arraycopy(children, at, newChildren, at + 1, keys.length - at);
    var next =
        new Head(
            head.address,
            head.level,
            (head.version + 1) & 15,
            head.sibling,
            head.leftmost,
            head.siblingLeftmost,
            head.low,
            head.high);
    return new Inner(next, newKeys, newChildren);
  }

  /// The right part when the key in the middle moves up.
  ///
  /// @param at its address
  Inner rightHalf(long at) {
    int middle = keys.length / 2;
    return new Inner(
        new Head(
            at,
            head.level,
            0,
            head.sibling,
            children[middle],
            head.siblingLeftmost,
            keys[middle],
            head.high),
        Arrays.copyOfRange(keys, middle + 1, keys.length),
        Arrays.copyOfRange(children, middle + 1, keys.length));
  }

  /// The left part, when the right one is there.
  Inner leftHalf(Inner right) {
    int middle = keys.length / 2;
    return new Inner(
        new Head(
            head.address,
            head.level,
            head.version,
            right.head.address,
            head.leftmost,
            right.head.leftmost,
            head.low,
            right.head.low),
        Arrays.copyOf(keys, middle),
        Arrays.copyOf(children, middle));
  }
}
