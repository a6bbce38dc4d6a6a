// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import java.util.Arrays;

/// How many owners have which four counts, of which each is at least the one before it. Used again
/// for the next answer. Not for several threads at once.
public final class Populations {
  /*
   * Entries of four counts and a population, in the order of their coming. Few are looked for one
   * after the other; from the tenth on an open-addressing table says where they are.
   */
  private static final int COUNTS = 4;
  private static final int FIELDS = COUNTS + 1;
  private static final int FEW = 8;

  private int[] entries = new int[FEW * FIELDS];
  private int size;
  private int total;

  /// Entries by the hash of their counts, plus one; 0 where there is none.
  private int[] table = new int[0];

  /// An empty one.
  public Populations() {}

  /// Begins with nobody.
  public void clear() {
    size = 0;
    total = 0;
  }

  /// Owners, all together.
  public int total() {
    return total;
  }

  /// Adds owners, at least one, with four counts.
  public void add(int first, int second, int third, int fourth, int owners) {
    total += owners;
    int entry = size <= FEW ? scan(first, second, third, fourth) : -1;
    if (entry < 0 && size >= FEW) {
      entry = probe(first, second, third, fourth);
    }
    if (entry < 0) {
      entry = append(first, second, third, fourth);
    }
    entries[entry * FIELDS + COUNTS] += owners;
  }

  private int scan(int first, int second, int third, int fourth) {
    for (int entry = 0; entry < size; entry++) {
      if (is(entry, first, second, third, fourth)) {
        return entry;
      }
    }
    return -1;
  }

  private boolean is(int entry, int first, int second, int third, int fourth) {
    int at = entry * FIELDS;
    return entries[at + 3] == fourth
        && entries[at + 2] == third
        && entries[at + 1] == second
        && entries[at] == first;
  }

  private int append(int first, int second, int third, int fourth) {
    int at = size * FIELDS;
    if (at == entries.length) {
      entries = Arrays.copyOf(entries, 2 * at);
    }
    entries[at] = first;
    entries[at + 1] = second;
    entries[at + 2] = third;
    entries[at + 3] = fourth;
    entries[at + COUNTS] = 0;
    return size++;
  }

  /// Looks an entry up in the table, and makes it if it is not there.
  private int probe(int first, int second, int third, int fourth) {
    if (size == FEW || 2 * size >= table.length) {
      int least = Integer.highestOneBit(4 * size);
      boolean fits = table.length >= least && table.length <= 8 * least;
      table = fits ? table : new int[2 * least];
      Arrays.fill(table, 0);
      for (int entry = 0; entry < size; entry++) {
        int at = entry * FIELDS;
        int slot = slot(entries[at], entries[at + 1], entries[at + 2], entries[at + 3]);
        table[slot] = entry + 1;
      }
    }
    int slot = slot(first, second, third, fourth);
    if (table[slot] == 0) {
      table[slot] = append(first, second, third, fourth) + 1;
    }
    return table[slot] - 1;
  }

  private int slot(int first, int second, int third, int fourth) {
    int mask = table.length - 1;
    int hash = ((first * 31 + second) * 31 + third) * 31 + fourth;
    int slot = (hash * 0x9E37_79B9) >>> 7 & mask;
    while (table[slot] != 0 && !is(table[slot] - 1, first, second, third, fourth)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /// Puts the four counts that most owners have into `counts`, of several the smallest, compared
  /// from the last count to the first. Counts of zero have `nobody` owners, and win a tie.
  ///
  /// @return false if most have counts of zero: these are not put there
  public boolean mostCommon(int nobody, int[] counts) {
    int most = -1;
    int owners = nobody;
    for (int entry = 0; entry < size; entry++) {
      int here = entries[entry * FIELDS + COUNTS];
      if (here > owners || (here == owners && most >= 0 && isLess(entry, most))) {
        most = entry;
        owners = here;
      }
    }
    if (most >= 0) {
      System.arraycopy(entries, most * FIELDS, counts, 0, COUNTS);
    }
    return most >= 0;
  }

  private boolean isLess(int entry, int other) {
    for (int i = COUNTS - 1; i >= 0; i--) {
      int by = Integer.compare(entries[entry * FIELDS + i], entries[other * FIELDS + i]);
      if (by != 0) {
        return by < 0;
      }
    }
    return false;
  }
}
