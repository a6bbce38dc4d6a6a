// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.index.table.FaultPoints;
import io.incipit.index.table.RunFault;
import io.incipit.index.table.RunTable;
import java.util.function.IntConsumer;

/// The prefix index as a path-compressed tree of runs.
///
/// A look-up costs one probe of a small table for each run it crosses, not for each block; a store
/// costs a copy of its hashes, and with look-up by hash one slot for each. Memory is about 9 B a
/// block for the tree and 12 B for look-up by hash.
public final class RunIndex implements PrefixIndex {
  /// The most slots that one operation on at most 64 blocks touches.
  static final int SLOTS_TOUCHED_MAX = 1 << 16;

  final RunTree tree;
  private final RunReader reader;
  private final RunInserter inserter;
  private final RunRemover remover;

  /// An empty index.
  public RunIndex(IndexConfig config) {
    this(config, RunFault.NONE);
  }

  RunIndex(IndexConfig config, RunFault fault) {
    this.tree = new RunTree(config, fault);
    this.reader = new RunReader(tree);
    this.inserter = new RunInserter(tree);
    this.remover = new RunRemover(tree, config);
  }

  @Override
  public int store(int owner, Tier tier, BlockChain parent, BlockChain hashes, int skip) {
    if (!parent.isEmpty()) {
      tree.requireByHash();
    }
    tree.beginOperation(hashes.length());
    inserter.touch(hashes);
    int stored = remover.seek(parent) ? put(owner, tier, hashes, 0, skip) : UNKNOWN_PARENT;
    finish();
    return stored;
  }

  @Override
  public int storeChain(int owner, Tier tier, BlockChain chain, int from) {
    var above = chain.slice(0, from);
    tree.beginOperation(chain.length() - from);
    int stored = UNKNOWN_PARENT;
    if (inserter.descend(above) == from) {
      stored = put(owner, tier, chain, from, from) - from;
    }
    finish();
    return stored;
  }

  /// Puts a chain from `from` on, held from `heldFrom` on, below where the writer stands.
  private int put(int owner, Tier tier, BlockChain chain, int from, int heldFrom) {
    if (heldFrom >= chain.length()) {
      return from;
    }
    int stored = inserter.put(tree.holders.findOrAdd(owner, tier.code()), chain, from, heldFrom);
    if (stored <= heldFrom) {
      remover.trim(tree.run);
    }
    return stored;
  }

  /// Ends a change: whatever it was, it may have made the index grow beyond its limit.
  private void finish() {
    remover.shed();
    tree.endOperation();
  }

  @Override
  public int remove(int owner, Tier tier, BlockChain hashes) {
    tree.requireByHash();
    tree.beginOperation(hashes.length());
    int removed = remover.remove(owner, tier, hashes);
    finish();
    return removed;
  }

  @Override
  public int removeChain(int owner, Tier tier, BlockChain chain, int from) {
    tree.beginOperation(chain.length() - from);
    int removed = remover.removeChain(owner, tier, chain, from);
    finish();
    return removed;
  }

  @Override
  public void clear(int owner, int tierMask) {
    tree.beginOperation(0);
    for (int code = 0; code < Tier.COUNT; code++) {
      if ((tierMask >>> code & 1) != 0) {
        tree.holders.mask(owner, code);
      }
    }
    finish();
  }

  @Override
  public boolean sweep() {
    tree.beginOperation(0);
    boolean more = remover.sweep();
    finish();
    return more || remover.isOver();
  }

  /// The most slots that one operation has touched beyond the blocks it was given.
  long slotsTouchedMax() {
    return tree.slotsTouchedMax();
  }

  /// Memory of this index, of which [IndexConfig#bytesMax] is the limit.
  long bytes() {
    return tree.bytes();
  }

  /// Bytes of hash columns and lists of holders in use.
  long arenaBytes() {
    return tree.allocator.usedBytes();
  }

  /// Lets so many stores pass, for tests.
  void advanceClock(long stores) {
    tree.clock += stores;
  }

  /// Where tests make a change fail.
  FaultPoints faults() {
    return tree.faults;
  }

  @Override
  public Outcome match(
      Place from,
      BlockChain next,
      Eligible eligible,
      int limit,
      QuestionBudget budget,
      MatchAnswer answer) {
    answer.clear();
    var question = budget.question();
    var outcome = reader.match(question, from, next, eligible, limit, answer);
    if (outcome == Outcome.ANSWERED) {
      touch(question.descent.accepted());
    } else {
      answer.clear();
    }
    return outcome;
  }

  /// Stamps the last run that a question went through, without care for other readers: one of the
  /// stamps stays.
  private void touch(int run) {
    if (run != 0) {
      var words = tree.runs.segment(run);
      int used = RunTable.at(run) + RunTable.USED;
      if (words[used] != tree.clock) {
        words[used] = tree.clock;
      }
    }
  }

  @Override
  public Outcome score(
      Place from,
      BlockChain next,
      int owners,
      Eligible eligible,
      int limit,
      QuestionBudget budget,
      ScoreAnswer answer) {
    answer.clear();
    var question = budget.question();
    var outcome = reader.score(question, from, next, owners, eligible, limit, answer);
    if (outcome == Outcome.ANSWERED) {
      touch(question.descent.accepted());
    } else {
      answer.clear();
    }
    return outcome;
  }

  @Override
  public Outcome run(
      BlockChain hash, int from, int count, QuestionBudget budget, RunAnswer answer) {
    var outcome = reader.run(budget.question(), hash, from, count, answer);
    if (outcome != Outcome.ANSWERED) {
      answer.clear();
    }
    return outcome;
  }

  @Override
  public Outcome locate(BlockChain hashes, int i, QuestionBudget budget, MatchAnswer answer) {
    answer.clear();
    var outcome = reader.locate(budget.question(), hashes, i, answer);
    if (outcome != Outcome.ANSWERED) {
      answer.clear();
    }
    return outcome;
  }

  @Override
  public void onShed(IntConsumer listener) {
    remover.onShed(listener);
  }

  @Override
  public void limit(long bytesMax, long blocksMax) {
    remover.limit(bytesMax, blocksMax);
  }

  @Override
  public IndexSnapshot snapshot() {
    return new IndexSnapshot(
        tree.blockCount,
        tree.runs.live(),
        tree.holdings.total(),
        tree.bytes(),
        tree.treeBytes(),
        tree.byHashBytes(),
        inserter.conflicts(),
        remover.shedBlocks());
  }
}
