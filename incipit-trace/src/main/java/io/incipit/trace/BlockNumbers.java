// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import io.incipit.block.Hash64;
import java.util.Arrays;

/// Numbers ids from 0 in the order in which they are first seen. For one thread.
///
/// Ids that come as numbered already, 0, 1, 2 and so on, cost nothing. From the first other one on,
/// each new id takes 16 to 32 B: open addressing with 12 B a slot, at most three quarters full.
public final class BlockNumbers {
  private static final int SLOTS_MAX = 1 << 30;

  /// Ids in the slots beyond which there are twice as many slots.
  private static final double FULL = 0.75;

  private static final int ORDERED_MAX = 1 << 30;

  private long[] ids = new long[1 << 12];
  private int[] numbers = new int[1 << 12];
  private int count;

  /// Ids below this one are their own numbers, and in no slot.
  private int ordered;

  /// Makes one without ids.
  public BlockNumbers() {
    Arrays.fill(numbers, -1);
  }

  /// The number of an id; [#count] grows by one if it is new.
  public int number(long id) {
    if (id >= 0 && id < ordered) {
      return (int) id;
    }
    if (id == ordered && count == ordered && count < ORDERED_MAX) {
      ordered++;
      count++;
      return count - 1;
    }
    int slot = slot(id);
    if (numbers[slot] < 0) {
      ids[slot] = id;
      numbers[slot] = count;
      count++;
      if (count - ordered > FULL * ids.length) {
        grow();
      }
      return count - 1;
    }
    return numbers[slot];
  }

  /// Gives the next number away, to no id.
  public int take() {
    count++;
    return count - 1;
  }

  /// How many numbers were given.
  public int count() {
    return count;
  }

  private int slot(long id) {
    int mask = ids.length - 1;
    int slot = (int) ((id * Hash64.GOLDEN) >>> Long.numberOfLeadingZeros(mask));
    while (numbers[slot] >= 0 && ids[slot] != id) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    if (ids.length == SLOTS_MAX) {
      throw new IllegalArgumentException(
          "distinct blocks: %d (expected: at most %.0f)"
              .formatted(count, ordered + FULL * SLOTS_MAX));
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
