// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import java.util.Arrays;

/// Values that go together or not at all: the handles of the members of one block.
public final class Family {
  private long[] handles = new long[8];
  private int size;

  /// An empty one.
  public Family() {}

  /// Adds a member.
  public void add(long handle) {
    if (size == handles.length) {
      handles = Arrays.copyOf(handles, 2 * size);
    }
    handles[size] = handle;
    size++;
  }

  /// Members.
  public int size() {
    return size;
  }

  /// The handle of a member, in `[0, size)`.
  public long handle(int i) {
    return handles[i];
  }

  void clear() {
    size = 0;
  }
}
