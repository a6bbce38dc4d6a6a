// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.index.table.RunTable;
import io.incipit.index.table.SlotTable;

/// Where a few blocks stand that are likely to be named next: the last one that was stored, below
/// which a decoding engine goes on, and the one above what was removed, since engines evict tails
/// first. A guess for the index's writer, which saves it the look-up by hash: direct-mapped, and
/// proven by the run itself each time.
final class RecentBlocks {
  private static final int FIRST_SLOTS = 16;
  private static final int SLOTS_MAX = 1_024;

  /// Known blocks for each slot from which on there may be more slots.
  private static final int BLOCKS_PER_SLOT = 64;

  private final RunTree tree;

  /// `run << 11 | position`, or 0, by the lowest bits of the hash.
  private long[] slots = new long[FIRST_SLOTS];

  RecentBlocks(RunTree tree) {
    this.tree = tree;
  }

  /// Notes block `position` of a run.
  void note(int run, int position) {
    if (slots.length < SLOTS_MAX && tree.blockCount > (long) BLOCKS_PER_SLOT * slots.length) {
      slots = new long[2 * slots.length];
    }
    slots[slot(tree.lowAt(run, position))] = (long) run << SlotTable.OFFSET_BITS | position;
  }

  /// Notes the block above block `position` of a run, if there is one.
  void noteAbove(int run, int position) {
    int above = position > 0 ? run : RunTable.parent(tree.word(run, RunTable.STATE));
    int last = position > 0 ? position : above == 0 ? 0 : tree.length(above);
    if (last > 0) {
      note(above, last - 1);
    }
  }

  /// Finds block `i` of a chain.
  ///
  /// @return run and position as `run << 11 | position`; 0 if it is not among the recent ones
  long find(BlockChain chain, int i) {
    long found = slots[slot(chain.low(i))];
    int run = (int) (found >>> SlotTable.OFFSET_BITS);
    int position = (int) found & SlotTable.OFFSET_MASK;
    boolean holds = run != 0 && position < tree.length(run) && tree.isAt(run, position, chain, i);
    return holds ? found : 0;
  }

  private int slot(long low) {
    return (int) low & (slots.length - 1);
  }

  long bytes() {
    return (long) slots.length * Long.BYTES;
  }
}
