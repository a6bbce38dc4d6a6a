// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import java.util.Arrays;

/// The records of an answer: groups of as many words each, ordered by their first words, then by
/// the next ones, unsigned. Used again for the next answer, so that nothing is allocated once there
/// was room for as many. Not for several threads at once.
public final class Records {
  /// As many records as are put in order by moving each to its place.
  private static final int FEW = 16;

  private final int width;
  private long[] words;
  private int count;
  private int cut;
  private int[] indexes = new int[0];
  private int[] merged = new int[0];
  private final long[] moved;
  private long compared;

  /// An empty list.
  ///
  /// @param width words of a record
  public Records(int width) {
    this.width = width;
    this.words = new long[16 * width];
    this.moved = new long[width];
  }

  public void clear() {
    count = 0;
    cut = 0;
  }

  public int count() {
    return count;
  }

  /// Records left out by the last [#sort]: they stand behind the others until one is added.
  public int cut() {
    return cut;
  }

  /// Two records compared, so often until now.
  public long compared() {
    return compared;
  }

  /// All words, record after record.
  public long[] words() {
    return words;
  }

  /// Adds a record.
  ///
  /// @return index of its first word, which the caller fills in
  public int add() {
    if ((count + 1) * width > words.length) {
      words = Arrays.copyOf(words, Math.max((count + 1) * width, words.length / 2 * 3));
    }
    return count++ * width;
  }

  /// Keeps the first so many.
  public void keep(int records) {
    count = records;
  }

  /// Puts the records from `from` on in order, and leaves out all but the first `most` of them. At
  /// most `n log most` steps for `n` records, in any order.
  public void sort(int from, int most) {
    int n = count - from;
    int kept = Math.min(n, most);
    if (kept < n) {
      select(from, kept, n);
    }
    if (!isSorted(from, kept)) {
      if (kept <= FEW) {
        insert(from, kept);
      } else {
        merge(from, kept);
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

  /// Sorts the indexes of `n` records, in groups that are merged two by two, and then moves each
  /// record once.
  private void merge(int from, int n) {
    if (indexes.length < n) {
      indexes = new int[Math.max(n, 2 * indexes.length)];
      merged = new int[indexes.length];
    }
    for (int i = 0; i < n; i++) {
      insertIndex(from + i, i, i / FEW * FEW);
    }
    for (int size = FEW; size < n; size *= 2) {
      for (int start = 0; start < n; start += 2 * size) {
        merge(start, Math.min(n, start + size), Math.min(n, start + 2 * size));
      }
      var sorted = merged;
      merged = indexes;
      indexes = sorted;
    }
    arrange(from, n);
  }

  private void insertIndex(int index, int at, int first) {
    int j = at;
    while (j > first && isBefore(index, indexes[j - 1])) {
      indexes[j] = indexes[j - 1];
      j--;
    }
    indexes[j] = index;
  }

  /// Merges two sorted groups of indexes, which are often one behind the other.
  private void merge(int start, int middle, int end) {
    int left = start;
    int right = middle;
    if (middle < end && !isBefore(indexes[middle], indexes[middle - 1])) {
      right = end;
      System.arraycopy(indexes, middle, merged, middle, end - middle);
    }
    int to = start;
    while (left < middle && right < end) {
      boolean fromRight = isBefore(indexes[right], indexes[left]);
      merged[to++] = fromRight ? indexes[right++] : indexes[left++];
    }
    System.arraycopy(indexes, left, merged, to, middle - left);
    System.arraycopy(indexes, right, merged, to + middle - left, end - right);
  }

  /// Moves the records to where their indexes are, along the circles that these make.
  private void arrange(int from, int n) {
    for (int i = 0; i < n; i++) {
      if (indexes[i] != from + i) {
        System.arraycopy(words, (from + i) * width, moved, 0, width);
        int at = i;
        while (indexes[at] != from + i) {
          int next = indexes[at] - from;
          System.arraycopy(words, (from + next) * width, words, (from + at) * width, width);
          indexes[at] = from + at;
          at = next;
        }
        System.arraycopy(moved, 0, words, (from + at) * width, width);
        indexes[at] = from + at;
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
    int a = i * width;
    int b = j * width;
    int end = a + width - 1;
    while (a < end && words[a] == words[b]) {
      a++;
      b++;
    }
    return Long.compareUnsigned(words[a], words[b]) < 0;
  }

  private void swap(int one, int other) {
    int a = one * width;
    int b = other * width;
    for (int i = 0; i < width; i++) {
      long word = words[a + i];
      words[a + i] = words[b + i];
      words[b + i] = word;
    }
  }
}
