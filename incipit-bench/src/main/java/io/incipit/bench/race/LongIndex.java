// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.race;

import io.incipit.block.Hash64;
import java.util.Arrays;

/// A small map from numbers other than 0 to positions.
final class LongIndex {
  private static final int NONE = -1;

  private long[] keys = new long[64];
  private int[] positions = new int[64];
  private int size;

  void clear() {
    if (size > 0) {
      Arrays.fill(keys, 0);
      size = 0;
    }
  }

  /// Adds a number unless it is there.
  ///
  /// @return the position that it had, -1 if it was not there
  int putIfAbsent(long key, int position) {
    if (2 * size >= keys.length) {
      grow();
    }
    int at = slot(key);
    if (keys[at] == key) {
      return positions[at];
    }
    keys[at] = key;
    positions[at] = position;
    size++;
    return NONE;
  }

  boolean has(long key) {
    return keys[slot(key)] == key;
  }

  private int slot(long key) {
    int at = (int) Hash64.mix(key) & (keys.length - 1);
    while (keys[at] != 0 && keys[at] != key) {
      at = (at + 1) & (keys.length - 1);
    }
    return at;
  }

  private void grow() {
    var oldKeys = keys;
    var oldPositions = positions;
    keys = new long[2 * oldKeys.length];
    positions = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int at = slot(oldKeys[i]);
        keys[at] = oldKeys[i];
        positions[at] = oldPositions[i];
      }
    }
  }
}
