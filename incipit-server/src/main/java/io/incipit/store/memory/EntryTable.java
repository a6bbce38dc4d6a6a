// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Finds slots by the hash of their key: 11 to 21 B each.
///
/// One thread writes; any thread reads meanwhile, without waiting. A look-up that runs beside
/// changes finds what was there all the time, and may find what is no more.
final class EntryTable {
  /*
   * Open addressing in segments, chosen by the upper bits of the hash, so that no growth moves more
   * than a part of all. An entry is the lower half of the hash, which also says where a search
   * begins, and the slot + 1. Nothing moves within an array: what is removed becomes GONE, which
   * a search passes and an addition uses again. An array that is three quarters full, GONE ones
   * counted, is replaced by one of at most half; who still reads the old one sees how things were.
   */
  private static final int SEGMENTS_LOG = 10;
  private static final int LENGTH_MIN = 8;
  private static final long EMPTY = 0;

  /// Has slot + 1 = 0, as no entry has.
  private static final long GONE = 1L << 32;

  private static final long TAGS_MASK = 0xFFFF_FFFFL;
  private static final VarHandle ENTRY = MethodHandles.arrayElementVarHandle(long[].class);

  /// Whether a slot is that of a key, asked of slots whose tag is right.
  @FunctionalInterface
  interface Matcher {
    boolean matches(int slot);
  }

  /// Takes what [#scan] meets.
  @FunctionalInterface
  interface Visitor {
    /// One entry, with as much of its hash as that tells.
    void visit(long hash, int slot);
  }

  private final AtomicReferenceArray<long[]> segments =
      new AtomicReferenceArray<>(1 << SEGMENTS_LOG);
  private final int[] entries = new int[1 << SEGMENTS_LOG];

  /// Entries, and those that are gone.
  private final int[] filled = new int[1 << SEGMENTS_LOG];

  private final FaultPoints faults;
  private long heapBytes;

  EntryTable(FaultPoints faults) {
    this.faults = faults;
    for (int i = 0; i < segments.length(); i++) {
      segments.set(i, new long[LENGTH_MIN]);
    }
    this.heapBytes = ((long) Long.BYTES * LENGTH_MIN) << SEGMENTS_LOG;
  }

  /// The first slot with the tag of `hash` that matches, or [Values#NONE].
  int find(long hash, Matcher matcher) {
    var array = segments.get(segment(hash));
    for (int place = home(hash, array); ; place = (place + 1) & (array.length - 1)) {
      long entry = (long) ENTRY.getAcquire(array, place);
      if (entry == EMPTY) {
        return Values.NONE;
      }
      if (tag(entry) == (int) hash && entry != GONE && matcher.matches(slot(entry))) {
        return slot(entry);
      }
    }
  }

  /// Whether two hashes cannot be told apart by their entries.
  static boolean isSame(long one, long other) {
    return segment(one) == segment(other) && (int) one == (int) other;
  }

  /// Hands out entries in the order of their segment and tag. Entries that are there all the time
  /// are met once. Any thread.
  ///
  /// @param cursor 0, or what the call before returned
  /// @param count about as many, if there are
  /// @return where to go on, or 0 at the end
  long scan(long cursor, int count, Visitor visitor) {
    int segment = (int) (cursor >>> 32) & ((1 << SEGMENTS_LOG) - 1);
    long tag = cursor & TAGS_MASK;
    int met = 0;
    while (segment < segments.length()) {
      var array = segments.get(segment);
      long width = Math.max(1, (TAGS_MASK / array.length) * Math.max(1, count - met));
      long end = Math.min(TAGS_MASK + 1, tag + width);
      for (int place = 0; place < array.length; place++) {
        long entry = (long) ENTRY.getAcquire(array, place);
        long itsTag = entry >>> 32;
        if (entry != EMPTY && entry != GONE && itsTag >= tag && itsTag < end) {
          visitor.visit(((long) segment << (Long.SIZE - SEGMENTS_LOG)) | itsTag, slot(entry));
          met++;
        }
      }
      boolean whole = end > TAGS_MASK;
      segment += whole ? 1 : 0;
      tag = whole ? 0 : end;
      if (met >= count) {
        break;
      }
    }
    return segment == segments.length() ? 0 : ((long) segment << 32) | tag;
  }

  /// Makes room for one more entry of a hash, so that [#add] cannot fail.
  void reserve(long hash) {
    int segment = segment(hash);
    var array = segments.get(segment);
    if (filled[segment] + 1 > array.length - (array.length >> 2)) {
      rebuild(segment, array);
    }
  }

  /// Adds a slot of a key that is not there. [#reserve] came before.
  void add(long hash, int slot) {
    var array = segments.get(segment(hash));
    int place = home(hash, array);
    long entry = array[place];
    while (entry != EMPTY && entry != GONE) {
      place = (place + 1) & (array.length - 1);
      entry = array[place];
    }
    if (entry == EMPTY) {
      filled[segment(hash)]++;
    }
    entries[segment(hash)]++;
    ENTRY.setRelease(array, place, entry(hash, slot));
  }

  /// Puts a slot in the place of another of the same key.
  void replace(long hash, int before, int slot) {
    var array = segments.get(segment(hash));
    ENTRY.setRelease(array, placeOf(hash, before, array), entry(hash, slot));
  }

  /// Removes a slot.
  ///
  /// @return whether it was there
  boolean remove(long hash, int slot) {
    var array = segments.get(segment(hash));
    int place = placeOf(hash, slot, array);
    if (place < 0) {
      return false;
    }
    ENTRY.setRelease(array, place, GONE);
    entries[segment(hash)]--;
    return true;
  }

  long heapBytes() {
    return heapBytes;
  }

  private static int placeOf(long hash, int slot, long[] array) {
    int place = home(hash, array);
    while (array[place] != EMPTY) {
      if (array[place] == entry(hash, slot)) {
        return place;
      }
      place = (place + 1) & (array.length - 1);
    }
    return -1;
  }

  private void rebuild(int segment, long[] array) {
    int length = Math.max(LENGTH_MIN, Integer.highestOneBit(entries[segment] + 1) * 2);
    length = entries[segment] + 1 > length / 2 ? 2 * length : length;
    faults.reach();
    var fresh = new long[length];
    for (long entry : array) {
      if (entry != EMPTY && entry != GONE) {
        int place = tag(entry) & (length - 1);
        while (fresh[place] != EMPTY) {
          place = (place + 1) & (length - 1);
        }
        fresh[place] = entry;
      }
    }
    filled[segment] = entries[segment];
    heapBytes += (long) Long.BYTES * (length - array.length);
    segments.setRelease(segment, fresh);
  }

  private static int segment(long hash) {
    return (int) (hash >>> (Long.SIZE - SEGMENTS_LOG));
  }

  private static int home(long hash, long[] array) {
    return (int) hash & (array.length - 1);
  }

  private static long entry(long hash, int slot) {
    return (hash << 32) | (slot + 1L);
  }

  private static int tag(long entry) {
    return (int) (entry >>> 32);
  }

  private static int slot(long entry) {
    return (int) entry - 1;
  }
}
