// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import java.util.Arrays;

/// Contiguous stretches of a line of units: each is free, has an owner, or is claimed.
///
/// One thread. Taking and giving cost the same however many there are; memory is 20 B for each.
final class Extents {
  /*
   * Segregated free lists over one line. Each extent, free or not, has a record with its neighbours
   * in the order of the line, so a free one joins those beside it at once and no size is tied to a
   * place. A free extent is in the list of the greatest class not above its size; what is taken has
   * the size of a class, so each extent of a list at or above it is enough.
   *
   * An extent is claimed while what lies around it is moved away: neither free nor owned.
   *
   * An extent reaches to the next one, so its size is not kept. Its start is ~start while it is
   * free, and OWNER is then a link of its list.
   *
   * Records are in pages, which never move; a record's number is what others know it by. Everything
   * that can fail, that is to get a page, comes before anything is changed.
   */
  static final int NONE = -1;

  /// Owners that are none.
  static final int FREE = -1;

  static final int CLAIMED = -2;

  private static final int PAGE_LOG = 10;
  private static final int PAGE = 1 << PAGE_LOG;

  private static final int START = 0;
  private static final int PREVIOUS = 1;
  private static final int NEXT = 2;
  private static final int OWNER = 3;
  private static final int LIST_PREVIOUS = OWNER;
  private static final int LIST_NEXT = 4;
  private static final int WORDS = 5;

  /// The owner of a record that is of no extent.
  private static final int UNUSED = Integer.MIN_VALUE;

  private final int[] heads = new int[SizeClasses.COUNT];
  private final long[] nonEmpty = new long[SizeClasses.COUNT / Long.SIZE];
  private final int total;
  private final FaultPoints faults;
  private int[][] pages = new int[0][];
  private int unusedHead = NONE;
  private int free;
  private final int first;
  private int count;

  Extents(int total, FaultPoints faults) {
    this.total = total;
    this.faults = faults;
    Arrays.fill(heads, NONE);
    int all = newRecord();
    this.first = all;
    set(all, START, 0);
    set(all, PREVIOUS, NONE);
    set(all, NEXT, NONE);
    link(all);
  }

  /// Takes the front of a free extent.
  ///
  /// @param units the size of a class
  /// @param owner at least 0, or below [#CLAIMED]
  /// @return the extent, or [#NONE] if there is none so large
  int take(int units, int owner) {
    int sizeClass = firstFrom(SizeClasses.floor(units));
    if (sizeClass == NONE) {
      return NONE;
    }
    int extent = heads[sizeClass];
    int rest = units(extent) - units;
    int behind = rest == 0 ? NONE : newRecord();
    unlink(extent);
    if (rest > 0) {
      set(behind, START, start(extent) + units);
      chain(behind, next(extent));
      chain(extent, behind);
      link(behind);
    }
    own(extent, owner);
    return extent;
  }

  /// Makes an extent free, and one with the free ones beside it.
  ///
  /// @throws IllegalStateException if it is free
  void give(int extent) {
    if (owner(extent) == FREE || owner(extent) == UNUSED) {
      throw new IllegalStateException("extent: %d (expected: not free)".formatted(extent));
    }
    int merged = extent;
    int previous = get(extent, PREVIOUS);
    if (previous != NONE && owner(previous) == FREE) {
      unlink(previous);
      join(previous, extent);
      merged = previous;
    }
    int next = next(merged);
    if (next != NONE && owner(next) == FREE) {
      unlink(next);
      join(merged, next);
    }
    link(merged);
  }

  /// Takes an extent out of the free ones, or from its owner, until it is given.
  void claim(int extent) {
    if (owner(extent) == FREE) {
      unlink(extent);
    }
    own(extent, CLAIMED);
  }

  /// The number of units that are free.
  int free() {
    return free;
  }

  int total() {
    return total;
  }

  /// Extents of every kind.
  int count() {
    return count;
  }

  /// The greatest size of a class that can be taken, or 0.
  int largest() {
    for (int word = nonEmpty.length - 1; word >= 0; word--) {
      if (nonEmpty[word] != 0) {
        int bit = Long.SIZE - 1 - Long.numberOfLeadingZeros(nonEmpty[word]);
        return SizeClasses.units(word * Long.SIZE + bit);
      }
    }
    return 0;
  }

  int start(int extent) {
    int start = get(extent, START);
    return start < 0 ? ~start : start;
  }

  int units(int extent) {
    int next = next(extent);
    return (next == NONE ? total : start(next)) - start(extent);
  }

  int owner(int extent) {
    return get(extent, START) < 0 ? FREE : get(extent, OWNER);
  }

  void own(int extent, int owner) {
    set(extent, START, start(extent));
    set(extent, OWNER, owner);
  }

  /// The extent at the beginning of the line.
  int first() {
    return first;
  }

  /// The extent behind this one in the line, or [#NONE].
  int next(int extent) {
    return get(extent, NEXT);
  }

  /// Whether a number is that of an extent.
  boolean exists(int extent) {
    return extent >= 0 && extent < pages.length << PAGE_LOG && owner(extent) != UNUSED;
  }

  long heapBytes() {
    return (long) pages.length * PAGE * WORDS * Integer.BYTES;
  }

  private int firstFrom(int sizeClass) {
    int word = sizeClass / Long.SIZE;
    long bits = nonEmpty[word] & (-1L << sizeClass);
    while (bits == 0) {
      word++;
      if (word == nonEmpty.length) {
        return NONE;
      }
      bits = nonEmpty[word];
    }
    return word * Long.SIZE + Long.numberOfTrailingZeros(bits);
  }

  private void join(int left, int right) {
    chain(left, next(right));
    own(right, UNUSED);
    set(right, NEXT, unusedHead);
    unusedHead = right;
    count--;
  }

  private void chain(int left, int right) {
    set(left, NEXT, right);
    if (right != NONE) {
      set(right, PREVIOUS, left);
    }
  }

  private void link(int extent) {
    int sizeClass = SizeClasses.floor(units(extent));
    int head = heads[sizeClass];
    set(extent, START, ~start(extent));
    set(extent, LIST_PREVIOUS, NONE);
    set(extent, LIST_NEXT, head);
    if (head != NONE) {
      set(head, LIST_PREVIOUS, extent);
    }
    heads[sizeClass] = extent;
    nonEmpty[sizeClass / Long.SIZE] |= 1L << sizeClass;
    free += units(extent);
  }

  private void unlink(int extent) {
    int sizeClass = SizeClasses.floor(units(extent));
    int before = get(extent, LIST_PREVIOUS);
    int after = get(extent, LIST_NEXT);
    if (before == NONE) {
      heads[sizeClass] = after;
    } else {
      set(before, LIST_NEXT, after);
    }
    if (after != NONE) {
      set(after, LIST_PREVIOUS, before);
    }
    if (heads[sizeClass] == NONE) {
      nonEmpty[sizeClass / Long.SIZE] &= ~(1L << sizeClass);
    }
    free -= units(extent);
  }

  private int newRecord() {
    if (unusedHead == NONE) {
      addPage();
    }
    int extent = unusedHead;
    unusedHead = next(extent);
    count++;
    return extent;
  }

  private void addPage() {
    faults.reach();
    var longer = Arrays.copyOf(pages, pages.length + 1);
    longer[pages.length] = new int[PAGE * WORDS];
    int first = pages.length << PAGE_LOG;
    pages = longer;
    for (int extent = first + PAGE - 1; extent >= first; extent--) {
      set(extent, OWNER, UNUSED);
      set(extent, NEXT, unusedHead);
      unusedHead = extent;
    }
  }

  private int get(int extent, int word) {
    return pages[extent >>> PAGE_LOG][(extent & (PAGE - 1)) * WORDS + word];
  }

  private void set(int extent, int word, int value) {
    pages[extent >>> PAGE_LOG][(extent & (PAGE - 1)) * WORDS + word] = value;
  }
}
