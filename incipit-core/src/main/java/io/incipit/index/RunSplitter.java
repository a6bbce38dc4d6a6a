// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.index.table.Holdings;
import io.incipit.index.table.RunEdit;
import io.incipit.index.table.RunTable;
import io.incipit.index.table.SlotBatch;
import io.incipit.index.table.SlotTable;
import org.jspecify.annotations.Nullable;

/// Splits runs, without changing what anybody holds. For the index's writer.
final class RunSplitter {
  /// Intervals of a run's parts beyond which it is split when there is time.
  private static final int INTERVALS_CROWDED = 64;

  /// Intervals of a run's parts beyond which it is split at once, whatever the operation has done.
  static final int INTERVALS_MAX = 4_096;

  private final RunTree tree;
  private final RunTable runs;
  private final SlotTable heads;
  private final @Nullable SlotTable blocks;
  private final Holdings holdings;
  private final RunEdit edit;

  RunSplitter(RunTree tree) {
    this.tree = tree;
    this.runs = tree.runs;
    this.heads = tree.heads;
    this.blocks = tree.blocks;
    this.holdings = tree.holdings;
    this.edit = tree.edit;
  }

  /// Splits a run that many hold parts of: when there is time, or at once beyond [#INTERVALS_MAX].
  /// [Holdings] has what the run's record says.
  ///
  /// @return the run that now ends where this one did
  int splitIfCrowded(int crowded) {
    int count = holdings.count();
    boolean crowd = count > INTERVALS_CROWDED && tree.length(crowded) > 1;
    if (!crowd || (count <= INTERVALS_MAX && tree.isBudgetSpent())) {
      return crowded;
    }
    int middle = holdings.middle();
    if (middle == 0) {
      return crowded;
    }
    int fresh = split(crowded, middle);
    boolean isTail = RunTable.parent(tree.word(fresh, RunTable.STATE)) == crowded;
    int front = isTail ? crowded : fresh;
    int tail = isTail ? fresh : crowded;
    if (count > INTERVALS_MAX) {
      holdings.load(front);
      splitIfCrowded(front);
      holdings.load(tail);
      tail = splitIfCrowded(tail);
    }
    return tail;
  }

  /// Splits a run after `front` blocks. A leaf's shorter side becomes a run of its own where blocks
  /// have slots, which must all name it; else the front does, since children name the tail.
  ///
  /// @return the new run
  int split(int of, int front) {
    return blocks != null && tree.isLeaf(of) && 2 * front > tree.length(of)
        ? splitTail(of, front)
        : splitFront(of, front);
  }

  private int splitFront(int tail, int front) {
    int head = runs.allocate();
    int parent = RunTable.parent(tree.word(tail, RunTable.STATE));
    writeFront(tail, head, front);
    tree.changeChildren(head, tail, 1);
    repoint(tail, 0, front, head);
    cutFront(tail, head, front);
    if (parent != 0) {
      tree.changeChildren(parent, head ^ tail, 0);
    }
    if (tree.run == tail && tree.offset > front) {
      tree.offset -= front;
    } else if (tree.run == tail) {
      tree.run = head;
    }
    return head;
  }

  private int splitTail(int of, int front) {
    int tail = runs.allocate();
    writeTail(of, tail, front);
    repoint(of, front, tree.length(of), tail);
    cutTail(of, tail, front);
    runs.removeLeaf(of);
    runs.addLeaf(tail);
    if (tree.run == of && tree.offset > front) {
      tree.run = tail;
      tree.offset -= front;
    }
    return tail;
  }

  /// Writes the record of a run that is to be the tail of another.
  private void writeTail(int of, int tail, int front) {
    holdings.load(of);
    holdings.clip(front, tree.length(of));
    holdings.asNew();
    int column = edit.of(of).cell;
    int depth = edit.depth;
    int length = edit.length - front;
    long lastLow = edit.lastLow;
    long lastHigh = edit.lastHigh;
    edit.of(tail).holders();
    edit.parent = of;
    edit.cells = tree.columnCells(length);
    edit.cell = tree.copyColumn(column, front, length, edit.cells);
    edit.length = length;
    edit.depth = depth + front;
    edit.headLow = tree.low(column, front);
    edit.headHigh = tree.high(column, front);
    edit.lastLow = lastLow;
    edit.lastHigh = lastHigh;
    edit.commit();
    runs.segment(tail)[RunTable.at(tail) + RunTable.USED] = tree.word(of, RunTable.USED);
  }

  /// Cuts the tail off a run, above the one that has it now, whose head gets its slot meanwhile.
  private void cutTail(int of, int tail, int front) {
    holdings.load(of);
    holdings.clip(0, front);
    edit.of(of).holders();
    edit.firstChild(tail);
    edit.length = front;
    edit.lastLow = tree.low(edit.cell, front - 1);
    edit.lastHigh = tree.high(edit.cell, front - 1);
    int cells = tree.columnCells(front);
    if (cells < edit.cells) {
      edit.cell = tree.copyColumn(edit.cell, 0, front, cells);
      edit.cells = cells;
    }
    edit.prepare();
    long mixed = heads.mix(tree.word(tail, RunTable.HEAD_LOW));
    heads.ensureRoom(mixed);
    var bucket = heads.bucket(mixed);
    bucket.beginChange();
    edit.publish();
    heads.insert(SlotTable.name(tail, 0), mixed);
    bucket.endChange();
    edit.release();
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
    edit.cells = tree.columnCells(front);
    edit.cell = tree.copyColumn(column, 0, front, edit.cells);
    edit.length = front;
    edit.depth = depth;
    edit.headLow = headLow;
    edit.headHigh = headHigh;
    edit.lastLow = tree.low(column, front - 1);
    edit.lastHigh = tree.high(column, front - 1);
    edit.commit();
    runs.segment(head)[RunTable.at(head) + RunTable.USED] = tree.word(tail, RunTable.USED);
  }

  /// Cuts the front off a run, below the one that has it now. Both heads change in the table with
  /// their buckets odd, so that whoever misses one meanwhile looks again.
  private void cutFront(int tail, int head, int front) {
    holdings.load(tail);
    holdings.clip(front, tree.length(tail));
    edit.of(tail).holders();
    long headMixed = heads.mix(edit.headLow);
    int column = edit.cell;
    edit.parent = head;
    edit.origin = (edit.origin + front) & SlotTable.OFFSET_MASK;
    edit.length -= front;
    edit.depth += front;
    edit.headLow = tree.low(column, front);
    edit.headHigh = tree.high(column, front);
    edit.cells = tree.columnCells(edit.length);
    edit.cell = tree.copyColumn(column, front, edit.length, edit.cells);
    edit.prepare();
    long tailMixed = heads.mix(edit.headLow);
    heads.ensureRoom(tailMixed);
    var headBucket = heads.bucket(headMixed);
    var tailBucket = heads.bucket(tailMixed);
    headBucket.beginChange();
    if (tailBucket != headBucket) {
      tailBucket.beginChange();
    }
    heads.replace(SlotTable.name(tail, 0), SlotTable.name(head, 0), headMixed);
    edit.publish();
    heads.insert(SlotTable.name(tail, 0), tailMixed);
    if (tailBucket != headBucket) {
      tailBucket.endChange();
    }
    headBucket.endChange();
    edit.release();
  }

  /// Makes the slots of a run's blocks `[from, to)` name another run, as its first.
  private void repoint(int of, int from, int to, int other) {
    var table = blocks;
    if (table == null) {
      return;
    }
    long place = tree.word(of, RunTable.PLACE);
    for (int next = from; next < to; next += SlotBatch.SIZE) {
      int end = Math.min(to, next + SlotBatch.SIZE);
      var batch = tree.touch(table, of, next, end);
      for (int i = next; i < end; i++) {
        batch
            .bucket(i - next)
            .rename(
                SlotTable.name(of, RunTable.offset(place, i)),
                SlotTable.name(other, i - from),
                batch.mixed(i - next));
      }
    }
    tree.touched += to - from;
  }
}
