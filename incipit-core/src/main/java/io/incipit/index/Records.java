// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import java.util.Arrays;

/// The records of an answer: groups of as many ints each, used again for the next answer, so that
/// nothing is allocated once there was room for as many. Not for several threads at once.
final class Records {
  /// Which of two records comes first, by the indexes of their first ints.
  interface Order {
    /// Whether the record at `a` comes before the one at `b`.
    boolean isBefore(int[] fields, int a, int b);
  }

  /// As many records as are put in order by moving each to its place.
  private static final int FEW = 16;

  private final int width;
  private final Order order;
  private int[] fields;
  private int count;
  private int cut;
  private long compared;

  Records(int width, Order order) {
    this.width = width;
    this.order = order;
    this.fields = new int[16 * width];
  }

  void clear() {
    count = 0;
    cut = 0;
  }

  int count() {
    return count;
  }

  /// Records left out by the last [#sort]: they stand behind the others until one is added.
  int cut() {
    return cut;
  }

  /// Two records compared, so often until now.
  long compared() {
    return compared;
  }

  /// All ints, record after record.
  int[] fields() {
    return fields;
  }

  /// Adds a record.
  ///
  /// @return index of its first int, which the caller fills in
  int add() {
    if ((count + 1) * width > fields.length) {
      fields = Arrays.copyOf(fields, Math.max((count + 1) * width, fields.length / 2 * 3));
    }
    return count++ * width;
  }

  /// Puts the records from `from` on in order, and leaves out all but the first `most` of them. At
  /// most `n log most` steps for `n` records, in any order, and no memory.
  void sort(int from, int most) {
    int n = count - from;
    int kept = Math.min(n, most);
    if (kept < n) {
      select(from, kept, n);
    }
    if (!isSorted(from, kept)) {
      if (kept <= FEW) {
        insert(from, kept);
      } else {
        makeHeap(from, kept);
        for (int last = kept - 1; last > 0; last--) {
          swap(from, from + last);
          sink(from, 0, last);
        }
      }
    }
    cut = n - kept;
    count = from + kept;
  }

  /// Brings the first `kept` of `n` records to the front: a heap of the first so many, the last of
  /// them at its top, takes in each of the others that comes before that.
  private void select(int from, int kept, int n) {
    makeHeap(from, kept);
    for (int i = kept; kept > 0 && i < n; i++) {
      if (isBefore(from + i, from)) {
        swap(from + i, from);
        sink(from, 0, kept);
      }
    }
  }

  private boolean isSorted(int from, int n) {
    int i = 1;
    while (i < n && !isBefore(from + i, from + i - 1)) {
      i++;
    }
    return i >= n;
  }

  private void insert(int from, int n) {
    for (int i = 1; i < n; i++) {
      for (int j = from + i; j > from && isBefore(j, j - 1); j--) {
        swap(j, j - 1);
      }
    }
  }

  private void makeHeap(int from, int n) {
    for (int i = n / 2 - 1; i >= 0; i--) {
      sink(from, i, n);
    }
  }

  /// Moves the record at `i` of a heap of `n` down to where none below comes after it.
  private void sink(int from, int i, int n) {
    int at = i;
    while (2 * at + 1 < n) {
      int below = 2 * at + 1;
      if (below + 1 < n && isBefore(from + below, from + below + 1)) {
        below++;
      }
      if (!isBefore(from + at, from + below)) {
        return;
      }
      swap(from + at, from + below);
      at = below;
    }
  }

  private boolean isBefore(int i, int j) {
    compared++;
    return order.isBefore(fields, i * width, j * width);
  }

  private void swap(int i, int j) {
    int a = i * width;
    int b = j * width;
    for (int field = 0; field < width; field++) {
      int moved = fields[a + field];
      fields[a + field] = fields[b + field];
      fields[b + field] = moved;
    }
  }
}
