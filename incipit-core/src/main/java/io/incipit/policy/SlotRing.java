// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import java.util.Arrays;

/// Slots in the order in which they were added, each with a time and a number. O(1) for each
/// change, growth apart; 12 B a slot.
final class SlotRing {
  private int[] slots = new int[64];
  private long[] times = new long[64];

  /// Number of the first, and of the next to be added.
  private long first;

  private long next;

  int size() {
    return (int) (next - first);
  }

  /// Adds a slot at the end.
  ///
  /// @return its number, one more than that of the last
  long add(int slot, long timeNs) {
    if (size() == slots.length) {
      grow();
    }
    slots[at(next)] = slot;
    times[at(next)] = timeNs;
    next++;
    return next - 1;
  }

  private void grow() {
    int length = slots.length;
    var longer = Arrays.copyOf(slots, 2 * length);
    var laterTimes = Arrays.copyOf(times, 2 * length);
    for (long number = first; number < next; number++) {
      int to = (int) number & (2 * length - 1);
      longer[to] = slots[at(number)];
      laterTimes[to] = times[at(number)];
    }
    slots = longer;
    times = laterTimes;
  }

  int firstSlot() {
    return slots[at(first)];
  }

  long firstTimeNs() {
    return times[at(first)];
  }

  long firstNumber() {
    return first;
  }

  void removeFirst() {
    first++;
  }

  private int at(long number) {
    return (int) number & (slots.length - 1);
  }
}
