// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import java.util.Arrays;

/// Leaves in the order of a rank, the smallest at the top. O(log leaves) for each change, 16 B a
/// slot at most.
final class LeafHeap {
  private final Ranks ranks;
  private int[] heap = new int[64];
  private int size;

  LeafHeap(Ranks ranks) {
    this.ranks = ranks;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int top() {
    return heap[0];
  }

  /// Moves a slot whose rank has changed; does nothing for one that is in no heap.
  void update(int slot) {
    if (ranks.places[slot] != 0) {
      settle(ranks.places[slot] - 1, slot);
    }
  }

  /// Puts a slot in at its rank.
  void add(int slot) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    size++;
    settle(size - 1, slot);
  }

  void remove(int slot) {
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

  /// What heaps that share leaves between them know of each slot; it is in one of them at most.
  static final class Ranks {
    /// By slot.
    long[] of = new long[0];

    /// By slot, its place in its heap + 1, or 0.
    private int[] places = new int[0];

    void resize(int slots) {
      of = Arrays.copyOf(of, slots);
      places = Arrays.copyOf(places, slots);
    }
  }
}
