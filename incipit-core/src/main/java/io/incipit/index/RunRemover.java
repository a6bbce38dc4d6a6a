// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.index.table.GrowableWords;
import io.incipit.index.table.HolderTable;
import io.incipit.index.table.Holdings;
import io.incipit.index.table.RunTable;
import io.incipit.index.table.SlotTable;
import java.util.function.IntConsumer;

/// What the writer of an index does to be rid of things: it removes what a holder gives up, sweeps
/// up after a cleared one, sheds the coldest leaves, and drops blocks that nobody holds.
final class RunRemover {
  private static final int SAMPLES = 8;

  /// Slots that may be touched for each word of memory that there is too much.
  private static final int SHED_SLOTS_PER_WORD = 4;

  private final RunTree tree;
  private final RunTable runs;
  private final HolderTable holders;
  private final RunFinder finder;
  private final Holdings holdings;
  private final Descent descent;
  private IntConsumer shedListener = _ -> {};
  private long bytesMax;
  private long blocksMax = Long.MAX_VALUE;
  private int sweepAt;
  private int trimNext;
  private boolean untrimmed;
  private long random;
  private long shedBlocks;

  RunRemover(RunTree tree, IndexConfig config) {
    this.tree = tree;
    this.runs = tree.runs;
    this.holders = tree.holders;
    this.finder = tree.finder;
    this.descent = tree.question.descent;
    this.holdings = tree.holdings;
    this.bytesMax = config.bytesMax();
    this.random = config.secret() | 1;
  }

  void limit(long bytesMax, long blocksMax) {
    this.bytesMax = bytesMax;
    this.blocksMax = blocksMax;
  }

  /// Who is told of each owner that loses blocks to [#shed].
  void onShed(IntConsumer listener) {
    shedListener = listener;
  }

  /// Blocks dropped because there were too many.
  long shedBlocks() {
    return shedBlocks;
  }

  /// Moves the writer behind block `parent`, at the root if it has no blocks. A block that
  /// nobody holds any more, nor any below it, is unknown: one at the end of a leaf is swept first.
  ///
  /// @return false if the parent is unknown
  boolean seek(BlockChain parent) {
    tree.run = 0;
    tree.offset = 0;
    if (parent.isEmpty()) {
      return true;
    }
    long found = find(parent, 0);
    if (found != 0 && holders.hasDead()) {
      trim((int) (found >>> SlotTable.OFFSET_BITS));
      found = find(parent, 0);
    }
    tree.run = (int) (found >>> SlotTable.OFFSET_BITS);
    tree.offset = found == 0 ? 0 : ((int) found & SlotTable.OFFSET_MASK) + 1;
    return found != 0;
  }

  int remove(int owner, Tier tier, BlockChain hashes) {
    int holder = holders.find(owner, tier.code());
    int removed = 0;
    for (int i = 0; holder != 0 && i < hashes.length(); ) {
      long found = find(hashes, i);
      int taken = 1;
      if (found != 0) {
        int of = (int) (found >>> SlotTable.OFFSET_BITS);
        int position = (int) found & SlotTable.OFFSET_MASK;
        int down = stretch(hashes, i, of, position, 1);
        int up = down > 1 ? 1 : stretch(hashes, i, of, position, -1);
        int first = position - up + 1;
        tree.recent.noteAbove(of, first);
        removed += debit(of, holder, first, position + down);
        taken = Math.max(down, up);
      }
      i += taken;
    }
    return removed;
  }

  /// Finds a block by its hash.
  ///
  /// @return run and position as `run << 11 | position`; 0 if it is unknown
  private long find(BlockChain hashes, int i) {
    long recent = tree.recent.find(hashes, i);
    return recent != 0 ? recent : tree.find(hashes, i);
  }

  /// How many hashes from `start` on are those of a run from `position` on, block after block or,
  /// with step -1, block before block. The first is.
  private int stretch(BlockChain hashes, int start, int of, int position, int step) {
    long place = tree.word(of, RunTable.PLACE);
    int inRun = step > 0 ? RunTable.length(place) - position : position + 1;
    int most = Math.min(hashes.length() - start, inRun);
    var column = tree.allocator.segment(RunTable.cell(place));
    int first = GrowableWords.word(RunTable.cell(place)) + position * tree.stride;
    int same = 1;
    while (same < most) {
      int at = first + same * step * tree.stride;
      boolean isSame = column[at] == hashes.low(start + same);
      if (!isSame || (tree.stride > 1 && column[at + 1] != hashes.high(start + same))) {
        break;
      }
      same++;
    }
    return same;
  }

  int removeChain(int owner, Tier tier, BlockChain chain, int from) {
    int holder = holders.find(owner, tier.code());
    int removed = 0;
    if (holder != 0) {
      descent.start(finder, Place.ROOT, chain);
      while (descent.advance(finder)) {
        int first = Math.max(0, from - descent.base);
        int visited = descent.view.run;
        int matched = descent.matched;
        descent.accept(finder, matched);
        if (first < matched) {
          removed += debit(visited, holder, first, matched);
        }
      }
    }
    return removed;
  }

  private int debit(int of, int holder, int from, int to) {
    holdings.load(of);
    int removed = holdings.debit(holder, from, to);
    if (removed > 0) {
      tree.edit.commitHolders(of);
      trim(tree.splitter.splitIfCrowded(of));
    }
    return removed;
  }

  /// Drops the blocks at a run's end that nobody holds, if it has no children; then those of its
  /// parent, and so on, until the operation has touched its share: the rest waits for [#sweep].
  void trim(int leaf) {
    int of = leaf;
    while (of != 0 && tree.length(of) > 0 && tree.isLeaf(of)) {
      holdings.load(of);
      int end = holdings.end();
      int length = tree.length(of);
      if (end == length) {
        return;
      }
      if (tree.isBudgetSpent()) {
        trimLater(of);
        return;
      }
      tree.forget(of, end, length);
      if (end > 0) {
        tree.shorten(of, end);
        return;
      }
      int parent = RunTable.parent(tree.word(of, RunTable.STATE));
      tree.free(of);
      of = parent;
    }
  }

  /// One run is remembered; if there are more, the next sweep finds them.
  private void trimLater(int of) {
    if (trimNext == 0) {
      trimNext = of;
    } else {
      untrimmed = true;
    }
  }

  boolean sweep() {
    int of = trimNext;
    trimNext = 0;
    trim(of);
    if (sweepAt == 0 && (untrimmed || holders.hasDead())) {
      untrimmed = false;
      holders.beginSweep();
      sweepAt = 1;
    }
    while (sweepAt > 0 && sweepAt < runs.count() && trimNext == 0 && !tree.isBudgetSpent()) {
      sweepRun(sweepAt++);
    }
    if (sweepAt > 0 && sweepAt == runs.count()) {
      holders.endSweep();
      sweepAt = 0;
    }
    return sweepAt > 0 || trimNext != 0 || untrimmed || holders.hasDead();
  }

  private void sweepRun(int of) {
    tree.touched++;
    if (tree.length(of) > 0) {
      holdings.load(of);
      if (holdings.masked()) {
        tree.edit.commitHolders(of);
      }
      trim(of);
    }
  }

  /// Whether there is more than there may be, and something that can go.
  boolean isOver() {
    return (tree.bytes() > bytesMax || tree.blockCount > blocksMax) && runs.leafCount() > 0;
  }

  /// Drops the coldest leaves while there is more than there may be, as far as one operation goes:
  /// the further, the more there is too much.
  void shed() {
    if (!isOver()) {
      return;
    }
    long overWords = Math.max(0, tree.bytes() - bytesMax) / Long.BYTES;
    long overBlocks = Math.max(0, tree.blockCount - blocksMax);
    tree.extendOperation(SHED_SLOTS_PER_WORD * Math.max(overWords, overBlocks));
    while (isOver() && !tree.isBudgetSpent()) {
      int coldest = sampleLeaf();
      holdings.load(coldest);
      holdings.forEachHolder(
          holder -> shedListener.accept(HolderTable.owner(holders.ownerAndTier(holder))));
      holdings.cut(keptOf(coldest));
      tree.edit.commitHolders(coldest);
      long before = tree.blockCount;
      trim(coldest);
      shedBlocks += before - tree.blockCount;
    }
  }

  /// Blocks of a leaf that may stay: none where memory is to come back, else all but those that are
  /// too many.
  private int keptOf(int leaf) {
    long over = tree.bytes() > bytesMax ? Long.MAX_VALUE : tree.blockCount - blocksMax;
    return (int) Math.max(0, tree.length(leaf) - over);
  }

  /// The leaf of a few random ones that was used the longest ago.
  private int sampleLeaf() {
    int coldest = 0;
    for (int i = 0; i < SAMPLES; i++) {
      random ^= random << 13;
      random ^= random >>> 7;
      random ^= random << 17;
      int leaf = runs.leaf((int) (((random >>> 33) * runs.leafCount()) >>> 31));
      if (coldest == 0 || age(leaf) > age(coldest)) {
        coldest = leaf;
      }
    }
    tree.touched += SAMPLES;
    return coldest;
  }

  private long age(int of) {
    return tree.clock - tree.word(of, RunTable.USED);
  }
}
