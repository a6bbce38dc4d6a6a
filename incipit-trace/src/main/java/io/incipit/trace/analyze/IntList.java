// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import java.util.Arrays;

/// A list of ints that grows; 4 B an entry. For one thread.
final class IntList {
  private static final int LENGTH_MAX = Integer.MAX_VALUE - 8;

  private int[] values = new int[1 << 10];
  private int length;

  void add(int value) {
    if (length == values.length) {
      values = Arrays.copyOf(values, (int) Math.min(LENGTH_MAX, length * 2L));
    }
    values[length] = value;
    length++;
  }

  int at(int i) {
    return values[i];
  }

  void put(int i, int value) {
    values[i] = value;
  }

  void increment(int i) {
    values[i]++;
  }

  int length() {
    return length;
  }

  int[] toArray() {
    return Arrays.copyOf(values, length);
  }
}
