// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.block.ChangeBuilder;
import io.incipit.block.Tier;
import io.incipit.ingest.SourceCounts.Count;
import java.util.OptionalInt;

/// Drops copies of blocks that an engine dropped and did not say so, by measured drift: what it has
/// in its GPU, as far as it said, beyond what it has room for. For one thread.
///
/// A quarter of the capacity, stored, is a generation. While there is drift, copies go of blocks
/// that were not mentioned for seven of them, nor anything below them: an engine that drops what it
/// did not use for longest has nothing so old. Beyond a slack of a 32nd, copies go of blocks that
/// have others, and if there are none the oldest blocks, but for those of the current generation.
/// Without drift, or where the capacity is not known, nothing goes.
///
/// Each look for such blocks is at a few slots, and there are two looks for each copy that was
/// stored: the map is gone through once for some 50th of the capacity stored, and only while there
/// is something to look for.
final class Ageing {
  private static final int GENERATIONS = 4;
  private static final int GENERATION_COPIES_MIN = 8;
  private static final int SLACK = 32;
  private static final int SLOTS_EACH = 32;
  private static final int LOOKS_EACH = 2;
  private static final int LOOKS_MAX = 512;

  private final CopyTable table;
  private final long capacity;
  private final long generationCopies;
  private final SourceCounts counts;
  private final ChangeBuilder changes;

  /// What the map had ever taken when the last generation began, and when all was settled last.
  private long begun;

  private long settled;

  /// @param capacity copies for which the engine has room; empty if that is not known
  Ageing(OptionalInt capacity, CopyTable table, SourceCounts counts, ChangeBuilder changes) {
    this.table = table;
    this.capacity = capacity.orElse(-1);
    this.generationCopies = Math.max(GENERATION_COPIES_MIN, this.capacity / GENERATIONS);
    this.counts = counts;
    this.changes = changes;
  }

  /// Copies beyond the capacity; -1 if that is not known.
  long drift() {
    return capacity < 0 ? -1 : Math.max(0, table.gpuCopies() - capacity);
  }

  /// Drops what is due after a message of the engine, or some of it.
  void settle() {
    if (capacity < 0) {
      return;
    }
    long stored = table.added() - settled;
    settled += stored;
    long looks = Math.min(LOOKS_EACH * (stored + 1), LOOKS_MAX);
    while (looks > 0 && look()) {
      looks--;
    }
  }

  /// @return whether another look may be of use
  private boolean look() {
    int oldest = table.oldest();
    boolean isOver = table.added() - begun >= generationCopies;
    if (isOver && oldest < CopyTable.AGE_MAX) {
      table.age();
      begun = table.added();
      return true;
    }
    long drift = drift();
    boolean isFar = drift > capacity / SLACK;
    int oldestOfFurther = drift > 0 ? table.oldestOfFurther() : -1;
    if (oldestOfFurther == CopyTable.AGE_MAX
        || (isFar && oldest < CopyTable.AGE_MAX && oldestOfFurther >= 0)) {
      drop(table.sweep(oldestOfFurther, 2, SLOTS_EACH), 1);
    } else if (oldest == CopyTable.AGE_MAX ? drift > 0 : isFar && oldest > 0) {
      drop(table.sweep(oldest, 1, SLOTS_EACH), 0);
    } else if (isOver) {
      // The generation that begins next is to find none of this age.
      rejuvenate(table.sweep(oldest, 1, SLOTS_EACH));
    } else {
      return false;
    }
    return true;
  }

  private void rejuvenate(int slot) {
    if (slot != CopyTable.NONE) {
      table.rejuvenate(slot);
    }
  }

  /// Drops copies of a block.
  ///
  /// @param rest how many stay
  private void drop(int slot, int rest) {
    if (slot == CopyTable.NONE) {
      return;
    }
    long high = table.high(slot);
    long low = table.low(slot);
    long copies = Math.min(table.copies(slot, Tier.GPU) - rest, drift());
    counts.add(Count.AGED, copies);
    long left = copies;
    for (long i = 0; i < copies; i++) {
      left = table.decrement(slot, Tier.GPU);
    }
    if (left == 0) {
      changes.remove(Tier.GPU, high, low);
    }
  }
}
