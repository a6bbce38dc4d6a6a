// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import java.util.Arrays;

/// Slots in the order of a rank, the smallest at the top: for most policies the leaves of a pool.
/// O(log slots) for each change, 16 B a slot at most. For one thread.
public final class SlotHeap {
  private final Ranks ranks;
  private int[] heap = new int[64];
  private int size;

  /// An empty heap.
  public SlotHeap(Ranks ranks) {
    this.ranks = ranks;
  }

  /// Whether no slot is in.
  public boolean isEmpty() {
    return size == 0;
  }

  /// Slots that are in.
  public int size() {
    return size;
  }

  /// The slot of the smallest rank; there is one.
  public int top() {
    return heap[0];
  }

  /// Moves a slot whose rank has changed; does nothing for one that is in no heap.
  public void update(int slot) {
    if (ranks.places[slot] != 0) {
      settle(ranks.places[slot] - 1, slot);
    }
  }

  /// Puts a slot in at its rank.
  public void add(int slot) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    size++;
    settle(size - 1, slot);
  }

  /// Takes a slot out that is in.
  public void remove(int slot) {
    int place = ranks.places[slot] - 1;
    ranks.places[slot] = 0;
    size--;
    if (place != size) {
      settle(place, heap[size]);
    }
  }

  /// Finds the place of a slot, from an empty place on.
  private void settle(int place, int slot) {
    int up = rise(place, slot);
    sink(up, slot);
  }

  private int rise(int from, int slot) {
    int place = from;
    while (place > 0 && rank(heap[(place - 1) / 2]) > rank(slot)) {
      put(place, heap[(place - 1) / 2]);
      place = (place - 1) / 2;
    }
    return place;
  }

  private void sink(int from, int slot) {
    int place = from;
    while (2 * place + 1 < size) {
      int child = 2 * place + 1;
      if (child + 1 < size && rank(heap[child + 1]) < rank(heap[child])) {
        child++;
      }
      if (rank(heap[child]) >= rank(slot)) {
        break;
      }
      put(place, heap[child]);
      place = child;
    }
    put(place, slot);
  }

  private void put(int place, int slot) {
    heap[place] = slot;
    ranks.places[slot] = place + 1;
  }

  private long rank(int slot) {
    return ranks.of[slot];
  }

  /// The rank by which what is used again last comes first, of several such what was used first. It
  /// is the order in which the clairvoyant policy evicts (Belady, IBM Systems Journal 1966).
  ///
  /// @param nextUse number of the request that uses it next, `Integer.MAX_VALUE` if none does
  /// @param stamp number of its last use; wraps at 2^32
  public static long furthestFirst(int nextUse, long stamp) {
    return ((long) (Integer.MAX_VALUE - nextUse) << Integer.SIZE) | (stamp & 0xFFFF_FFFFL);
  }

  /// What heaps that share slots between them know of each slot; it is in one of them at most.
  public static final class Ranks {
    /// By slot.
    public long[] of = new long[0];

    /// By slot, its place in its heap + 1, or 0.
    private int[] places = new int[0];

    /// Ranks of no slot.
    public Ranks() {}

    /// Whether a slot is in a heap of these ranks.
    public boolean isIn(int slot) {
      return places[slot] != 0;
    }

    /// Slots below `slots` are about to be used.
    public void resize(int slots) {
      of = Arrays.copyOf(of, slots);
      places = Arrays.copyOf(places, slots);
    }
  }
}
