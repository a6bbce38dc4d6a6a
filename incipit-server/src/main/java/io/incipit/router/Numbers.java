// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import java.util.Arrays;

/// Whole numbers of 64 bits, signed or not, in order. For one thread.
final class Numbers {
  private static final int FIRST = 64;

  private long[] values = new long[FIRST];
  private int count;

  void add(long value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
  }

  int count() {
    return count;
  }

  long get(int i) {
    return values[i];
  }

  long[] toArray() {
    return Arrays.copyOf(values, count);
  }
}
