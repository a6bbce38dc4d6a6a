// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

/// Where keys were found, so that the next search may guess: by leaf and slot, two bytes of the key
/// and how often it was used. A table of sets of four, one slot's set after the other's; it grows
/// while the budget allows, and then the least used of a set goes. For one thread.
///
/// The published buffer is a table of a million pointers, 128 MB that its budget does not count;
/// here all bytes count.
final class HotspotBuffer {
  private static final int WAYS = 4;
  private static final int FIRST_SETS = 256;
  private static final int ENTRY_BYTES = Long.BYTES + Integer.BYTES;
  private static final int PRINT_SHIFT = 16;
  private static final int USES_MAX = 0xFFFF;

  private final long budget;

  /// Leaf and slot of each entry, 0: none; leaves are multiples of 64.
  private long[] places;

  /// Fingerprint and uses of each.
  private int[] marks;

  private int entries;

  /// @param budget bytes, at least those of its first sets
  HotspotBuffer(long budget) {
    this.budget = budget;
    int sets = 1;
    while (sets < FIRST_SETS && fits(2L * sets)) {
      sets *= 2;
    }
    places = new long[sets * WAYS];
    marks = new int[sets * WAYS];
  }

  private boolean fits(long sets) {
    return sets * WAYS * ENTRY_BYTES <= budget;
  }

  long bytes() {
    return (long) places.length * ENTRY_BYTES;
  }

  /// The slot of a leaf where a key may be: the most used one of its neighbourhood whose
  /// fingerprint is the key's; -1: none.
  int guess(long leaf, int home, long key) {
    int best = -1;
    int bestUses = -1;
    for (int d = 0; d < LeafLayout.NEIGHBOURHOOD; d++) {
      int slot = Hopscotch.slot(home + d);
      int at = find(leaf | slot);
      if (at >= 0 && marks[at] >>> PRINT_SHIFT == (key & USES_MAX)) {
        int uses = marks[at] & USES_MAX;
        if (uses > bestUses) {
          best = slot;
          bestUses = uses;
        }
      }
    }
    return best;
  }

  private int set(long place) {
    long leaf = place & -LeafLayout.SLOTS;
    long slot = place & (LeafLayout.SLOTS - 1);
    return (int) (LeafLayout.hash(leaf) + slot) & (places.length / WAYS - 1);
  }

  private int find(long place) {
    int set = set(place) * WAYS;
    for (int at = set; at < set + WAYS; at++) {
      if (places[at] == place) {
        return at;
      }
    }
    return -1;
  }

  /// A key was found in a slot.
  void found(long leaf, int slot, long key) {
    int at = find(leaf | slot);
    int print = (int) (key & USES_MAX) << PRINT_SHIFT;
    if (at >= 0) {
      boolean same = (marks[at] ^ print) >>> PRINT_SHIFT == 0;
      int uses = same ? Math.min(USES_MAX, (marks[at] & USES_MAX) + 1) : 1;
      marks[at] = print | uses;
      return;
    }
    if (isFull(leaf | slot) && entries > places.length / 8 && fits(places.length / WAYS * 2L)) {
      grow();
    }
    insert(leaf | slot, print | 1);
  }

  private boolean isFull(long place) {
    int set = set(place) * WAYS;
    for (int at = set; at < set + WAYS; at++) {
      if (places[at] == 0) {
        return false;
      }
    }
    return true;
  }

  private void insert(long place, int mark) {
    int set = set(place) * WAYS;
    int least = set;
    for (int at = set; at < set + WAYS; at++) {
      if (places[at] == 0) {
        entries++;
        places[at] = place;
        marks[at] = mark;
        return;
      }
      least = (marks[at] & USES_MAX) < (marks[least] & USES_MAX) ? at : least;
    }
    places[least] = place;
    marks[least] = mark;
  }

  private void grow() {
    var oldPlaces = places;
    var oldMarks = marks;
    places = new long[2 * oldPlaces.length];
    marks = new int[2 * oldPlaces.length];
    entries = 0;
    for (int at = 0; at < oldPlaces.length; at++) {
      if (oldPlaces[at] != 0) {
        insert(oldPlaces[at], oldMarks[at]);
      }
    }
  }

  /// A guess was wrong.
  void forget(long leaf, int slot) {
    int at = find(leaf | slot);
    if (at >= 0) {
      places[at] = 0;
      marks[at] = 0;
      entries--;
    }
  }
}
