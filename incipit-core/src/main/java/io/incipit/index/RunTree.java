// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.index.table.FaultPoints;
import io.incipit.index.table.GrowableWords;
import io.incipit.index.table.HolderTable;
import io.incipit.index.table.Holdings;
import io.incipit.index.table.RunEdit;
import io.incipit.index.table.RunFault;
import io.incipit.index.table.RunTable;
import io.incipit.index.table.SlotBatch;
import io.incipit.index.table.SlotTable;
import io.incipit.index.table.WordAllocator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The parts of one run index, and what changes a single run without changing what anybody holds:
/// moving, shortening, giving back. For the index's writer.
final class RunTree {
  /*
   * A run is an unbranched stretch of at most 2,048 blocks: a record (RunTable), a column of the
   * last 8 or 16 bytes of each hash (WordAllocator), and who holds which of its positions
   * (Holdings). A child run hangs below the last block of its parent; where two chains part inside
   * a run, the run is split there.
   *
   *   heads    first block of a run -> run
   *   blocks   any block -> run and offset, if wanted
   *
   * Writing, in this order, so that readers without locks are right at any moment:
   *   a new run     column and slots of its blocks, record, slot of its head
   *   growing       words beyond the end, slots of the new blocks, then length and last hash
   *                 together
   *   a split       one side is a new run, complete and with slots of its own, before the old run
   *                 becomes the other: the front, or, of a leaf with slots, the shorter side; the
   *                 slots of heads change with their buckets marked, so that whoever misses one
   *                 meanwhile looks again
   *   shortening    slots go, then length and last hash together, then the column's memory
   * Each change of a record changes its generation; regions are given back only afterwards.
   *
   * A column has one word a block where hashes have 8 bytes, and two where they have more: the last
   * 8 bytes, then the 8 before.
   */
  /// The most blocks in one run.
  static final int RUN_BLOCKS_MAX = SlotTable.OFFSET_MASK + 1;

  private static final int SLICE_SLOTS = 4_096;
  private static final int SLOTS_PER_BLOCK = 16;

  final FaultPoints faults = new FaultPoints();
  final RunTable runs;
  final WordAllocator allocator = new WordAllocator();
  final HolderTable holders = new HolderTable(faults);
  final SlotTable heads;
  final @Nullable SlotTable blocks;
  final RunFinder finder;

  /// What the writer has to ask with.
  final Question question = Question.ofWriter();

  final Holdings holdings;
  final RunEdit edit;
  final RunSplitter splitter;
  final RecentBlocks recent = new RecentBlocks(this);

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
    this.finder = new RunFinder(runs, allocator, heads, blocks, stride, fault);
    this.holdings = new Holdings(runs, allocator, holders);
    this.edit = new RunEdit(runs, allocator, holdings, faults, fault);
    this.splitter = new RunSplitter(this);
  }

  long word(int of, int word) {
    return runs.segment(of)[RunTable.at(of) + word];
  }

  int length(int of) {
    return RunTable.length(word(of, RunTable.PLACE));
  }

  /// Whether no run is below.
  boolean isLeaf(int of) {
    return RunTable.childCount(word(of, RunTable.CHILDREN)) == 0;
  }

  /// Last 8 bytes of a block's hash.
  long lowAt(int of, int position) {
    return low(RunTable.cell(word(of, RunTable.PLACE)), position);
  }

  /// The 8 bytes before the last 8 of a block's hash; 0 where hashes have 8 bytes.
  long highAt(int of, int position) {
    return high(RunTable.cell(word(of, RunTable.PLACE)), position);
  }

  /// Last 8 bytes of the hash at a position of a column.
  long low(int cell, int position) {
    return allocator.segment(cell)[GrowableWords.word(cell) + position * stride];
  }

  /// The 8 bytes before [#low].
  long high(int cell, int position) {
    return stride == 1
        ? 0
        : allocator.segment(cell)[GrowableWords.word(cell) + position * stride + 1];
  }

  /// Whether block `position` of a run is block `i` of a chain.
  boolean isAt(int of, int position, BlockChain chain, int i) {
    return lowAt(of, position) == chain.low(i)
        && (stride == 1 || highAt(of, position) == chain.high(i));
  }

  /// Finds block `i` of a chain by its hash.
  ///
  /// @return run and position as `run << 11 | position`; 0 if it is unknown
  long find(BlockChain chain, int i) {
    int position = finder.findBlock(question, chain.high(i), chain.low(i));
    return position < 0 ? 0 : (long) question.view.run << SlotTable.OFFSET_BITS | position;
  }

  /// Cells of a column for `blocks` blocks, with room to grow.
  int columnCells(int blocks) {
    return WordAllocator.roomFor(blocks * stride);
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
    int fresh = allocator.allocate(cells);
    System.arraycopy(
        allocator.segment(old),
        GrowableWords.word(old) + from * stride,
        allocator.segment(fresh),
        GrowableWords.word(fresh),
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
  int changeChildren(int parent, int children, int change) {
    var words = runs.segment(parent);
    int at = RunTable.at(parent) + RunTable.CHILDREN;
    int count = RunTable.childCount(words[at]) + change;
    words[at] = RunTable.children(words[at] ^ (long) children << 32, count);
    return count;
  }

  /// A batch with blocks `[from, to)` of a run, as many as it takes, whose slots are touched.
  SlotBatch touch(SlotTable table, int of, int from, int to) {
    int cell = RunTable.cell(word(of, RunTable.PLACE));
    int at = GrowableWords.word(cell) + from * stride;
    var batch = SlotBatch.ofThread();
    batch.touch(table, allocator.segment(cell), at, stride, to - from);
    return batch;
  }

  /// Takes the slots of a run's blocks `[from, to)` away.
  void forget(int of, int from, int to) {
    blockCount -= to - from;
    touched += to - from;
    var table = blocks;
    if (table == null) {
      return;
    }
    long place = word(of, RunTable.PLACE);
    for (int end = to; end > from; end -= SlotBatch.SIZE) {
      int first = Math.max(from, end - SlotBatch.SIZE);
      var batch = touch(table, of, first, end);
      for (int i = end - 1; i >= first; i--) {
        long name = SlotTable.name(of, RunTable.offset(place, i));
        table.remove(batch.bucket(i - first), name, batch.mixed(i - first));
      }
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
  boolean isBudgetSpent() {
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
    long tables = heads.bytes() + byHashBytes() + holders.bytes() + recent.bytes();
    long used = allocator.usedBytes() + (long) runs.live() * RunTable.WORDS * Long.BYTES;
    return tables + Math.max(used, allocator.chargedBytes() + runs.chargedBytes());
  }

  /// Memory of runs, holders and the table of heads.
  long treeBytes() {
    return allocator.bytes() + runs.bytes() + heads.bytes() + holders.bytes() + recent.bytes();
  }

  /// Memory of the table for look-up by hash; 0 without one.
  long byHashBytes() {
    return blocks == null ? 0 : blocks.bytes();
  }
}
