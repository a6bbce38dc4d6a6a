// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

/// One change of a run's record: what the record shall say, until [#commit] says it under the
/// record's seqlock. For the index's writer, one change at a time.
public final class RunEdit {
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
  private final WordAllocator allocator;
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
  private int firstChild;
  private final long[] holders = new long[RunTable.INLINE_HOLDERS];
  private long more;
  private long whole;

  /// The run above; 0 for the root.
  public int parent;

  /// The column of hashes, and its size in cells.
  public int cell;

  public int cells;

  /// Offset in the table by hash of the first block.
  public int origin;

  /// Blocks.
  public int length;

  /// Blocks above the run.
  public int depth;

  public long headLow;
  public long headHigh;
  public long lastLow;
  public long lastHigh;

  public RunEdit(
      RunTable runs,
      WordAllocator allocator,
      Holdings holdings,
      FaultPoints faults,
      RunFault fault) {
    this.runs = runs;
    this.allocator = allocator;
    this.holdings = holdings;
    this.faults = faults;
    this.recycleEarly = fault == RunFault.RECYCLE_EARLY;
  }

  /// Begins with what the record says, or with nothing if it is new.
  public RunEdit of(int run) {
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
    firstChild = 0;
    return this;
  }

  /// The record, which has no children, shall have this one.
  public void firstChild(int child) {
    firstChild = child;
  }

  /// The record shall name who [Holdings] says.
  public RunEdit holders() {
    withHolders = true;
    return this;
  }

  /// All in one: [#prepare], [#publish], [#release].
  public void commit() {
    prepare();
    publish();
    release();
  }

  /// Makes the regions that the record will name.
  public void prepare() {
    if (withHolders) {
      holdings.normalize();
      for (int i = 0; i < RunTable.INLINE_HOLDERS; i++) {
        holders[i] = holdings.inline(i);
      }
      more = holdings.copyMore();
      whole = holdings.copyWhole(oldWhole);
      faults.reach();
    }
  }

  /// Writes the record.
  public void publish() {
    if (recycleEarly && cell != oldCell && oldCells > 0) {
      freeColumn();
      for (int i = 0; i <= SlotTable.OFFSET_MASK; i++) {
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
    if (firstChild != 0) {
      words[at + RunTable.CHILDREN] = RunTable.children((long) firstChild << 32, 1);
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
  public void commitHolders(int run) {
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
  public void free(int run) {
    holdings.forget();
    holdings.normalize();
    runs.release(run);
    more = 0;
    whole = 0;
    cell = -1;
    release();
  }

  /// Gives back what the record no longer names.
  public void release() {
    faults.reach();
    if (cell != oldCell && oldCells > 0) {
      freeColumn();
    }
    if (more != oldMore && RunTable.moreCells(oldMore) > 0) {
      allocator.free(RunTable.cell(oldMore), RunTable.moreCells(oldMore));
    }
    if (whole != oldWhole && RunTable.wholeWords(oldWhole) > 0) {
      allocator.free(
          RunTable.cell(oldWhole), WordAllocator.cellsFor(RunTable.wholeWords(oldWhole)));
    }
  }

  private void freeColumn() {
    allocator.free(oldCell, oldCells);
    oldCells = 0;
  }
}
