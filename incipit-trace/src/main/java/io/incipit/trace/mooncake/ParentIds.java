// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.mooncake;

import java.util.Arrays;

/// Below which id each id stands, for ids from 0 on, of which nearly all stand below the one
/// before. For one thread.
///
/// ```
/// id:       0  1  2  3 | 4  5 | 6  7  8 | ...
/// mark:     0  0  0  0 | 1  0 | 1  0  0 | ...    1: the parent is not the id before
/// exception:             1      3                one for each mark
/// ```
///
/// The exception of a mark is found by the number of marks before it: the sum for its word, and the
/// bits of the word. Memory: 1.5 bits for each id and 4 B for each mark, and half as much again
/// while an array grows.
final class ParentIds {
  /// The parent of ids without one.
  static final int ROOT = -1;

  /// The parent of an id that nobody has put yet.
  static final int UNSEEN = -2;

  private long[] marks = new long[64];

  /// By word of [#marks], the marks before it.
  private int[] marksBefore = new int[64];

  private int[] exceptions = new int[64];
  private int count;
  private int length;

  /// One more than the largest id.
  int length() {
    return length;
  }

  /// Ids whose parent is not the id before, or was put late.
  int exceptions() {
    return count;
  }

  /// The parent of an id, [#ROOT] or [#UNSEEN].
  int at(int id) {
    if (id >= length) {
      return UNSEEN;
    }
    return isMarked(id) ? exceptions[exception(id)] : id - 1;
  }

  /// Keeps the parent of an id that has none yet; ids passed over can be put later, and cost as
  /// much as a mark until then and ever after.
  void put(int id, int parent) {
    if (id < length) {
      exceptions[exception(id)] = parent;
      return;
    }
    while (length < id) {
      append(UNSEEN);
    }
    append(parent);
  }

  private boolean isMarked(int id) {
    return (marks[id >>> 6] & (1L << id)) != 0;
  }

  private int exception(int id) {
    int word = id >>> 6;
    return marksBefore[word] + Long.bitCount(marks[word] & ((1L << id) - 1));
  }

  private void append(int parent) {
    int word = length >>> 6;
    if (word == marks.length) {
      int grown = word + (word >> 1);
      marks = Arrays.copyOf(marks, grown);
      marksBefore = Arrays.copyOf(marksBefore, grown);
    }
    if ((length & (Long.SIZE - 1)) == 0) {
      marksBefore[word] = count;
    }
    if (parent != length - 1) {
      marks[word] |= 1L << length;
      except(parent);
    }
    length++;
  }

  private void except(int parent) {
    if (count == exceptions.length) {
      exceptions = Arrays.copyOf(exceptions, count + (count >> 1));
    }
    exceptions[count] = parent;
    count++;
  }
}
