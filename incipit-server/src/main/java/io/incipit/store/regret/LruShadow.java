// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.regret;

import io.incipit.policy.IdIndex;
import io.incipit.policy.SlotQueues;
import java.util.Arrays;
import java.util.function.LongPredicate;

/// What leaf-LRU would hold, block by block.
///
/// Paths are used from the tail to the head, so no block is older than one below it, and the oldest
/// of all blocks is a leaf: leaf-LRU is LRU over blocks, and what it holds of some of the blocks is
/// what LRU holds of these in its share of the room. `RegretWindowTest` holds it against the
/// simulator's.
///
/// For one thread. O(1) a block; some 40 B for each of the most blocks that it ever held.
final class LruShadow {
  private static final int QUEUE = 0;
  private static final int SLOTS_MIN = 256;

  private IdIndex index = new IdIndex(SLOTS_MIN);
  private SlotQueues order = new SlotQueues(1);

  /// Slots that were used and hold nothing.
  private int[] free = new int[SLOTS_MIN];

  private int freeCount;
  private int used;

  LruShadow() {
    order.resize(SLOTS_MIN);
  }

  /// Leading blocks of a path that it holds.
  int leading(long[] ids) {
    int there = 0;
    while (there < ids.length && index.find(ids[there]) != IdIndex.NONE) {
      there++;
    }
    return there;
  }

  /// A block is used, and held from now on.
  void touch(long id) {
    int slot = index.find(id);
    if (slot == IdIndex.NONE) {
      slot = take();
      index.put(slot, id);
    }
    order.pushFront(QUEUE, slot);
  }

  private int take() {
    if (freeCount > 0) {
      freeCount--;
      return free[freeCount];
    }
    if (used == index.slots()) {
      int slots = used + (used >> 1);
      index.grow(slots, used);
      order.resize(slots);
      free = Arrays.copyOf(free, slots);
    }
    used++;
    return used - 1;
  }

  /// Gives up what was used first, until no more than `most` blocks are left.
  void shrink(int most) {
    while (order.size(QUEUE) > most) {
      drop(order.back(QUEUE));
    }
  }

  /// A block is gone for all.
  void remove(long id) {
    int slot = index.find(id);
    if (slot != IdIndex.NONE) {
      drop(slot);
    }
  }

  private void drop(int slot) {
    order.remove(slot);
    index.remove(slot);
    free[freeCount] = slot;
    freeCount++;
  }

  /// Drops all blocks but some.
  void retain(LongPredicate kept) {
    int slot = order.back(QUEUE);
    while (slot != SlotQueues.NONE) {
      int next = order.ahead(slot);
      if (!kept.test(index.id(slot))) {
        drop(slot);
      }
      slot = next;
    }
  }

  /// Blocks that it holds.
  int size() {
    return order.size(QUEUE);
  }

  /// Slots that take memory.
  int slots() {
    return index.slots();
  }
}
