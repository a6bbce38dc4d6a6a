// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import java.util.function.IntConsumer;

/// The prefix index as a path-compressed tree of runs.
///
/// A look-up costs one probe of a small table for each run it crosses, not for each block; a store
/// costs a copy of its hashes, and with look-up by hash one slot for each. Memory is about 9 B a
/// block for the tree and 12 B for look-up by hash.
public final class RunIndex implements PrefixIndex {
  /// The most slots that one operation on at most 64 blocks touches.
  static final int SLOTS_TOUCHED_MAX = 1 << 16;

  private final RunTree tree;
  private final RunReader reader;
  private final Growth growth;
  private final Pruning pruning;

  /// An empty index.
  public RunIndex(IndexConfig config) {
    this(config, RunFault.NONE);
  }

  RunIndex(IndexConfig config, RunFault fault) {
    this.tree = new RunTree(config, fault);
    this.reader = tree.reader;
    this.growth = new Growth(tree);
    this.pruning = new Pruning(tree, config);
  }

  @Override
  public int store(int owner, Tier tier, BlockChain parent, BlockChain hashes, int skip) {
    if (skip != 0) {
      throw new IllegalArgumentException("skip: %d (expected: 0)".formatted(skip));
    }
    tree.beginOperation(hashes.length());
    return growth.stand(parent) ? put(owner, tier, hashes, 0, parent) : UNKNOWN_PARENT;
  }

  @Override
  public int storeChain(int owner, Tier tier, BlockChain chain, int from) {
    tree.beginOperation(chain.length() - from);
    return growth.descend(chain.slice(0, from)) == from
        ? put(owner, tier, chain, from, BlockChain.empty(chain.hashBytes()))
        : UNKNOWN_PARENT;
  }

  private int put(int owner, Tier tier, BlockChain chain, int from, BlockChain parent) {
    int holder = tree.holders.findOrAdd(owner, tier.code());
    int stored = growth.put(holder, chain, from, parent);
    pruning.shed();
    tree.endOperation();
    return stored;
  }

  @Override
  public int remove(int owner, Tier tier, BlockChain hashes) {
    tree.beginOperation(hashes.length());
    int removed = pruning.remove(owner, tier, hashes);
    tree.endOperation();
    return removed;
  }

  @Override
  public int removeChain(int owner, Tier tier, BlockChain chain, int from) {
    tree.beginOperation(chain.length() - from);
    int removed = pruning.removeChain(owner, tier, chain, from);
    tree.endOperation();
    return removed;
  }

  @Override
  public void clear(int owner, int tierMask) {
    for (int code = 0; code < Tier.COUNT; code++) {
      if ((tierMask >>> code & 1) != 0) {
        tree.holders.kill(owner, code);
      }
    }
  }

  @Override
  public boolean sweep() {
    tree.beginOperation(0);
    boolean more = pruning.sweep();
    tree.endOperation();
    return more;
  }

  /// The most slots that one operation has touched beyond the blocks it was given.
  long slotsTouchedMax() {
    return tree.slotsTouchedMax();
  }

  /// Memory in use, of which [IndexConfig#bytesMax] is the limit.
  long liveBytes() {
    return tree.liveBytes();
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
    var way = answer.walk();
    if (!way.start(reader, from, next) || !reader.match(way, eligible, answer)) {
      answer.clear();
      return Outcome.PLACE_GONE;
    }
    touch(way);
    answer.sortAndLimit(limit);
    return Outcome.ANSWERED;
  }

  /// Stamps the last run of a way, without care for other readers: one of the stamps stays.
  private void touch(Walk way) {
    if (way.run != 0 && way.words[way.at + RunTable.USED] != tree.clock) {
      way.words[way.at + RunTable.USED] = tree.clock;
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
    var way = answer.walk();
    int version;
    do {
      version = tree.holders.version();
      answer.clear();
      if (!way.start(reader, from, next) || !reader.score(way, answer)) {
        answer.clear();
        return Outcome.PLACE_GONE;
      }
      answer.finish(owners, limit);
      // The sets name holders: whose they are, and whose only ones, must stay as it was meanwhile.
    } while (tree.holders.version() != version);
    touch(way);
    return Outcome.ANSWERED;
  }

  @Override
  public Outcome run(
      BlockChain hash, int from, int count, QuestionBudget budget, RunAnswer answer) {
    reader.run(hash, from, count, answer);
    return Outcome.ANSWERED;
  }

  @Override
  public Outcome locate(BlockChain hashes, int i, QuestionBudget budget, MatchAnswer answer) {
    reader.locate(hashes, i, answer);
    return Outcome.ANSWERED;
  }

  @Override
  public void onShed(IntConsumer listener) {
    pruning.onShed(listener);
  }

  @Override
  public void limitBytes(long bytesMax) {
    pruning.limitBytes(bytesMax);
  }

  @Override
  public IndexSnapshot snapshot() {
    return new IndexSnapshot(
        tree.blockCount,
        tree.runs.live(),
        tree.holdings.total(),
        tree.treeBytes(),
        tree.byHashBytes(),
        growth.conflicts(),
        pruning.shedBlocks());
  }
}
