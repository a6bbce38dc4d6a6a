// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.trace.BlockIds;
import java.util.Arrays;
import java.util.LinkedHashSet;

/// The blocks that an owner of limited capacity holds. The least recently used leaf goes first.
///
/// A request touches its blocks from the tail to the head, so a block is always younger than its
/// children: the oldest block of all is a leaf, and the order of use is all there is to keep.
final class LeafLru {
  private final int capacity;
  private final LinkedHashSet<Long> byAge = new LinkedHashSet<>();
  private long[] evicted = new long[64];

  LeafLru(int capacity) {
    this.capacity = capacity;
  }

  /// Admits the blocks of a request, then evicts what is too much.
  ///
  /// @return how many blocks went; they are in [#evicted]. Some of the request itself, if it is
  ///     longer than the capacity
  int admit(BlockIds ids) {
    for (int i = ids.length() - 1; i >= 0; i--) {
      byAge.addLast(ids.id(i));
    }
    int count = Math.max(0, byAge.size() - capacity);
    if (count > evicted.length) {
      evicted = Arrays.copyOf(evicted, 2 * count);
    }
    for (int i = 0; i < count; i++) {
      evicted[i] = byAge.removeFirst();
    }
    return count;
  }

  /// The blocks that the last [#admit] evicted, oldest first, and more behind them.
  long[] evicted() {
    return evicted;
  }
}
