// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.index.table.Arena;
import io.incipit.index.table.FaultPoints;
import io.incipit.index.table.HolderTable;
import io.incipit.index.table.RunTable;
import io.incipit.index.table.Segments;
import io.incipit.index.table.SlotTable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The parts of one run index, and what changes a single run without changing what anybody holds:
/// splitting, moving, shortening, giving back. For the index's writer.
final class RunTree {
  /*
   * A run is an unbranched stretch of at most 2,048 blocks: a record (RunTable), a column of the
   * last 8 bytes of each hash (Arena), and who holds which of its positions (Holdings). A child run
   * hangs below the last block of its parent; where two chains part inside a run, the run is split
   * there.
   *
   *   heads    first block of a run -> run
   *   blocks   any block -> run and offset, if wanted
   *
   * Writing, in this order, so that readers without locks are right at any moment:
   *   a new run     column and slots of its blocks, record, slot of its head
   *   growing       words beyond the end, slots of the new blocks, then length and last hash
   *                 together
   *   a split       the front is a new run, complete and with slots of its own, before the old run
   *                 becomes the tail; the slots of both heads change with their pieces marked, so
   *                 that whoever misses one meanwhile looks again
   *   shortening    slots go, then length and last hash together, then the column's memory
   * Each change of a record changes its generation; regions are given back only afterwards.
   *
   * A column has one word a block where hashes have 8 bytes, and two where they have more: the last
   * 8 bytes, then the 8 before.
   */
  /// The most blocks in one run.
  static final int RUN_BLOCKS_MAX = SlotTable.OFFSET_MASK + 1;

  /// Intervals of a run's parts beyond which it is split when there is time.
  private static final int INTERVALS_CROWDED = 64;

  /// Intervals of a run's parts beyond which it is split at once, whatever the operation has done.
  static final int INTERVALS_MAX = 4_096;

  private static final int SLICE_SLOTS = 4_096;
  private static final int SLOTS_PER_BLOCK = 16;

  final FaultPoints faults = new FaultPoints();
  final RunTable runs;
  final Arena arena = new Arena();
  final HolderTable holders = new HolderTable(faults);
  final SlotTable heads;
  final @Nullable SlotTable blocks;
  final RunReader reader;
  final Holdings holdings;
  final RunEdit edit;

  /// Words of a column for one block.
  final int stride;

  /// Where the writer stands: after `offset` blocks of `run`; run 0 is the root.
  int run;

  int offset;

  /// The column of blocks that are being added to `run`; -1 if there are none.
  int pendingCell = -1;

  /// Stores so far: the time by which runs are cold or hot. Readers stamp runs with whatever value
  /// they see.
  long clock;

  /// Known blocks.
  long blockCount;

  /// Slots touched by the operation at work.
  long touched;

  private long budget;
  private long touchedMax;
  private boolean changing;

  RunTree(IndexConfig config, RunFault fault) {
    this.stride = config.hashBytes() > Long.BYTES ? 2 : 1;
    this.runs = new RunTable(fault != RunFault.KEEP_GENERATION);
    this.heads = new SlotTable(config.secret(), this::mixedOfHead, faults);
    this.blocks =
        config.byHash() ? new SlotTable(~config.secret(), this::mixedOfBlock, faults) : null;
    this.reader = new RunReader(runs, arena, holders, heads, blocks, stride, fault);
    this.holdings = new Holdings(runs, arena, holders);
    this.edit = new RunEdit(runs, arena, holdings, faults, fault);
  }

  long word(int of, int word) {
    return runs.segment(of)[RunTable.at(of) + word];
  }

  int length(int of) {
    return RunTable.length(word(of, RunTable.PLACE));
  }

  /// Last 8 bytes of a block's hash.
  long lowAt(int of, int position) {
    return low(RunTable.cell(word(of, RunTable.PLACE)), position);
  }

  /// The 8 bytes before the last 8 of a block's hash; 0 where hashes have 8 bytes.
  long highAt(int of, int position) {
    return high(RunTable.cell(word(of, RunTable.PLACE)), position);
  }

  private long low(int cell, int position) {
    return arena.segment(cell)[Segments.word(cell) + position * stride];
  }

  private long high(int cell, int position) {
    return stride == 1 ? 0 : arena.segment(cell)[Segments.word(cell) + position * stride + 1];
  }

  /// Whether block `position` of a run is block `i` of a chain.
  boolean isAt(int of, int position, BlockChain chain, int i) {
    return lowAt(of, position) == chain.low(i)
        && (stride == 1 || highAt(of, position) == chain.high(i));
  }

  /// Cells of a column for `blocks` blocks, with room to grow.
  int columnCells(int blocks) {
    return Arena.roomFor(blocks * stride);
  }

  /// Splits a run that many hold parts of: when there is time, or at once beyond [#INTERVALS_MAX].
  /// [Holdings] has what the run's record says.
  void splitIfCrowded(int crowded) {
    int count = holdings.count();
    boolean crowd = count > INTERVALS_CROWDED && length(crowded) > 1;
    if (!crowd || (count <= INTERVALS_MAX && isSpent())) {
      return;
    }
    int middle = holdings.middle();
    if (middle > 0) {
      int front = split(crowded, middle);
      if (count > INTERVALS_MAX) {
        holdings.load(front);
        splitIfCrowded(front);
        holdings.load(crowded);
        splitIfCrowded(crowded);
      }
    }
  }

  /// Gives a run's column another region of `cells` cells, with its first `length` blocks.
  void move(int moved, int length, int cells) {
    edit.of(moved);
    edit.cell = copyColumn(edit.cell, 0, length, cells);
    edit.cells = cells;
    edit.commit();
  }

  /// A new region with `count` blocks of an old one, from position `from` on.
  int copyColumn(int old, int from, int count, int cells) {
    int fresh = arena.allocate(cells);
    System.arraycopy(
        arena.segment(old),
        Segments.word(old) + from * stride,
        arena.segment(fresh),
        Segments.word(fresh),
        count * stride);
    touched += count;
    return fresh;
  }

  int depthBelow(int parent) {
    return parent == 0 ? 0 : RunTable.depth(word(parent, RunTable.SIZE)) + length(parent);
  }

  /// Notes that a run has become the child of another.
  void addChild(int parent, int child) {
    if (parent != 0 && changeChildren(parent, child, 1) == 1) {
      runs.removeLeaf(parent);
    }
  }

  /// Notes that a run is the child of another no more.
  void removeChild(int parent, int child) {
    if (parent != 0 && changeChildren(parent, child, -1) == 0) {
      runs.addLeaf(parent);
    }
  }

  /// @param children number of a child that comes or goes, or of two xored that change places
  private int changeChildren(int parent, int children, int change) {
    var words = runs.segment(parent);
    int at = RunTable.at(parent) + RunTable.CHILDREN;
    int count = RunTable.childCount(words[at]) + change;
    words[at] = RunTable.children(words[at] ^ (long) children << 32, count);
    return count;
  }

  /// Splits a run after `front` blocks; the front becomes a run of its own, the old one the tail.
  ///
  /// @return the front
  int split(int tail, int front) {
    int head = runs.allocate();
    int parent = RunTable.parent(word(tail, RunTable.STATE));
    writeFront(tail, head, front);
    changeChildren(head, tail, 1);
    repoint(tail, head, front);
    cutFront(tail, head, front);
    if (parent != 0) {
      changeChildren(parent, head ^ tail, 0);
    }
    standAfterSplit(tail, head, front);
    return head;
  }

  /// Writes the record of a run that is to be the front of another.
  private void writeFront(int tail, int head, int front) {
    holdings.load(tail);
    holdings.clip(0, front);
    holdings.asNew();
    int column = edit.of(tail).cell;
    int depth = edit.depth;
    int parent = edit.parent;
    long headLow = edit.headLow;
    long headHigh = edit.headHigh;
    edit.of(head).holders();
    edit.parent = parent;
    edit.cells = columnCells(front);
    edit.cell = copyColumn(column, 0, front, edit.cells);
    edit.length = front;
    edit.depth = depth;
    edit.headLow = headLow;
    edit.headHigh = headHigh;
    edit.lastLow = low(column, front - 1);
    edit.lastHigh = high(column, front - 1);
    edit.commit();
    runs.segment(head)[RunTable.at(head) + RunTable.USED] = word(tail, RunTable.USED);
  }

  /// Cuts the front off a run, below the one that has it now. Both heads change in the table with
  /// their pieces odd, so that whoever misses one meanwhile looks again.
  private void cutFront(int tail, int head, int front) {
    holdings.load(tail);
    holdings.clip(front, length(tail));
    edit.of(tail).holders();
    long headMixed = heads.mix(edit.headLow);
    int column = edit.cell;
    edit.parent = head;
    edit.origin = (edit.origin + front) & SlotTable.OFFSET_MASK;
    edit.length -= front;
    edit.depth += front;
    edit.headLow = low(column, front);
    edit.headHigh = high(column, front);
    edit.cells = columnCells(edit.length);
    edit.cell = copyColumn(column, front, edit.length, edit.cells);
    edit.prepare();
    long tailMixed = heads.mix(edit.headLow);
    heads.ensureRoom(tailMixed);
    var headPiece = heads.piece(headMixed);
    var tailPiece = heads.piece(tailMixed);
    SlotTable.beginChange(headPiece);
    if (tailPiece != headPiece) {
      SlotTable.beginChange(tailPiece);
    }
    heads.replace(SlotTable.name(tail, 0), SlotTable.name(head, 0), headMixed);
    edit.publish();
    heads.insert(SlotTable.name(tail, 0), tailMixed);
    if (tailPiece != headPiece) {
      SlotTable.endChange(tailPiece);
    }
    SlotTable.endChange(headPiece);
    edit.release();
  }

  private void standAfterSplit(int tail, int head, int front) {
    if (run == tail) {
      if (offset > front) {
        offset -= front;
      } else {
        run = head;
      }
    }
  }

  /// Makes the slots of a run's first `front` blocks name another run.
  private void repoint(int tail, int head, int front) {
    var table = blocks;
    if (table == null) {
      return;
    }
    long place = word(tail, RunTable.PLACE);
    for (int i = 0; i < front; i++) {
      long mixed = table.mix(lowAt(tail, i));
      var piece = table.piece(mixed);
      SlotTable.beginChange(piece);
      table.replace(
          SlotTable.name(tail, RunTable.offset(place, i)), SlotTable.name(head, i), mixed);
      SlotTable.endChange(piece);
    }
    touched += front;
  }

  void forget(int of, int from, int to) {
    blockCount -= to - from;
    touched += to - from;
    var table = blocks;
    if (table == null) {
      return;
    }
    long place = word(of, RunTable.PLACE);
    for (int i = to - 1; i >= from; i--) {
      long mixed = table.mix(lowAt(of, i));
      table.remove(SlotTable.name(of, RunTable.offset(place, i)), mixed);
    }
  }

  /// Cuts a run to `length` blocks, all that anybody holds of it; [Holdings] has been loaded.
  void shorten(int of, int length) {
    holdings.shorten(length);
    edit.of(of).holders();
    edit.length = length;
    edit.lastLow = low(edit.cell, length - 1);
    edit.lastHigh = high(edit.cell, length - 1);
    edit.commit();
    int cells = columnCells(length);
    if (cells * 2 <= edit.cells) {
      move(of, length, cells);
    }
  }

  /// Gives back a run without blocks and children; [Holdings] has been loaded.
  void free(int of) {
    int parent = RunTable.parent(word(of, RunTable.STATE));
    edit.of(of);
    heads.remove(SlotTable.name(of, 0), heads.mix(edit.headLow));
    runs.removeLeaf(of);
    edit.free(of);
    removeChild(parent, of);
  }

  /// Begins a change of so many blocks, which says how much it may touch.
  ///
  /// @throws IllegalStateException if the last change never ended: the index may be broken
  void beginOperation(int blocks) {
    if (changing) {
      throw new IllegalStateException("index: the last change did not end (expected: a new index)");
    }
    changing = true;
    budget = SLICE_SLOTS + (long) SLOTS_PER_BLOCK * blocks;
    touched = 0;
  }

  /// Whether what can wait should wait: the operation has touched its share.
  boolean isSpent() {
    touched += holdings.takeTouched();
    return touched > budget;
  }

  /// Grants the operation at work its share once more, and so many slots.
  void extendOperation(long slots) {
    touched += holdings.takeTouched();
    budget = Math.max(budget, touched) + SLICE_SLOTS + slots;
  }

  void endOperation() {
    changing = false;
    touched += holdings.takeTouched() + heads.takeTouched();
    touched += blocks == null ? 0 : blocks.takeTouched();
    touchedMax = Math.max(touchedMax, touched);
  }

  /// The most slots that one operation has touched beyond the blocks it was given.
  long slotsTouchedMax() {
    return touchedMax;
  }

  private long mixedOfHead(long slot) {
    int head = SlotTable.run(slot);
    return heads.mix(runs.segment(head)[RunTable.at(head) + RunTable.HEAD_LOW]);
  }

  private long mixedOfBlock(long slot) {
    long place = word(SlotTable.run(slot), RunTable.PLACE);
    int position = RunTable.position(place, SlotTable.offset(slot));
    int cell = SlotTable.run(slot) == run && pendingCell >= 0 ? pendingCell : RunTable.cell(place);
    return byHash().mix(low(cell, position));
  }

  private SlotTable byHash() {
    requireByHash();
    return Objects.requireNonNull(blocks);
  }

  void requireByHash() {
    if (blocks == null) {
      throw new IllegalStateException("index: made without look-up by hash");
    }
  }

  /// Memory of this index in bytes, which [IndexConfig#bytesMax] limits and others are charged for.
  ///
  /// That is what is in use, but at least half of what was taken from the heap, and three quarters
  /// where that is much: where free regions lie scattered, an index sheds as if they were in use.
  long bytes() {
    long tables = heads.bytes() + byHashBytes() + holders.bytes();
    long used = arena.usedBytes() + (long) runs.live() * RunTable.WORDS * Long.BYTES;
    return tables + Math.max(used, arena.chargedBytes() + runs.chargedBytes());
  }

  /// Memory of runs, holders and the table of heads.
  long treeBytes() {
    return arena.bytes() + runs.bytes() + heads.bytes() + holders.bytes();
  }

  /// Memory of the table for look-up by hash; 0 without one.
  long byHashBytes() {
    return blocks == null ? 0 : blocks.bytes();
  }
}
