// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.index.table.HolderTable;
import io.incipit.index.table.RunTable;
import io.incipit.index.table.SlotTable;
import java.util.function.IntConsumer;

/// What the writer of an index does to be rid of things: it removes what a holder gives up, sweeps
/// up after a cleared one, sheds the coldest leaves, and drops blocks that nobody holds.
final class Pruning {
  private static final int SAMPLES = 8;

  /// Slots that may be touched for each word of memory that there is too much.
  private static final int SHED_SLOTS_PER_WORD = 4;

  private final RunTree tree;
  private final RunTable runs;
  private final HolderTable holders;
  private final RunReader reader;
  private final Holdings holdings;
  private final Walk walk = Question.ofWriter().walk;
  private IntConsumer shedListener = _ -> {};
  private long bytesMax;
  private int sweepAt;
  private int trimNext;
  private boolean untrimmed;
  private long random;
  private long shedBlocks;

  Pruning(RunTree tree, IndexConfig config) {
    this.tree = tree;
    this.runs = tree.runs;
    this.holders = tree.holders;
    this.reader = tree.reader;
    this.holdings = tree.holdings;
    this.bytesMax = config.bytesMax();
    this.random = config.secret() | 1;
  }

  void limitBytes(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Who is told of each owner that loses blocks to [#shed].
  void onShed(IntConsumer listener) {
    shedListener = listener;
  }

  /// Blocks dropped because memory ran out.
  long shedBlocks() {
    return shedBlocks;
  }

  /// Makes the writer stand after block `parent`, at the root if it has no blocks. A block that
  /// nobody holds any more, nor any below it, is unknown: one at the end of a leaf is swept first.
  ///
  /// @return false if the parent is unknown
  boolean stand(BlockChain parent) {
    tree.run = 0;
    tree.offset = 0;
    if (parent.isEmpty()) {
      return true;
    }
    long found = reader.findBlock(parent.high(0), parent.low(0));
    if (found != 0 && holders.hasDead()) {
      trim((int) (found >>> 11));
      found = reader.findBlock(parent.high(0), parent.low(0));
    }
    tree.run = (int) (found >>> 11);
    tree.offset = found == 0 ? 0 : ((int) found & SlotTable.OFFSET_MASK) + 1;
    return found != 0;
  }

  int remove(int owner, Tier tier, BlockChain hashes) {
    int holder = holders.find(owner, tier.code());
    int removed = 0;
    for (int i = 0; holder != 0 && i < hashes.length(); ) {
      long found = reader.findBlock(hashes.high(i), hashes.low(i));
      int from = i++;
      if (found != 0) {
        i = stretch(hashes, i, found);
        int first = (int) found & SlotTable.OFFSET_MASK;
        int last = first + i - from;
        removed += debit((int) (found >>> 11), holder, first, last);
      }
    }
    return removed;
  }

  /// Where a stretch of hashes ends that goes on, block after block, in the run of `found`.
  private int stretch(BlockChain hashes, int start, long found) {
    int of = (int) (found >>> 11);
    int position = ((int) found & SlotTable.OFFSET_MASK) + 1;
    int length = tree.length(of);
    int i = start;
    while (i < hashes.length() && position < length && tree.isAt(of, position, hashes, i)) {
      i++;
      position++;
    }
    return i;
  }

  int removeChain(int owner, Tier tier, BlockChain chain, int from) {
    int holder = holders.find(owner, tier.code());
    int removed = 0;
    if (holder != 0) {
      walk.start(reader, Place.ROOT, chain);
      while (walk.advance(reader)) {
        int first = Math.max(0, from - walk.base);
        int visited = walk.view.run;
        int matched = walk.matched;
        walk.accept();
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
      tree.splitIfCrowded(of);
      trim(of);
    }
    return removed;
  }

  /// Drops the blocks at a run's end that nobody holds, if it has no children; then those of its
  /// parent, and so on, until the operation has touched its share: the rest waits for [#sweep].
  void trim(int leaf) {
    int of = leaf;
    while (of != 0 && tree.length(of) > 0 && tree.word(of, RunTable.CHILDREN) == 0) {
      holdings.load(of);
      int end = holdings.end();
      int length = tree.length(of);
      if (end == length) {
        return;
      }
      if (tree.isSpent()) {
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
    while (sweepAt > 0 && sweepAt < runs.count() && trimNext == 0 && !tree.isSpent()) {
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

  /// Whether there is more memory in use than there may be, and something that can go.
  boolean isOver() {
    return tree.bytes() > bytesMax && runs.leafCount() > 0;
  }

  /// Drops the coldest leaves while there is more memory in use than there may be, as far as one
  /// operation goes: the further, the more there is too much.
  void shed() {
    long over = tree.bytes() - bytesMax;
    if (over <= 0) {
      return;
    }
    tree.extendOperation(SHED_SLOTS_PER_WORD * over / Long.BYTES);
    while (isOver() && !tree.isSpent()) {
      int coldest = sampleLeaf();
      holdings.load(coldest);
      holdings.forEachHolder(
          holder -> shedListener.accept(HolderTable.owner(holders.ownerAndTier(holder))));
      holdings.forget();
      tree.edit.commitHolders(coldest);
      long before = tree.blockCount;
      trim(coldest);
      shedBlocks += before - tree.blockCount;
    }
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
