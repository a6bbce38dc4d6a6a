// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.index.table.Arena;
import io.incipit.index.table.FaultPoints;
import io.incipit.index.table.RunTable;

/// One change of a run's record: what the record shall say, until [#commit] says it under the
/// record's seqlock. For the index's writer, one change at a time.
final class RunEdit {
  /*
   * Readers must never believe a region that is in use for something else, so the order is fixed:
   *
   *   prepare   new regions are taken and filled; nobody sees them
   *   publish   the record is opened, written, closed
   *   release   regions that it named before, and names no more, go back
   *
   * Whoever changes tables between two of these calls them one by one.
   */
  private final RunTable runs;
  private final Arena arena;
  private final Holdings holdings;
  private final FaultPoints faults;
  private final boolean recycleEarly;

  private long[] words = new long[0];
  private int at;
  private int oldCell;
  private int oldCells;
  private long oldMore;
  private long oldWhole;
  private boolean withHolders;
  private final long[] holders = new long[RunTable.INLINE_HOLDERS];
  private long more;
  private long whole;

  /// The run above; 0 for the root.
  int parent;

  /// The column of hashes, and its size in cells.
  int cell;

  int cells;

  /// Offset in the table by hash of the first block.
  int origin;

  /// Blocks.
  int length;

  /// Blocks above the run.
  int depth;

  long headLow;
  long headHigh;
  long lastLow;
  long lastHigh;

  RunEdit(RunTable runs, Arena arena, Holdings holdings, FaultPoints faults, RunFault fault) {
    this.runs = runs;
    this.arena = arena;
    this.holdings = holdings;
    this.faults = faults;
    this.recycleEarly = fault == RunFault.RECYCLE_EARLY;
  }

  /// Begins with what the record says, or with nothing if it is new.
  RunEdit of(int run) {
    words = runs.segment(run);
    at = RunTable.at(run);
    long place = words[at + RunTable.PLACE];
    long size = words[at + RunTable.SIZE];
    parent = RunTable.parent(words[at + RunTable.STATE]);
    oldCell = RunTable.cell(place);
    oldCells = RunTable.cell(size);
    cell = oldCell;
    cells = oldCells;
    origin = RunTable.origin(place);
    length = RunTable.length(place);
    depth = RunTable.depth(size);
    headLow = words[at + RunTable.HEAD_LOW];
    headHigh = words[at + RunTable.HEAD_HIGH];
    lastLow = words[at + RunTable.LAST_LOW];
    lastHigh = words[at + RunTable.LAST_HIGH];
    oldMore = words[at + RunTable.MORE];
    oldWhole = words[at + RunTable.WHOLE];
    more = oldMore;
    whole = oldWhole;
    withHolders = false;
    return this;
  }

  /// The record shall name who [Holdings] says.
  RunEdit holders() {
    withHolders = true;
    return this;
  }

  /// All in one: [#prepare], [#publish], [#release].
  void commit() {
    prepare();
    publish();
    release();
  }

  /// Makes the regions that the record will name.
  void prepare() {
    if (withHolders) {
      holdings.settle();
      for (int i = 0; i < RunTable.INLINE_HOLDERS; i++) {
        holders[i] = holdings.inline(i);
      }
      more = holdings.copyMore();
      whole = holdings.copyWhole(oldWhole);
      faults.reach();
    }
  }

  /// Writes the record.
  void publish() {
    if (recycleEarly && cell != oldCell && oldCells > 0) {
      freeColumn();
      for (int i = 0; i < RunTree.RUN_BLOCKS_MAX; i++) {
        Thread.onSpinWait();
      }
    }
    long place = RunTable.place(cell, origin, length);
    long size = RunTable.size(cells, depth);
    runs.open(words, at);
    words[at + RunTable.PLACE] = place | ((more | whole) == 0 ? 0 : RunTable.MORE_HOLDERS);
    words[at + RunTable.HEAD_LOW] = headLow;
    words[at + RunTable.LAST_LOW] = lastLow;
    words[at + RunTable.HEAD_HIGH] = headHigh;
    words[at + RunTable.LAST_HIGH] = lastHigh;
    words[at + RunTable.SIZE] = size;
    if (withHolders) {
      writeHolders();
    }
    faults.reach();
    runs.close(words, at, parent);
  }

  private void writeHolders() {
    System.arraycopy(holders, 0, words, at + RunTable.HOLDERS, RunTable.INLINE_HOLDERS);
    words[at + RunTable.MORE] = more;
    words[at + RunTable.WHOLE] = whole;
  }

  /// The most common change, with fewer words read and written: the record of a run names who
  /// [Holdings] says, and else stays as it is.
  void commitHolders(int run) {
    words = runs.segment(run);
    at = RunTable.at(run);
    oldMore = words[at + RunTable.MORE];
    oldWhole = words[at + RunTable.WHOLE];
    cell = oldCell;
    withHolders = true;
    prepare();
    long place = words[at + RunTable.PLACE] & ~RunTable.MORE_HOLDERS;
    runs.open(words, at);
    words[at + RunTable.PLACE] = place | ((more | whole) == 0 ? 0 : RunTable.MORE_HOLDERS);
    writeHolders();
    faults.reach();
    runs.close(words, at);
    release();
  }

  /// Gives the record and all it names back. Nothing may lead to it any more.
  void free(int run) {
    holdings.forget();
    holdings.settle();
    runs.release(run);
    more = 0;
    whole = 0;
    cell = -1;
    release();
  }

  /// Gives back what the record no longer names.
  void release() {
    faults.reach();
    if (cell != oldCell && oldCells > 0) {
      freeColumn();
    }
    if (more != oldMore && RunTable.moreCells(oldMore) > 0) {
      arena.free(RunTable.cell(oldMore), RunTable.moreCells(oldMore));
    }
    if (whole != oldWhole && RunTable.wholeWords(oldWhole) > 0) {
      arena.free(RunTable.cell(oldWhole), Arena.cellsFor(RunTable.wholeWords(oldWhole)));
    }
  }

  private void freeColumn() {
    arena.free(oldCell, oldCells);
    oldCells = 0;
  }
}
