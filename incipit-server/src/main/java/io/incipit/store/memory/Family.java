// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import java.util.Arrays;

/// Values that go together or not at all: the slots of the members of one block. They are not gone:
/// whoever fills this in was told of all that are.
public final class Family {
  private int[] slots = new int[8];
  private int size;

  /// An empty one.
  public Family() {}

  /// Adds a member.
  ///
  /// @param slot as [Handle#slot] says
  public void add(int slot) {
    if (size == slots.length) {
      slots = Arrays.copyOf(slots, 2 * size);
    }
    slots[size] = slot;
    size++;
  }

  /// Members.
  public int size() {
    return size;
  }

  /// The slot of a member, in `[0, size)`.
  public int slot(int i) {
    return slots[i];
  }

  /// Takes all members out.
  public void clear() {
    size = 0;
  }
}
