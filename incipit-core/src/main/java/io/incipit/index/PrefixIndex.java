// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import java.util.function.IntConsumer;

/// The blocks of one namespace and who holds them: a tree in which each block has one parent.
///
/// A block is *known* while somebody holds it or it has known children, so the tree is
/// prefix-closed; what nobody holds any more may stay known until it is swept, but for the end of a
/// chain. Holding is not: an owner may hold later blocks without earlier ones, and is then credited
/// exactly up to its first gap. Owners are numbers, dense from 0, given out by the caller.
///
/// Changes come from one thread at a time; questions come from any thread, beside them, never
/// block, and do no more than their budget grants. A question sees some state of each run between
/// its start and its end, not one moment of the whole index: a racing removal may shorten the
/// answer, never lengthen it beyond what was held.
public interface PrefixIndex {
  /// An empty index.
  static PrefixIndex create(IndexConfig config) {
    return new RunIndex(config);
  }

  /// What [#store] and [#storeChain] return where the place to store at is unknown.
  int UNKNOWN_PARENT = -1;

  /// An owner holds `hashes`, the children of `parent` one below the other, but for the first
  /// `skip`: those only stand above what it holds. What it holds already stays held.
  ///
  /// A hash that is known in another place contradicts the chaining of hashes: the rest from there
  /// on is not stored, and counted. If nothing is left then that the owner would hold, nothing
  /// changes.
  ///
  /// @param parent of length 1, or 0 for the first block of a prompt
  /// @param skip in `[0, hashes.length()]`
  /// @return how many of `hashes` are known at this place now, fewer than there are after a
  ///     conflict; [#UNKNOWN_PARENT] if the parent is unknown, and nothing changed
  int store(int owner, Tier tier, BlockChain parent, BlockChain hashes, int skip);

  /// An owner holds the blocks of `chain` from position `from` on. Like [#store], but finds its
  /// place from the chain's start instead of by a bare hash.
  ///
  /// @return how many of the blocks from `from` on are known now; [#UNKNOWN_PARENT] if one before
  ///     `from` is not known, and nothing changed
  int storeChain(int owner, Tier tier, BlockChain chain, int from);

  /// An owner holds none of `hashes` any more; they are bare, in any order.
  ///
  /// @return how many of them it held
  /// @throws IllegalStateException if this index was made without look-up by hash
  int remove(int owner, Tier tier, BlockChain hashes);

  /// An owner holds the blocks of `chain` from position `from` on no more.
  ///
  /// @return how many of them it held
  int removeChain(int owner, Tier tier, BlockChain chain, int from);

  /// An owner holds nothing any more in the tiers of `tierMask`. Answers change at once; memory
  /// comes back by [#sweep].
  void clear(int owner, int tierMask);

  /// Gives back a bounded part of what [#clear] left behind, and removals that had more to drop
  /// than one operation may.
  ///
  /// @return whether there is more to do
  boolean sweep();

  /// The longest prefix of `from` and then `next` that eligible holders have between them, and
  /// their intervals inside it, at most `limit` of them, and not more than the budget has records.
  ///
  /// A place ends when its block goes; without look-up by hash, any change may end it. Every block
  /// that was reached has one.
  Outcome match(
      Place from,
      BlockChain next,
      Eligible eligible,
      int limit,
      QuestionBudget budget,
      MatchAnswer answer);

  /// How many leading blocks of `from` and then `next` each eligible owner holds, at most `limit`
  /// owners beside the base. The base is the answer that most eligible owners in `[0, owners)`
  /// have; of several, the smallest. Where owners are left out because of the limit, each of its
  /// counts is lowered to the worst that one of them has, so that whoever is not listed has at
  /// least the base.
  ///
  /// @param owners how many owners there are; each that is eligible has an answer, zero if it holds
  ///     nothing
  Outcome score(
      Place from,
      BlockChain next,
      int owners,
      Eligible eligible,
      int limit,
      QuestionBudget budget,
      ScoreAnswer answer);

  /// The blocks that follow block `hash` unbranched, after the first `from` of them at most
  /// `count`, and their holders, positions counted from the first block listed. Fewer, and
  /// [RunAnswer.End#COUNT], where the budget has no records for the holders of more.
  Outcome run(BlockChain hash, int from, int count, QuestionBudget budget, RunAnswer answer);

  /// The holders of one block, as intervals `[0, 1)`; none if it is unknown.
  Outcome locate(BlockChain hashes, int i, QuestionBudget budget, MatchAnswer answer);

  /// Who is told of each owner that lost blocks because there were too many. The default hears
  // nothing.
  void onShed(IntConsumer listener);

  /// How much memory, and how many blocks, there may be, from now on, before the coldest leaves go
  /// with the next change.
  void limit(long bytesMax, long blocksMax);

  /// Counters and sizes of this moment.
  IndexSnapshot snapshot();
}
