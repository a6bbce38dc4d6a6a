// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import io.incipit.block.Hash64;
import java.util.Arrays;

/// Finds slots by the 64-bit id that each holds: open addressing, at most five eighths full. 14 to
/// 21 B a slot.
public final class IdIndex {
  /// No slot.
  public static final int NONE = -1;

  private long[] ids;

  /// Slot + 1, or 0.
  private int[] table;

  private int shift;

  /// Makes an index of `slots` slots, all of them empty.
  public IdIndex(int slots) {
    this.ids = new long[slots];
    this.table = new int[tableLength(slots)];
    this.shift = Long.SIZE - Integer.numberOfTrailingZeros(table.length);
  }

  private static int tableLength(int slots) {
    int least = Math.max(4, slots + (int) (3L * slots / 5));
    return Integer.highestOneBit(least - 1) << 1;
  }

  /// Slots there are, empty ones included.
  public int slots() {
    return ids.length;
  }

  /// The id that a slot holds.
  public long id(int slot) {
    return ids[slot];
  }

  /// The slot that holds an id, or [#NONE].
  public int find(long id) {
    int mask = table.length - 1;
    for (int place = home(id); table[place] != 0; place = (place + 1) & mask) {
      if (ids[table[place] - 1] == id) {
        return table[place] - 1;
      }
    }
    return NONE;
  }

  /// Puts an id that is not there into a slot that holds none.
  public void put(int slot, long id) {
    ids[slot] = id;
    enter(slot);
  }

  private void enter(int slot) {
    int mask = table.length - 1;
    int place = home(ids[slot]);
    while (table[place] != 0) {
      place = (place + 1) & mask;
    }
    table[place] = slot + 1;
  }

  /// Empties a slot, and moves what stood behind it so that no search ends early.
  public void remove(int slot) {
    int mask = table.length - 1;
    int hole = home(ids[slot]);
    while (table[hole] != slot + 1) {
      hole = (hole + 1) & mask;
    }
    for (int place = (hole + 1) & mask; table[place] != 0; place = (place + 1) & mask) {
      int home = home(ids[table[place] - 1]);
      if (((place - home) & mask) >= ((place - hole) & mask)) {
        table[hole] = table[place];
        hole = place;
      }
    }
    table[hole] = 0;
  }

  /// Makes room for more slots.
  ///
  /// @param held slots from 0 on that hold ids, all of them
  public void grow(int slots, int held) {
    ids = Arrays.copyOf(ids, slots);
    if (tableLength(slots) == table.length) {
      return;
    }
    table = new int[tableLength(slots)];
    shift = Long.SIZE - Integer.numberOfTrailingZeros(table.length);
    for (int slot = 0; slot < held; slot++) {
      enter(slot);
    }
  }

  private int home(long id) {
    return (int) ((id * Hash64.GOLDEN) >>> shift);
  }
}
