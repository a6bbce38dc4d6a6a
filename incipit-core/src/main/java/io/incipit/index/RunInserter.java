// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.index.table.Bucket;
import io.incipit.index.table.GrowableWords;
import io.incipit.index.table.Holdings;
import io.incipit.index.table.RunTable;
import io.incipit.index.table.SlotBatch;
import io.incipit.index.table.SlotTable;
import io.incipit.index.table.WordAllocator;
import org.jspecify.annotations.Nullable;

/// What the writer of an index does for a store: it credits a holder with the blocks that are
/// known, and adds those that are not.
final class RunInserter {
  /// Blocks of a store up to which the look-up of the parent and the slots of the blocks, missing
  /// in the caches both, are worth overlapping.
  private static final int FEW = 4;

  private final RunTree tree;
  private final RunTable runs;
  private final WordAllocator allocator;
  private final SlotTable heads;
  private final @Nullable SlotTable blocks;
  private final RunFinder finder;
  private final Holdings holdings;
  private final Question question;
  private final Descent descent;
  private int holder;
  private int heldFrom;
  private long conflicts;

  /// Written so that the loads of [#touch] are not optimised away.
  @SuppressWarnings("UnusedVariable")
  private long touched;

  RunInserter(RunTree tree) {
    this.tree = tree;
    this.runs = tree.runs;
    this.allocator = tree.allocator;
    this.heads = tree.heads;
    this.blocks = tree.blocks;
    this.finder = tree.finder;
    this.question = tree.question;
    this.descent = question.descent;
    this.holdings = tree.holdings;
  }

  /// Touches the slots that a few new blocks will get, before anything else is waited for.
  void touch(BlockChain chain) {
    for (int i = 0; blocks != null && chain.length() <= FEW && i < chain.length(); i++) {
      touched += blocks.touch(blocks.mix(chain.low(i)));
    }
  }

  /// Stores cut short because a hash was known in another place.
  long conflicts() {
    return conflicts;
  }

  /// Puts the blocks of `chain` from `from` on below where the writer stands, those that are not
  /// known as new ones, and credits a holder with them from `heldFrom` on.
  ///
  /// @return how many blocks of `chain` stand there now; fewer than all if one is known elsewhere
  int put(int holder, BlockChain chain, int from, int heldFrom) {
    tree.clock++;
    this.holder = holder;
    this.heldFrom = heldFrom;
    int next = from;
    int taken = 1;
    while (next < chain.length() && taken > 0) {
      taken = isInside() ? goOn(chain, next) : goBelow(chain, next);
      next += taken;
    }
    conflicts += next < chain.length() ? 1 : 0;
    if (blocks != null && tree.offset > 0) {
      tree.recent.note(tree.run, tree.offset - 1);
    }
    return next;
  }

  /// Whether the writer stands before a block of a run.
  private boolean isInside() {
    return tree.run != 0 && tree.offset < tree.length(tree.run);
  }

  /// Goes on in the run where the writer stands, or splits it there.
  private int goOn(BlockChain chain, int next) {
    int taken = follow(chain, next);
    if (taken > 0 || isKnown(chain, next)) {
      return taken;
    }
    tree.splitter.split(tree.run, tree.offset);
    return goBelow(chain, next);
  }

  /// Goes on below the run at whose end the writer stands.
  private int goBelow(BlockChain chain, int next) {
    boolean isLeaf = tree.run != 0 && tree.isLeaf(tree.run);
    if (isLeaf || !finder.findHead(question, tree.run, chain, next)) {
      return append(chain, next);
    }
    tree.run = descent.view.run;
    tree.offset = 0;
    return follow(chain, next);
  }

  /// Moves the writer down a chain from the root as far as it is known.
  ///
  /// @return how many blocks that is
  int descend(BlockChain chain) {
    tree.run = 0;
    tree.offset = 0;
    descent.start(finder, Place.ROOT, chain);
    while (descent.advance(finder)) {
      tree.run = descent.view.run;
      tree.offset = descent.matched;
      descent.accept(finder, descent.matched);
    }
    return descent.base;
  }

  /// Credits what the run already has of the chain.
  private int follow(BlockChain chain, int next) {
    finder.look(question, tree.run);
    int same = equalPrefix(chain, next, finder.common(descent.view, chain, next, tree.offset));
    if (same > 0) {
      tree.offset += same;
      int notHeld = Math.clamp(heldFrom - (long) next, 0, same);
      if (notHeld < same) {
        credit(tree.offset - same + notHeld, tree.offset);
      }
    }
    return same;
  }

  /// How many of the next `same` blocks the run has one by one. A reader may conclude from a later
  /// hash that those before it are the same; who says what it holds may contradict itself, and must
  /// not be credited with what it did not name.
  private int equalPrefix(BlockChain chain, int next, int same) {
    if (same < 2) {
      return same;
    }
    int cell = RunTable.cell(tree.word(tree.run, RunTable.PLACE));
    var column = allocator.segment(cell);
    int at = GrowableWords.word(cell) + tree.offset * tree.stride;
    int i = 0;
    if (tree.stride == 1) {
      while (i < same && column[at + i] == chain.low(next + i)) {
        i++;
      }
    } else {
      while (i < same
          && column[at + 2 * i] == chain.low(next + i)
          && column[at + 2 * i + 1] == chain.high(next + i)) {
        i++;
      }
    }
    return i;
  }

  private boolean isKnown(BlockChain chain, int i) {
    return blocks != null && tree.find(chain, i) != 0;
  }

  private void credit(int from, int to) {
    int credited = tree.run;
    runs.segment(credited)[RunTable.at(credited) + RunTable.USED] = tree.clock;
    holdings.load(credited);
    if (holdings.credit(holder, from, to)) {
      tree.edit.commitHolders(credited);
      tree.splitter.splitIfCrowded(credited);
    }
  }

  /// Adds blocks that are new, below where the writer stands, as many as go into one run.
  ///
  /// @return how many; fewer if one is known elsewhere
  private int append(BlockChain chain, int next) {
    if (tree.run != 0 && tree.isLeaf(tree.run) && tree.length(tree.run) < RunTree.RUN_BLOCKS_MAX) {
      holdings.load(tree.run);
      if (holdings.isSimple()) {
        return extend(chain, next);
      }
    }
    return addRun(chain, next);
  }

  /// Adds blocks to a run without children; [Holdings] has been loaded.
  private int extend(BlockChain chain, int next) {
    int extended = tree.run;
    int length = tree.length(extended);
    int wanted = Math.min(chain.length() - next, RunTree.RUN_BLOCKS_MAX - length);
    int cells = RunTable.cell(tree.word(extended, RunTable.SIZE));
    if (WordAllocator.cellsFor((length + wanted) * tree.stride) > cells) {
      tree.move(extended, length, tree.columnCells(length + wanted));
    }
    long place = tree.word(extended, RunTable.PLACE);
    tree.pendingCell = RunTable.cell(place);
    copyHashes(chain, next, wanted, length);
    int added = index(extended, chain.slice(next, next + wanted), length, RunTable.origin(place));
    tree.pendingCell = -1;
    if (added > 0) {
      holdings.lengthen(length + added);
      creditNew(length, next, added);
      var edit = tree.edit.of(extended).holders();
      edit.length = length + added;
      edit.lastLow = chain.low(next + added - 1);
      edit.lastHigh = chain.high(next + added - 1);
      edit.commit();
      tree.blockCount += added;
      tree.offset = length + added;
      runs.segment(extended)[RunTable.at(extended) + RunTable.USED] = tree.clock;
      tree.splitter.splitIfCrowded(extended);
    }
    return added;
  }

  /// Credits the holder with what it holds of `added` blocks that are new from position `from` on.
  private void creditNew(int from, int next, int added) {
    int notHeld = Math.clamp(heldFrom - (long) next, 0, added);
    if (notHeld < added) {
      holdings.credit(holder, from + notHeld, from + added);
    }
  }

  private void copyHashes(BlockChain chain, int next, int count, int position) {
    var column = allocator.segment(tree.pendingCell);
    int at = GrowableWords.word(tree.pendingCell) + position * tree.stride;
    // Two loops, each with a step that the compiler knows.
    if (tree.stride == 1) {
      for (int i = 0; i < count; i++) {
        column[at + i] = chain.low(next + i);
      }
    } else {
      for (int i = 0; i < count; i++) {
        column[at + 2 * i] = chain.low(next + i);
        column[at + 2 * i + 1] = chain.high(next + i);
      }
    }
  }

  private int addRun(BlockChain chain, int next) {
    int parent = tree.run;
    int wanted = Math.min(chain.length() - next, RunTree.RUN_BLOCKS_MAX);
    int cells = tree.columnCells(wanted);
    int child = runs.allocate();
    tree.run = child;
    tree.pendingCell = allocator.allocate(cells);
    copyHashes(chain, next, wanted, 0);
    int added = index(child, chain.slice(next, next + wanted), 0, 0);
    int cell = tree.pendingCell;
    tree.pendingCell = -1;
    if (added == 0) {
      allocator.free(cell, cells);
      runs.release(child);
      tree.run = parent;
      return 0;
    }
    holdings.begin(added);
    creditNew(0, next, added);
    var edit = tree.edit.of(child).holders();
    edit.parent = parent;
    edit.cell = cell;
    edit.cells = cells;
    edit.length = added;
    edit.depth = tree.depthBelow(parent);
    edit.headLow = chain.low(next);
    edit.headHigh = chain.high(next);
    edit.lastLow = chain.low(next + added - 1);
    edit.lastHigh = chain.high(next + added - 1);
    edit.commit();
    runs.segment(child)[RunTable.at(child) + RunTable.USED] = tree.clock;
    heads.insert(SlotTable.name(child, 0), heads.mix(chain.low(next)));
    runs.addLeaf(child);
    tree.addChild(parent, child);
    tree.blockCount += added;
    tree.offset = added;
    return added;
  }

  /// Gives blocks their slots, until one is known already.
  ///
  /// @return how many got one; all of them where there is no look-up by hash
  private int index(int of, BlockChain chain, int position, int origin) {
    var table = blocks;
    if (table == null) {
      return chain.length();
    }
    int i = 0;
    if (chain.length() <= FEW) {
      while (i < chain.length() && insertFew(table, name(of, origin + position + i), chain, i)) {
        i++;
      }
      return i;
    }
    while (i < chain.length()) {
      int first = i;
      int end = Math.min(chain.length(), first + SlotBatch.SIZE);
      var batch = SlotBatch.ofThread();
      batch.touch(table, chain, first, end);
      for (; i < end; i++) {
        long name = name(of, origin + position + i);
        if (!insertNew(table, name, chain, i, batch.mixed(i - first), batch.bucket(i - first))) {
          return i;
        }
      }
    }
    return i;
  }

  private static long name(int of, int offset) {
    return SlotTable.name(of, offset & SlotTable.OFFSET_MASK);
  }

  /// Like [#insertNew], for a block of a few, whose slots were touched by [#touch].
  private boolean insertFew(SlotTable table, long name, BlockChain chain, int i) {
    long mixed = table.mix(chain.low(i));
    return insertNew(table, name, chain, i, mixed, table.bucket(mixed));
  }

  private boolean insertNew(
      SlotTable table, long name, BlockChain chain, int i, long mixed, Bucket found) {
    var bucket = found;
    if (table.isFull(bucket)) {
      table.ensureRoom(mixed);
      bucket = table.bucket(mixed);
    }
    var slots = bucket.slots;
    long tag = bucket.tag(mixed);
    int at = bucket.seek(tag);
    for (; SlotTable.matches(slots[at], tag); at++) {
      if (isSame(slots[at], chain, i)) {
        return false;
      }
    }
    table.insertAt(bucket, at, name, mixed);
    return true;
  }

  private boolean isSame(long slot, BlockChain chain, int i) {
    int of = SlotTable.run(slot);
    if (of != tree.run) {
      return finder.positionOf(question, slot, chain.high(i), chain.low(i)) >= 0;
    }
    int position = RunTable.position(tree.word(of, RunTable.PLACE), SlotTable.offset(slot));
    var column = allocator.segment(tree.pendingCell);
    int at = GrowableWords.word(tree.pendingCell) + position * tree.stride;
    return column[at] == chain.low(i) && (tree.stride == 1 || column[at + 1] == chain.high(i));
  }
}
