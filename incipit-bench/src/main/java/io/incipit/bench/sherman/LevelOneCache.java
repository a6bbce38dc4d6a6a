// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import io.incipit.bench.pool.Bytes;
import io.incipit.env.RandomSource;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// A client's copies of pages above the leaves, sorted by their lowest key; no two hold the same
/// keys. Its budget counts copies with their headers and the arrays that it finds them by.
final class LevelOneCache {
  private static final int ARRAY_HEADER_BYTES = 16;

  /// Of each place: lowest and highest key, reference.
  private static final int PLACE_BYTES = Long.BYTES + Long.BYTES + Integer.BYTES;

  private static final int PLACES_MIN = 64;
  private static final long SEED = 11;
  private static final byte[] NO_COPY = {};

  private final Pages pages;
  private final long bytesMax;
  private final int copyBytes;
  private final RandomGenerator random = RandomSource.seeded(SEED);
  private long[] lowest = new long[PLACES_MIN];
  private long[] highest = new long[PLACES_MIN];
  private byte[][] copies = new byte[PLACES_MIN][];
  private int count;

  LevelOneCache(Pages pages, long bytesMax) {
    this.pages = pages;
    this.bytesMax = bytesMax;
    copyBytes = pages.layout.pageBytes + ARRAY_HEADER_BYTES;
  }

  long bytes() {
    return bytes(count, lowest.length);
  }

  private long bytes(int copiesKept, int places) {
    return (long) copiesKept * copyBytes + (long) places * PLACE_BYTES + 3 * ARRAY_HEADER_BYTES;
  }

  int size() {
    return count;
  }

  /// Keeps a copy of a page.
  void add(byte[] page) {
    long low = pages.lowest(page, 0);
    long high = pages.highest(page, 0);
    int place = floor(low);
    if (place >= 0 && lowest[place] == low) {
      System.arraycopy(page, 0, copies[place], 0, page.length);
    } else {
      if (!makeRoom()) {
        return;
      }
      // What made room may have moved the place.
      place = floor(low) + 1;
      insert(place, page.clone(), low);
    }
    highest[place] = high;
    Bytes.setLong(copies[place], 0, 0);
    if (place > 0 && !Pages.isAtLeast(low, highest[place - 1])) {
      // The page before has split since it was read.
      highest[place - 1] = low;
    }
    if (place + 1 < count && !Pages.isAtLeast(lowest[place + 1], high)) {
      highest[place] = lowest[place + 1];
    }
  }

  private void insert(int place, byte[] copy, long low) {
    System.arraycopy(lowest, place, lowest, place + 1, count - place);
    System.arraycopy(highest, place, highest, place + 1, count - place);
    System.arraycopy(copies, place, copies, place + 1, count - place);
    lowest[place] = low;
    copies[place] = copy;
    count++;
  }

  private boolean makeRoom() {
    if (count == lowest.length && bytes(count + 1, 2 * count) <= bytesMax) {
      lowest = Arrays.copyOf(lowest, 2 * count);
      highest = Arrays.copyOf(highest, 2 * count);
      copies = Arrays.copyOf(copies, 2 * count);
    }
    if (count < lowest.length && bytes(count + 1, lowest.length) <= bytesMax) {
      return true;
    }
    if (count == 0) {
      return false;
    }
    int one = random.nextInt(count);
    int other = random.nextInt(count);
    remove(uses(one) <= uses(other) ? one : other);
    return true;
  }

  private long uses(int place) {
    return Bytes.longAt(copies[place], 0);
  }

  private void remove(int place) {
    count--;
    System.arraycopy(lowest, place + 1, lowest, place, count - place);
    System.arraycopy(highest, place + 1, highest, place, count - place);
    System.arraycopy(copies, place + 1, copies, place, count - place);
    copies[count] = NO_COPY;
  }

  /// The last place whose lowest key is not above a key, -1 if there is none.
  private int floor(long key) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(lowest[middle], key) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /// The place of the page that holds a key, -1 if there is none.
  int place(long key) {
    int place = floor(key);
    return place >= 0 && !Pages.isAtLeast(key, highest[place]) ? place : -1;
  }

  /// The first place whose keys, its highest included, are not all below a key; [#size] if none.
  int firstPlace(long key) {
    int place = floor(key);
    if (place > 0 && highest[place - 1] == key) {
      return place - 1;
    }
    return place >= 0
            && highest[place] != Layout.UNBOUNDED
            && Long.compareUnsigned(highest[place], key) < 0
        ? place + 1
        : Math.max(place, 0);
  }

  /// The copy at a place, which is used once more.
  byte[] use(int place) {
    var copy = copies[place];
    Bytes.setLong(copy, 0, Bytes.longAt(copy, 0) + 1);
    return copy;
  }

  long lowest(int place) {
    return lowest[place];
  }

  long highest(int place) {
    return highest[place];
  }

  /// The leaf for a key, as far as it knows; 0 if it does not.
  long leaf(long key) {
    int place = place(key);
    if (place < 0) {
      return 0;
    }
    var copy = use(place);
    return pages.child(copy, pages.childIndex(copy, key));
  }

  /// Forgets the page that holds a key.
  void drop(long key) {
    int place = place(key);
    if (place >= 0) {
      remove(place);
    }
  }
}
