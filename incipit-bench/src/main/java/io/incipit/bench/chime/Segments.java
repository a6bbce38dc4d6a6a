// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import io.incipit.bench.pool.PoolClient;
import java.util.Arrays;

/// Stretches of slots of one leaf that are to be read, merged where that is worth it. For one
/// thread.
final class Segments {
  private static final int SLOTS = LeafLayout.SLOTS;

  /// Slots that a merged stretch may span: half a leaf's bytes.
  private final int spanMax;

  /// By first slot: the slot after the last; 0: none begins there.
  private final int[] ends = new int[SLOTS];

  Segments(LeafLayout layout) {
    spanMax = spanMax(layout);
  }

  static int spanMax(LeafLayout layout) {
    return layout.lines.wireBytes / 2 / layout.entryBytes;
  }

  void clear() {
    Arrays.fill(ends, 0);
  }

  /// Adds `length` slots from a slot on, which may go past the end and on at the beginning.
  void add(int first, int length) {
    int end = first + length;
    ends[first] = Math.max(ends[first], Math.min(end, SLOTS));
    if (end > SLOTS) {
      ends[0] = Math.max(ends[0], end - SLOTS);
    }
  }

  /// Adds their READs: those that overlap become one, and then neighbours do that together span not
  /// too many slots.
  void read(LeafImage leaf, PoolClient client) {
    int first = -1;
    int last = -1;
    int slot = 0;
    while (slot < SLOTS) {
      if (ends[slot] == 0) {
        slot++;
        continue;
      }
      int end = overlapping(slot);
      if (first >= 0 && end - first > spanMax) {
        leaf.readSlots(client, first, last);
        first = -1;
      }
      first = first < 0 ? slot : first;
      last = end - 1;
      slot = end;
    }
    if (first >= 0) {
      leaf.readSlots(client, first, last);
    }
  }

  /// The slot after those of a stretch and all that overlap.
  private int overlapping(int first) {
    int end = ends[first];
    for (int slot = first + 1; slot < end; slot++) {
      end = Math.max(end, ends[slot]);
    }
    return end;
  }
}
