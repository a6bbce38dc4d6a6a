// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.block.Hash64;
import io.incipit.block.Tier;

/// One piece of a [CopyTable]: the blocks whose mixed hashes begin with the same [#depth] bits.
///
/// Open addressing with linear probing over slots in the order of mixed hashes, at most 13 of 16
/// full. Probing reads the engine's names alone, eight to a cache line; what else is known of a
/// block is together in another.
final class CopySegment {
  static final int SLOTS_MIN = 16;

  static final int COUNT_BITS = 7;
  static final int COUNT_MAX = (1 << COUNT_BITS) - 1;
  static final int ALL_COUNTS = (1 << (COUNT_BITS * Tier.COUNT)) - 1;

  /// Beside the counts: that the name was made of the engine's name.
  static final int BORROWED = ALL_COUNTS + 1;

  /// Above both, in what is left: the generation in which the block was mentioned last.
  static final int GENERATION_SHIFT = 29;

  static final int GENERATIONS = 1 << (Integer.SIZE - GENERATION_SHIFT);

  private static final int NAME_LONGS = 3;
  private static final int SLOT_BYTES = 8 + 8 * NAME_LONGS + 4;

  /// This object, and the heads of three arrays.
  private static final int HEAD_BYTES = 88;

  private static final int FULL = 13;
  private static final int FULL_OF = 16;

  /// Below it a segment grows by a half, and above by a sixteenth.
  private static final int SMALL = 4_096;

  private final int depth;

  /// The engine's names; 0 where there is no entry.
  private long[] keys;

  /// Of each slot the parent's name by the engine, and our name in two halves.
  private long[] names;

  /// Seven bits a tier, flags and generation; 0 where there is no entry.
  private int[] counts;

  private int size;

  CopySegment(int slots, int depth) {
    this.depth = depth;
    this.keys = new long[slots];
    this.names = new long[NAME_LONGS * slots];
    this.counts = new int[slots];
  }

  int depth() {
    return depth;
  }

  int slots() {
    return keys.length;
  }

  int size() {
    return size;
  }

  static long bytes(int slots) {
    return HEAD_BYTES + (long) SLOT_BYTES * slots;
  }

  long bytes() {
    return HEAD_BYTES
        + (long) Long.BYTES * (keys.length + names.length)
        + (long) Integer.BYTES * counts.length;
  }

  /// A copy in a tier, as it is counted.
  static int one(Tier tier) {
    return 1 << (COUNT_BITS * tier.code());
  }

  /// Slots for so many blocks and some more: 78% of them full.
  static int slotsFor(int blocks) {
    return Math.max(SLOTS_MIN, blocks + blocks / 4 + blocks / 32 + 2);
  }

  int slotsWhenGrown() {
    return keys.length + keys.length / (keys.length < SMALL ? 2 : 16);
  }

  /// Whether one more finds no room.
  boolean isFull() {
    return FULL_OF * (size + 1) > FULL * keys.length;
  }

  /// Whether less than three slots in eight are full, which are more than a few.
  boolean isSparse() {
    return 8 * size < 3 * keys.length && keys.length > 4 * SLOTS_MIN;
  }

  int slotsWhenShrunk() {
    return Math.max(SLOTS_MIN, size + size / 2 + 2);
  }

  /// Where a block is; -1 if it is not.
  int find(long hash, long mixed) {
    var its = keys;
    for (int i = home(mixed); ; i = next(i)) {
      long key = its[i];
      if (key == hash) {
        if (hash != 0 || counts[i] != 0) {
          return i;
        }
        return -1;
      }
      if (key == 0 && counts[i] == 0) {
        return -1;
      }
    }
  }

  private int home(long mixed) {
    return (int) ((((mixed << depth) >>> Integer.SIZE) * keys.length) >>> Integer.SIZE);
  }

  private int next(int i) {
    return i + 1 == keys.length ? 0 : i + 1;
  }

  /// Makes an entry, whose [#flags] have to be set next.
  int add(long hash, long mixed) {
    int i = home(mixed);
    while (keys[i] != 0 || counts[i] != 0) {
      i = next(i);
    }
    keys[i] = hash;
    size++;
    return i;
  }

  long key(int i) {
    return keys[i];
  }

  long parent(int i) {
    return names[NAME_LONGS * i];
  }

  long high(int i) {
    return names[NAME_LONGS * i + 1];
  }

  long low(int i) {
    return names[NAME_LONGS * i + 2];
  }

  void name(int i, long high, long low, long parent) {
    names[NAME_LONGS * i] = parent;
    names[NAME_LONGS * i + 1] = high;
    names[NAME_LONGS * i + 2] = low;
  }

  int flags(int i) {
    return counts[i];
  }

  void flags(int i, int flags) {
    counts[i] = flags;
  }

  int count(int i, Tier tier) {
    return (counts[i] >>> (COUNT_BITS * tier.code())) & COUNT_MAX;
  }

  int generation(int i) {
    return counts[i] >>> GENERATION_SHIFT;
  }

  void generation(int i, int generation) {
    counts[i] = (counts[i] & (ALL_COUNTS | BORROWED)) | (generation << GENERATION_SHIFT);
  }

  /// The first slot from one on whose block is of a generation and has so many copies in a GPU; the
  /// end if there is none.
  int seek(int from, int end, int generation, int copies) {
    int i = from;
    while (i < end && !(generation(i) == generation && count(i, Tier.GPU) >= copies)) {
      i++;
    }
    return i;
  }

  /// Removes an entry and closes the hole: what probing put behind it moves up.
  void remove(int gone, long seed) {
    size--;
    var its = keys;
    int hole = gone;
    for (int i = next(hole); its[i] != 0 || counts[i] != 0; i = next(i)) {
      int home = home(Hash64.mix(its[i] ^ seed));
      boolean stays = hole <= i ? hole < home && home <= i : hole < home || home <= i;
      if (!stays) {
        its[hole] = its[i];
        copyName(names, i, names, hole);
        counts[hole] = counts[i];
        hole = i;
      }
    }
    free(hole);
  }

  /// Three assignments, which cost less than a call that copies.
  private static void copyName(long[] from, int i, long[] to, int j) {
    to[NAME_LONGS * j] = from[NAME_LONGS * i];
    to[NAME_LONGS * j + 1] = from[NAME_LONGS * i + 1];
    to[NAME_LONGS * j + 2] = from[NAME_LONGS * i + 2];
  }

  private void free(int i) {
    keys[i] = 0;
    counts[i] = 0;
  }

  /// Moves all into so many slots.
  void resize(int slots, long seed) {
    var larger = new CopySegment(slots, depth);
    for (int i = 0; i < keys.length; i++) {
      if (counts[i] != 0) {
        larger.take(this, i, Hash64.mix(keys[i] ^ seed));
      }
    }
    keys = larger.keys;
    names = larger.names;
    counts = larger.counts;
  }

  private void take(CopySegment from, int i, long mixed) {
    int to = add(from.keys[i], mixed);
    copyName(from.names, i, names, to);
    counts[to] = from.counts[i];
  }

  /// How many would go into the second of two segments.
  int countOnes(long seed) {
    int ones = 0;
    for (int i = 0; i < keys.length; i++) {
      ones += counts[i] != 0 && isOne(Hash64.mix(keys[i] ^ seed)) ? 1 : 0;
    }
    return ones;
  }

  private boolean isOne(long mixed) {
    return mixed << depth < 0;
  }

  /// Two segments that have all, by the bit behind the first [#depth].
  CopySegment[] split(int lowSlots, int highSlots, long seed) {
    var two =
        new CopySegment[] {
          new CopySegment(lowSlots, depth + 1), new CopySegment(highSlots, depth + 1)
        };
    for (int i = 0; i < keys.length; i++) {
      if (counts[i] != 0) {
        long mixed = Hash64.mix(keys[i] ^ seed);
        two[isOne(mixed) ? 1 : 0].take(this, i, mixed);
      }
    }
    return two;
  }
}
