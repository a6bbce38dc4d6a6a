// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

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
   * 64 bits of a hash stand in the column. The other half is kept for a run's first and last block
   * where it is known: a block in the middle that becomes an end, by a split or by shortening, is
   * compared by 64 bits, below a parent that was compared in full.
   */
  /// The most blocks in one run.
  static final int RUN_BLOCKS_MAX = SlotTable.OFFSET_MASK + 1;

  private static final int INTERVALS_MAX = 64;
  private static final int SLICE_SLOTS = 4_096;
  private static final int SLOTS_PER_BLOCK = 16;

  final RunTable runs;
  final Arena arena = new Arena();
  final HolderTable holders = new HolderTable();
  final SlotTable heads;
  final @Nullable SlotTable blocks;
  final RunReader reader;
  final Holdings holdings;
  private final RunFault fault;

  /// Where the writer stands: after `offset` blocks of `run`; run 0 is the root.
  int run;

  int offset;

  /// The column of blocks that are being added to `run`; -1 if there are none.
  int pendingCell = -1;

  /// Stores so far: the time by which runs are cold or hot.
  int clock;

  /// Known blocks.
  long blockCount;

  /// Slots touched by the operation at work.
  long touched;

  private long budget;
  private long touchedMax;

  RunTree(IndexConfig config, RunFault fault) {
    this.fault = fault;
    this.runs = new RunTable(fault);
    this.heads = new SlotTable(config.secret(), this::mixedOfHead);
    this.blocks = config.byHash() ? new SlotTable(~config.secret(), this::mixedOfBlock) : null;
    this.reader = new RunReader(runs, arena, holders, heads, blocks, fault);
    this.holdings = new Holdings(runs, arena, holders);
  }

  long word(int of, int word) {
    return runs.segment(of)[RunTable.at(of) + word];
  }

  int length(int of) {
    return RunTable.length(word(of, RunTable.PLACE));
  }

  long lowAt(int of, int position) {
    int cell = RunTable.cell(word(of, RunTable.PLACE));
    return arena.segment(cell)[Segments.word(cell) + position];
  }

  void splitIfCrowded(int crowded) {
    if (holdings.count() > INTERVALS_MAX && length(crowded) > 1 && !isSpent()) {
      int middle = holdings.middle();
      if (middle > 0) {
        split(crowded, middle, 0, false);
      }
    }
  }

  /// Gives a run's column another region of `cells` cells, with its first `length` words.
  void move(int moved, int length, int cells) {
    var words = runs.segment(moved);
    int at = RunTable.at(moved);
    long place = words[at + RunTable.PLACE];
    int old = RunTable.cell(place);
    long size = words[at + RunTable.SIZE];
    int fresh = copyColumn(old, 0, length, cells);
    if (fault == RunFault.RECYCLE_EARLY) {
      arena.free(old, RunTable.cell(size));
      for (int i = 0; i < RUN_BLOCKS_MAX; i++) {
        Thread.onSpinWait();
      }
    }
    runs.open(words, at);
    words[at + RunTable.PLACE] = (place & 0xFFFF_FFFFL) | (long) fresh << 32;
    words[at + RunTable.SIZE] = (size & 0xFFFF_FFFFL) | (long) cells << 32;
    runs.close(words, at);
    if (fault != RunFault.RECYCLE_EARLY) {
      arena.free(old, RunTable.cell(size));
    }
  }

  /// A new region with `count` words of an old one, from position `from` on.
  int copyColumn(int old, int from, int count, int cells) {
    int fresh = arena.allocate(cells);
    System.arraycopy(
        arena.segment(old),
        Segments.word(old) + from,
        arena.segment(fresh),
        Segments.word(fresh),
        count);
    touched += count;
    return fresh;
  }

  int depthBelow(int parent) {
    return parent == 0 ? 0 : RunTable.depth(word(parent, RunTable.SIZE)) + length(parent);
  }

  /// Counts one more child of a run, or one less.
  void addChildren(int parent, int change) {
    if (parent == 0) {
      return;
    }
    var words = runs.segment(parent);
    int at = RunTable.at(parent) + RunTable.CHILDREN;
    words[at] += change;
    if (words[at] == 0) {
      runs.addLeaf(parent);
    } else if (words[at] == change) {
      runs.removeLeaf(parent);
    }
  }

  /// Splits a run after `front` blocks; the front becomes a run of its own, the old one the tail.
  ///
  /// @param high other half of the hash of the front's last block, if `known`
  void split(int tail, int front, long high, boolean known) {
    var words = runs.segment(tail);
    int at = RunTable.at(tail);
    long place = words[at + RunTable.PLACE];
    long size = words[at + RunTable.SIZE];
    int length = RunTable.length(place);
    int old = RunTable.cell(place);
    int head = runs.allocate();
    int frontCells = Arena.roomFor(front);
    int tailCells = Arena.roomFor(length - front);
    int frontCell = copyColumn(old, 0, front, frontCells);
    int tailCell = copyColumn(old, front, length - front, tailCells);
    writeFront(
        tail,
        head,
        front,
        RunTable.place(
            frontCell,
            0,
            front,
            (place & RunTable.HEAD_KNOWN) | (known ? RunTable.LAST_KNOWN : 0)));
    runs.segment(head)[RunTable.at(head) + RunTable.LAST_HIGH] = high;
    repoint(tail, head, front);
    holdings.load(tail);
    holdings.clip(front, length);
    long more = words[at + RunTable.MORE];
    long whole = words[at + RunTable.WHOLE];
    holdings.prepare(words, at);

    long headMixed = heads.mix(words[at + RunTable.HEAD_LOW]);
    long tailLow = arena.segment(tailCell)[Segments.word(tailCell)];
    long tailMixed = heads.mix(tailLow);
    heads.ensureRoom(tailMixed);
    var headPiece = heads.piece(headMixed);
    var tailPiece = heads.piece(tailMixed);
    SlotTable.beginChange(headPiece);
    if (tailPiece != headPiece) {
      SlotTable.beginChange(tailPiece);
    }
    heads.replace(SlotTable.name(tail, 0), SlotTable.name(head, 0), headMixed);
    runs.open(words, at);
    words[at + RunTable.HEAD_LOW] = tailLow;
    words[at + RunTable.HEAD_HIGH] = 0;
    words[at + RunTable.PLACE] =
        RunTable.place(
            tailCell,
            RunTable.origin(place) + front & SlotTable.OFFSET_MASK,
            length - front,
            place & RunTable.LAST_KNOWN);
    words[at + RunTable.SIZE] = (long) tailCells << 32 | RunTable.depth(size) + front;
    holdings.write(words, at);
    runs.close(words, at, head);
    heads.insert(SlotTable.name(tail, 0), tailMixed);
    if (tailPiece != headPiece) {
      SlotTable.endChange(tailPiece);
    }
    SlotTable.endChange(headPiece);
    holdings.release(more, whole, words, at);
    arena.free(old, RunTable.cell(size));
    standAfterSplit(tail, head, front);
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

  /// Writes the record of a run that is to be the front of another.
  private void writeFront(int tail, int head, int front, long place) {
    var old = runs.segment(tail);
    int oldAt = RunTable.at(tail);
    var words = runs.segment(head);
    int at = RunTable.at(head);
    holdings.load(tail);
    holdings.clip(0, front);
    holdings.asNew();
    holdings.prepare(words, at);
    runs.open(words, at);
    words[at + RunTable.HEAD_LOW] = old[oldAt + RunTable.HEAD_LOW];
    words[at + RunTable.HEAD_HIGH] = old[oldAt + RunTable.HEAD_HIGH];
    words[at + RunTable.LAST_LOW] = lowAt(tail, front - 1);
    words[at + RunTable.PLACE] = place;
    words[at + RunTable.SIZE] =
        (long) Arena.roomFor(front) << 32 | RunTable.depth(old[oldAt + RunTable.SIZE]);
    words[at + RunTable.CHILDREN] = 1;
    words[at + RunTable.USED] = old[oldAt + RunTable.USED];
    holdings.write(words, at);
    runs.close(words, at, RunTable.parent(old[oldAt + RunTable.STATE]));
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

  void shorten(int of, int length) {
    var words = runs.segment(of);
    int at = RunTable.at(of);
    long place = words[at + RunTable.PLACE];
    boolean known = length == 1 && (place & RunTable.HEAD_KNOWN) != 0;
    long low = lowAt(of, length - 1);
    holdings.prepareShorter(length, words, at);
    long more = words[at + RunTable.MORE];
    runs.open(words, at);
    words[at + RunTable.PLACE] =
        RunTable.place(
            RunTable.cell(place),
            RunTable.origin(place),
            length,
            (place & RunTable.HEAD_KNOWN) | (known ? RunTable.LAST_KNOWN : 0));
    words[at + RunTable.LAST_LOW] = low;
    words[at + RunTable.LAST_HIGH] = known ? words[at + RunTable.HEAD_HIGH] : 0;
    holdings.write(words, at);
    runs.close(words, at);
    holdings.release(more, 0, words, at);
    int cells = Arena.roomFor(length);
    if (cells * 2 <= RunTable.cell(words[at + RunTable.SIZE])) {
      move(of, length, cells);
    }
  }

  /// Gives back a run without blocks.
  void free(int of) {
    var words = runs.segment(of);
    int at = RunTable.at(of);
    long mixed = heads.mix(words[at + RunTable.HEAD_LOW]);
    heads.remove(SlotTable.name(of, 0), mixed);
    int cell = RunTable.cell(words[at + RunTable.PLACE]);
    int cells = RunTable.cell(words[at + RunTable.SIZE]);
    long more = words[at + RunTable.MORE];
    long whole = words[at + RunTable.WHOLE];
    holdings.forget();
    holdings.prepare(words, at);
    runs.removeLeaf(of);
    runs.release(of);
    holdings.release(more, whole, words, at);
    arena.free(cell, cells);
  }

  /// Begins a change of so many blocks, which says how much it may touch.
  void beginOperation(int blocks) {
    budget = SLICE_SLOTS + (long) SLOTS_PER_BLOCK * blocks;
    touched = 0;
  }

  /// Whether what can wait should wait: the operation has touched its share.
  boolean isSpent() {
    touched += holdings.takeTouched();
    return touched > budget;
  }

  /// Grants the operation at work its share once more.
  void extendOperation() {
    budget += SLICE_SLOTS;
  }

  void endOperation() {
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
    return byHash().mix(arena.segment(cell)[Segments.word(cell) + position]);
  }

  SlotTable byHash() {
    if (blocks == null) {
      throw new IllegalStateException("index: made without look-up by hash");
    }
    return blocks;
  }

  /// Memory of what is in use: what a limit on memory counts.
  long liveBytes() {
    return arena.usedBytes()
        + (long) runs.live() * RunTable.WORDS * Long.BYTES
        + heads.bytes()
        + byHashBytes()
        + holders.bytes();
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
