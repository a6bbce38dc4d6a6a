// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import java.util.Arrays;

/// The cached blocks of a pool as a prefix tree in arrays, and beside them the evicted ones that a
/// policy still remembers, its ghosts. A block is a slot; slots are used again.
///
/// Invariant: the parent of a cached block is cached, because only a block without cached children
/// can be evicted. Takes 45 to 49 B a slot; everything is O(1), growth apart.
public final class BlockTree {
  /// No slot.
  public static final int NONE = IdIndex.NONE;

  /// Slots from which on a tree grows by an eighth, not by half: room for few beyond those in use.
  private static final int LARGE = 1 << 16;

  private static final byte FREE = 0;
  private static final byte CACHED = 1;
  private static final byte GHOST = 2;

  /// What a slot is, below its flags.
  private static final int STATE = 3;

  /// A cached block that may not be evicted for now.
  private static final byte HELD = 4;

  /// A cached block that nobody can reach any more, and with it what is below it.
  private static final byte LOST = 8;

  private final IdIndex index;
  private int[] parents;

  /// The youngest cached child, or [#NONE].
  private int[] children;

  /// The cached children of a block in a ring, the next younger and the next older one.
  private int[] younger;

  private int[] older;
  private int[] depths;

  /// The child that a path took last: the next path mostly takes it as well.
  private int[] followers;

  private byte[] states;
  private int used;
  private int freed = NONE;
  private int cached;

  BlockTree(int slots) {
    this.index = new IdIndex(slots);
    this.parents = new int[slots];
    this.children = new int[slots];
    this.younger = new int[slots];
    this.older = new int[slots];
    this.depths = new int[slots];
    this.followers = new int[slots];
    this.states = new byte[slots];
  }

  int slots() {
    return states.length;
  }

  /// Blocks that are cached.
  public int cached() {
    return cached;
  }

  /// The slot above a cached block; [#NONE] above a root.
  public int parent(int slot) {
    return parents[slot];
  }

  /// Blocks above a block.
  public int depth(int slot) {
    return depths[slot];
  }

  /// The id of a block.
  public long id(int slot) {
    return index.id(slot);
  }

  /// Whether a block is cached; if not, it is a ghost, or the slot is free.
  public boolean isCached(int slot) {
    return (states[slot] & STATE) == CACHED;
  }

  /// Whether a block is cached, nothing below it is, and it is not held: it may be evicted.
  public boolean isLeaf(int slot) {
    return isTip(slot) && (states[slot] & HELD) == 0;
  }

  /// Whether a block is cached and nothing below it is.
  boolean isTip(int slot) {
    return isCached(slot) && children[slot] == NONE;
  }

  /// Whether [#hold] keeps a block from eviction.
  public boolean isHeld(int slot) {
    return (states[slot] & HELD) != 0;
  }

  /// Keeps a cached block from being a leaf until [#release].
  public void hold(int slot) {
    states[slot] |= HELD;
  }

  void release(int slot) {
    states[slot] &= ~HELD;
  }

  /// Whether [#lose] was said of a block, and [#regain] not since.
  boolean isLost(int slot) {
    return (states[slot] & LOST) != 0;
  }

  void lose(int slot) {
    states[slot] |= LOST;
  }

  void regain(int slot) {
    states[slot] &= ~LOST;
  }

  /// Whether no other block is cached below the one that a cached block is below.
  boolean isOnlyChild(int slot) {
    return parents[slot] != NONE && younger[slot] == slot;
  }

  /// The slot of a block, cached or ghost, or [#NONE].
  ///
  /// @param parent slot of the block before, or [#NONE]
  int find(int parent, long id) {
    if (parent != NONE) {
      int follower = followers[parent];
      if (states[follower] != FREE && index.id(follower) == id) {
        return follower;
      }
    }
    int slot = index.find(id);
    if (slot != NONE && parent != NONE) {
      followers[parent] = slot;
    }
    return slot;
  }

  /// Whether [#add] needs [#grow] first.
  boolean isFull() {
    return freed == NONE && used == slots();
  }

  void grow() {
    int slots = slots() + (slots() >> (slots() < LARGE ? 1 : 3)) + 16;
    index.grow(slots, used);
    parents = Arrays.copyOf(parents, slots);
    children = Arrays.copyOf(children, slots);
    younger = Arrays.copyOf(younger, slots);
    older = Arrays.copyOf(older, slots);
    depths = Arrays.copyOf(depths, slots);
    followers = Arrays.copyOf(followers, slots);
    states = Arrays.copyOf(states, slots);
  }

  /// A slot for an id that has none. It is a ghost until [#settle].
  int add(long id) {
    int slot = freed;
    if (slot == NONE) {
      slot = used;
      used++;
    } else {
      freed = parents[slot];
    }
    index.put(slot, id);
    states[slot] = GHOST;
    followers[slot] = slot;
    return slot;
  }

  /// Caches a ghost below its parent.
  void settle(int slot, int parent, int depth) {
    states[slot] = CACHED;
    parents[slot] = parent;
    children[slot] = NONE;
    depths[slot] = depth;
    if (parent != NONE) {
      link(slot, parent);
      followers[parent] = slot;
    }
    cached++;
  }

  /// Puts a cached root, and what is below it, below a block that is not.
  void adopt(int slot, int parent) {
    assert parents[slot] == NONE : "not a root: " + index.id(slot);
    parents[slot] = parent;
    depths[slot] = depths[parent] + 1;
    link(slot, parent);
    followers[parent] = slot;
  }

  /// Corrects the depth of a block whose root was adopted.
  void depth(int slot, int depth) {
    depths[slot] = depth;
  }

  private void link(int slot, int parent) {
    int second = children[parent];
    children[parent] = slot;
    if (second == NONE) {
      younger[slot] = slot;
      older[slot] = slot;
      return;
    }
    int last = younger[second];
    older[slot] = second;
    younger[slot] = last;
    younger[second] = slot;
    older[last] = slot;
  }

  private void unlink(int slot, int parent) {
    older[younger[slot]] = older[slot];
    younger[older[slot]] = younger[slot];
    if (children[parent] == slot) {
      children[parent] = older[slot] == slot ? NONE : older[slot];
    }
  }

  /// A leaf at or below a block, through the oldest children; or the first held block on the way.
  public int leafBelow(int slot) {
    int leaf = slot;
    while (children[leaf] != NONE && (states[leaf] & HELD) == 0) {
      leaf = younger[children[leaf]];
    }
    return leaf;
  }

  /// Makes a ghost of a leaf.
  void evict(int slot) {
    assert isLeaf(slot) : "not a leaf: " + index.id(slot);
    states[slot] = GHOST;
    int parent = parents[slot];
    if (parent != NONE) {
      unlink(slot, parent);
    }
    cached--;
  }

  /// Forgets a ghost.
  public void forget(int slot) {
    assert states[slot] == GHOST : "not a ghost: " + index.id(slot);
    states[slot] = FREE;
    index.remove(slot);
    parents[slot] = freed;
    freed = slot;
  }
}
