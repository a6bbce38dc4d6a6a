// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import java.util.Arrays;

/// Keys in the slots of a leaf: each within 8 slots from its home, round the end; a hole further
/// away is brought near by moving keys into it. Works on a [LeafImage] whose slots were read as far
/// as they are needed. Slots are counted from a home as distances in [0, 64).
final class Hopscotch {
  private static final int SLOTS = LeafLayout.SLOTS;
  private static final int NEAR = LeafLayout.NEIGHBOURHOOD;

  private Hopscotch() {}

  static int slot(int distanceOrSlot) {
    return distanceOrSlot & (SLOTS - 1);
  }

  static int distance(int from, int to) {
    return (to - from) & (SLOTS - 1);
  }

  /// The first hole from a home on, among the slots that were read.
  ///
  /// @return its distance; -1 if there is none
  static int firstHole(LeafImage leaf, int home) {
    return nextHole(leaf, home, 0);
  }

  private static int nextHole(LeafImage leaf, int home, int distance) {
    for (int d = distance; d < SLOTS; d++) {
      int slot = slot(home + d);
      if (leaf.has(slot) && leaf.key(slot) == 0) {
        return d;
      }
    }
    return -1;
  }

  /// The key that can go from nearer the home into a hole, the farthest that there is.
  ///
  /// @return its distance from the home; -1 if no key can
  private static int movable(LeafImage leaf, int home, int hole) {
    for (int d = hole - NEAR + 1; d < hole; d++) {
      long key = leaf.key(slot(home + d));
      if (key != 0 && distance(LeafLayout.home(key), slot(home + hole)) < NEAR) {
        return d;
      }
    }
    return -1;
  }

  /// Whether a hole there, as the only one, would make room for a key of a home.
  static boolean makesRoom(LeafImage leaf, int home, int hole) {
    int at = hole;
    while (at >= NEAR) {
      at = movable(leaf, home, at);
      if (at < 0) {
        return false;
      }
    }
    return true;
  }

  /// Puts a key, which is not there, by way of a hole that makes room for it.
  ///
  /// @param maxSlot where the greatest key is
  /// @return where the greatest key was moved to; `maxSlot` if it was not
  static int insert(LeafImage leaf, long key, long value, int hole, int maxSlot) {
    int home = LeafLayout.home(key);
    int max = maxSlot;
    int at = hole;
    while (at >= NEAR) {
      int from = movable(leaf, home, at);
      int source = slot(home + from);
      int target = slot(home + at);
      long moved = leaf.key(source);
      int owner = LeafLayout.home(moved);
      leaf.setEntry(target, moved, leaf.value(source));
      int bits = leaf.bitmap(owner) & ~(1 << distance(owner, source));
      leaf.setBitmap(owner, bits | (1 << distance(owner, target)));
      max = max == source ? target : max;
      at = from;
    }
    leaf.setEntry(slot(home + at), key, value);
    leaf.setBitmap(home, leaf.bitmap(home) | (1 << at));
    return max;
  }

  /// Puts a key into a leaf that was read whole, by way of the first hole that makes room for it.
  ///
  /// @return whether there was one
  static boolean insertAnywhere(LeafImage leaf, long key, long value) {
    int home = LeafLayout.home(key);
    for (int hole = nextHole(leaf, home, 0); hole >= 0; hole = nextHole(leaf, home, hole + 1)) {
      if (makesRoom(leaf, home, hole)) {
        insert(leaf, key, value, hole, -1);
        return true;
      }
    }
    return false;
  }

  /// The middle one of a key and of all keys whose removal would make room for it, in a leaf that
  /// was read whole and has none.
  ///
  /// @param near only those whose slot the key itself could have
  static long median(LeafImage leaf, long key, boolean near) {
    int home = LeafLayout.home(key);
    int end = near ? NEAR : SLOTS;
    var keys = new long[end + 1];
    int count = 0;
    keys[count++] = key ^ Long.MIN_VALUE;
    for (int d = 0; d < end; d++) {
      long other = leaf.key(slot(home + d));
      if (other != 0 && makesRoom(leaf, home, d)) {
        keys[count++] = other ^ Long.MIN_VALUE;
      }
    }
    Arrays.sort(keys, 0, count);
    return keys[(count - 1) / 2] ^ Long.MIN_VALUE;
  }

  /// Sets all bitmaps of a leaf from its keys.
  static void fixBitmaps(LeafImage leaf) {
    var bits = new int[SLOTS];
    for (int slot = 0; slot < SLOTS; slot++) {
      long key = leaf.key(slot);
      if (key != 0) {
        int home = LeafLayout.home(key);
        bits[home] |= 1 << distance(home, slot);
      }
    }
    for (int home = 0; home < SLOTS; home++) {
      leaf.setBitmap(home, bits[home]);
    }
  }

  /// The slot of the greatest key; -1 if there is no key.
  static int maxSlot(LeafImage leaf) {
    int max = -1;
    for (int slot = 0; slot < SLOTS; slot++) {
      long key = leaf.key(slot);
      if (key != 0 && (max < 0 || Long.compareUnsigned(key, leaf.key(max)) > 0)) {
        max = slot;
      }
    }
    return max;
  }

  /// A leaf's lock word as it is when all is known.
  static long exactWord(LeafImage leaf) {
    long word = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      word = leaf.key(slot) == 0 ? word : LockWord.full(word, slot);
    }
    for (int slot = 0; slot < SLOTS; slot++) {
      word = leaf.key(slot) == 0 ? LockWord.vacant(word, slot) : word;
    }
    return LockWord.withMaxSlot(word, Math.max(0, maxSlot(leaf)));
  }
}
