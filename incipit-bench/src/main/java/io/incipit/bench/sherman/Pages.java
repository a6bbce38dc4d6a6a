// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import io.incipit.bench.pool.Bytes;
import java.util.Arrays;

/// Reads and changes copies of pages: a page is `page[at..]`. Has no state of its own.
final class Pages {
  private static final int NONE = 0xFFFF;
  private static final int ENTRY_VERSION = 0x0F;

  final Layout layout;
  private final boolean wide;

  Pages(Layout layout) {
    this.layout = layout;
    wide = layout.keyBytes > Long.BYTES;
  }

  /// The key at a position: at 32 bytes a number with zeros before it, big-endian.
  long key(byte[] page, int at) {
    return wide
        ? Long.reverseBytes(Bytes.longAt(page, at + layout.keyBytes - Long.BYTES))
        : Bytes.longAt(page, at);
  }

  private void setKey(byte[] page, int at, long key) {
    if (wide) {
      Arrays.fill(page, at, at + layout.keyBytes - Long.BYTES, (byte) 0);
      Bytes.setLong(page, at + layout.keyBytes - Long.BYTES, Long.reverseBytes(key));
    } else {
      Bytes.setLong(page, at, key);
    }
  }

  /// Makes it an empty page.
  void clear(byte[] page, int level, long lowest, long highest) {
    Arrays.fill(page, (byte) 0);
    page[Layout.LEVEL] = (byte) level;
    Bytes.setShort(page, Layout.LAST, NONE);
    setKey(page, Layout.LOWEST, lowest);
    setKey(page, layout.highest, highest);
  }

  boolean isLeaf(byte[] page, int at) {
    return leftmost(page, at) == 0;
  }

  int level(byte[] page, int at) {
    return page[at + Layout.LEVEL];
  }

  long leftmost(byte[] page, int at) {
    return Bytes.longAt(page, at + Layout.LEFTMOST);
  }

  void setLeftmost(byte[] page, long child) {
    Bytes.setLong(page, Layout.LEFTMOST, child);
  }

  long sibling(byte[] page, int at) {
    return Bytes.longAt(page, at + Layout.SIBLING);
  }

  void setSibling(byte[] page, long address) {
    Bytes.setLong(page, Layout.SIBLING, address);
  }

  long lowest(byte[] page, int at) {
    return key(page, at + Layout.LOWEST);
  }

  long highest(byte[] page, int at) {
    return key(page, at + layout.highest);
  }

  void setHighest(byte[] page, long key) {
    setKey(page, layout.highest, key);
  }

  /// Whether a key is right of all that the page may hold.
  boolean isBeyond(byte[] page, int at, long key) {
    return isAtLeast(key, highest(page, at));
  }

  /// Whether a key is at or above a highest key.
  static boolean isAtLeast(long key, long highest) {
    return highest != Layout.UNBOUNDED && Long.compareUnsigned(key, highest) >= 0;
  }

  /// Whether the page is the key's.
  boolean covers(byte[] page, int at, long key) {
    return Long.compareUnsigned(key, lowest(page, at)) >= 0 && !isBeyond(page, at, key);
  }

  private int rear(byte[] page, int at) {
    return isLeaf(page, at) ? layout.leafRear : layout.branchRear;
  }

  /// Whether front and rear version are the same.
  boolean isWhole(byte[] page, int at) {
    return page[at + Layout.FRONT] == page[at + rear(page, at)];
  }

  /// Gives it the next version.
  ///
  /// @return where the rear version is
  int change(byte[] page) {
    int rear = rear(page, 0);
    page[Layout.FRONT]++;
    page[rear] = page[Layout.FRONT];
    return rear;
  }

  // Internal pages.

  int branches(byte[] page, int at) {
    return (Bytes.shortAt(page, at + Layout.LAST) + 1) & NONE;
  }

  private void setBranches(byte[] page, int count) {
    Bytes.setShort(page, Layout.LAST, count - 1);
  }

  private int branch(int index) {
    return layout.records + index * layout.branchBytes;
  }

  long branchKey(byte[] page, int index) {
    return key(page, branch(index));
  }

  private long branchChild(byte[] page, int index) {
    return Bytes.longAt(page, branch(index) + layout.keyBytes);
  }

  /// The index of the child for a key, from 0 (the leftmost) to [#branches].
  int childIndex(byte[] page, long key) {
    int low = 0;
    int high = branches(page, 0);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(branchKey(page, middle), key) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// A child by its index.
  long child(byte[] page, int index) {
    return index == 0 ? leftmost(page, 0) : branchChild(page, index - 1);
  }

  /// The lowest key of a child.
  long childLowest(byte[] page, int index) {
    return index == 0 ? lowest(page, 0) : branchKey(page, index - 1);
  }

  /// The highest key of a child, exclusive.
  long childHighest(byte[] page, int index) {
    return index == branches(page, 0) ? highest(page, 0) : branchKey(page, index);
  }

  /// Adds a child, or sets it if its lowest key is there. There must be room.
  ///
  /// @return how many branches there are
  int addBranch(byte[] page, long key, long child) {
    int index = childIndex(page, key);
    int count = branches(page, 0);
    if (index > 0 && branchKey(page, index - 1) == key) {
      Bytes.setLong(page, branch(index - 1) + layout.keyBytes, child);
      return count;
    }
    System.arraycopy(
        page, branch(index), page, branch(index + 1), (count - index) * layout.branchBytes);
    setKey(page, branch(index), key);
    Bytes.setLong(page, branch(index) + layout.keyBytes, child);
    setBranches(page, count + 1);
    return count + 1;
  }

  /// Moves the upper half of a full internal page to a new one.
  ///
  /// @return the middle key, which is of neither
  long splitBranches(byte[] page, byte[] right) {
    int count = branches(page, 0);
    int middle = count / 2;
    long key = branchKey(page, middle);
    clear(right, level(page, 0), key, highest(page, 0));
    setLeftmost(right, branchChild(page, middle));
    int moved = count - middle - 1;
    System.arraycopy(page, branch(middle + 1), right, branch(0), moved * layout.branchBytes);
    setBranches(right, moved);
    Arrays.fill(page, branch(middle), branch(count), (byte) 0);
    setBranches(page, middle);
    return key;
  }

  // Leaves.

  /// Where a leaf's record begins.
  int entry(int index) {
    return layout.records + index * layout.entryBytes;
  }

  /// Whether a record that begins at a position was read in one state.
  boolean isEntryWhole(byte[] page, int at) {
    return ((page[at] ^ page[at + layout.entryRear]) & ENTRY_VERSION) == 0;
  }

  long entryKey(byte[] page, int at) {
    return key(page, at + 1);
  }

  long entryValue(byte[] page, int at) {
    return Bytes.longAt(page, at + layout.entryValue);
  }

  /// Sets a record, and gives it its next version.
  void setEntry(byte[] page, int at, long key, long value) {
    byte version = (byte) ((page[at] + 1) & ENTRY_VERSION);
    page[at] = version;
    setKey(page, at + 1, key);
    Bytes.setLong(page, at + layout.entryValue, value);
    page[at + layout.entryRear] = version;
  }

  /// Moves the upper half of a full leaf to a new one; both are sorted then.
  ///
  /// @return the lowest key of the new one
  long splitEntries(byte[] page, byte[] right) {
    int count = 0;
    var keys = new long[layout.entriesMax];
    var values = new long[layout.entriesMax];
    for (int i = 0; i < layout.entriesMax; i++) {
      long value = entryValue(page, entry(i));
      if (value != 0) {
        count = insertSorted(keys, values, count, entryKey(page, entry(i)), value);
      }
    }
    int middle = count / 2;
    long key = keys[middle];
    clear(right, 0, key, highest(page, 0));
    Arrays.fill(page, layout.records, layout.leafRear, (byte) 0);
    for (int i = 0; i < count; i++) {
      var side = i < middle ? page : right;
      setEntry(side, entry(i < middle ? i : i - middle), keys[i], values[i]);
    }
    return key;
  }

  private static int insertSorted(long[] keys, long[] values, int count, long key, long value) {
    int at = count;
    while (at > 0 && Long.compareUnsigned(keys[at - 1], key) > 0) {
      keys[at] = keys[at - 1];
      values[at] = values[at - 1];
      at--;
    }
    keys[at] = key;
    values[at] = value;
    return count + 1;
  }
}
