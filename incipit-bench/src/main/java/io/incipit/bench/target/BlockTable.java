// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

/// A primitive hash table from well-mixed keys to sets of at most 64 owners: linear probing, key
/// and owners side by side in one array, at most 70% full, doubled when it is.
final class BlockTable {
  private static final long FOR_ZERO = 0x9E37_79B9_7F4A_7C15L;

  private long[] slots = new long[2 << 10];
  private int shift = Long.SIZE - 10;
  private int used;

  /// Owners of a key, as bits; 0 if it is not there.
  long owners(long key) {
    return slots[find(key == 0 ? FOR_ZERO : key) + 1];
  }

  /// Index of the key's slot, or of the empty one where it would go.
  private int find(long key) {
    int mask = slots.length - 1;
    int at = (int) (key >>> shift) << 1;
    while (slots[at] != key && slots[at] != 0) {
      at = (at + 2) & mask;
    }
    return at;
  }

  void add(long key, long owners) {
    long kept = key == 0 ? FOR_ZERO : key;
    int at = find(kept);
    if (slots[at] == 0) {
      if ((used + 1) * 10L > (slots.length >>> 1) * 7L) {
        grow();
        at = find(kept);
      }
      slots[at] = kept;
      used++;
    }
    slots[at + 1] |= owners;
  }

  private void grow() {
    var old = slots;
    slots = new long[2 * old.length];
    shift--;
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != 0) {
        int at = find(old[i]);
        slots[at] = old[i];
        slots[at + 1] = old[i + 1];
      }
    }
  }

  void remove(long key, long owners) {
    int at = find(key == 0 ? FOR_ZERO : key);
    slots[at + 1] &= ~owners;
    if (slots[at] != 0 && slots[at + 1] == 0) {
      close(at);
      used--;
    }
  }

  /// Moves later slots of the cluster back over a hole.
  private void close(int start) {
    int mask = slots.length - 1;
    int hole = start;
    for (int at = (hole + 2) & mask; slots[at] != 0; at = (at + 2) & mask) {
      int home = (int) (slots[at] >>> shift) << 1;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots[hole] = slots[at];
        slots[hole + 1] = slots[at + 1];
        hole = at;
      }
    }
    slots[hole] = 0;
    slots[hole + 1] = 0;
  }
}
