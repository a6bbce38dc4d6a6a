// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.util.Arrays;

/// Numbers ids from 0 in the order in which they are first seen. Open addressing, 12 B a slot. For
/// one thread.
public final class BlockNumbers {
  private static final int SLOTS_MAX = 1 << 30;

  private long[] ids = new long[1 << 12];
  private int[] numbers = new int[1 << 12];
  private int count;

  /// Makes one without ids.
  public BlockNumbers() {
    Arrays.fill(numbers, -1);
  }

  /// The number of an id; [#count] grows by one if it is new.
  public int number(long id) {
    int slot = slot(id);
    if (numbers[slot] < 0) {
      ids[slot] = id;
      numbers[slot] = count;
      count++;
      if (2L * count > ids.length) {
        grow();
      }
      return count - 1;
    }
    return numbers[slot];
  }

  /// How many ids have numbers.
  public int count() {
    return count;
  }

  private int slot(long id) {
    int mask = ids.length - 1;
    int slot = (int) ((id * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    while (numbers[slot] >= 0 && ids[slot] != id) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    if (ids.length == SLOTS_MAX) {
      throw new IllegalArgumentException(
          "distinct blocks: %d (expected: at most %d)".formatted(count, SLOTS_MAX / 2));
    }
    var oldIds = ids;
    var oldNumbers = numbers;
    ids = new long[2 * oldIds.length];
    numbers = new int[2 * oldIds.length];
    Arrays.fill(numbers, -1);
    for (int i = 0; i < oldIds.length; i++) {
      if (oldNumbers[i] >= 0) {
        int slot = slot(oldIds[i]);
        ids[slot] = oldIds[i];
        numbers[slot] = oldNumbers[i];
      }
    }
  }
}
