// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The index over plain maps ([OracleTree]): slow, and short enough to be believed.
public final class OracleIndex implements PrefixIndex {
  final OracleTree tree = new OracleTree();
  private long conflicts;

  public OracleIndex() {}

  @Override
  public int store(int owner, Tier tier, BlockChain parent, BlockChain hashes, int skip) {
    if (!parent.isEmpty() && !tree.known().contains(parent)) {
      return UNKNOWN_PARENT;
    }
    int fitting = tree.fitting(parent, hashes);
    conflicts += fitting < hashes.length() ? 1 : 0;
    tree.hold(parent, hashes.slice(0, fitting), skip, owner << 2 | tier.code());
    return tree.known(parent, hashes);
  }

  @Override
  public int storeChain(int owner, Tier tier, BlockChain chain, int from) {
    var parent = chain.slice(Math.max(0, from - 1), from);
    return tree.path(Place.ROOT, chain.slice(0, from)).size() == from
        ? store(owner, tier, parent, chain.slice(from, chain.length()), 0)
        : UNKNOWN_PARENT;
  }

  @Override
  public int remove(int owner, Tier tier, BlockChain hashes) {
    var blocks = IntStream.range(0, hashes.length()).mapToObj(i -> hashes.slice(i, i + 1));
    return (int) blocks.filter(block -> tree.drop(block, owner << 2 | tier.code())).count();
  }

  @Override
  public int removeChain(int owner, Tier tier, BlockChain chain, int from) {
    int known = Math.max(from, tree.path(Place.ROOT, chain).size());
    return remove(owner, tier, chain.slice(from, known));
  }

  @Override
  public void clear(int owner, int tierMask) {
    tree.drop(holder -> holder >> 2 == owner && (tierMask >> (holder & 3) & 1) != 0);
  }

  @Override
  public boolean sweep() {
    return false;
  }

  @Override
  public Outcome match(
      Place from,
      BlockChain next,
      Eligible by,
      int limit,
      QuestionBudget budget,
      MatchAnswer answer) {
    var path = tree.path(from, next);
    int blocks = path == null ? 0 : OracleAnswers.leading(holders(path), by);
    OracleAnswers.intervals(
        path == null ? List.of() : holders(path.subList(0, blocks)), by, limit, answer);
    var last = last(path, blocks);
    answer.known(blocks, 1);
    answer.endWith(last.high(0), last.low(0));
    return path == null ? Outcome.PLACE_GONE : Outcome.ANSWERED;
  }

  /// The last of some blocks; of none, any.
  private static BlockChain last(@Nullable List<BlockChain> path, int blocks) {
    return path != null && blocks > 0 ? path.get(blocks - 1) : BlockChain.of(0);
  }

  private List<Set<Integer>> holders(List<BlockChain> path) {
    return path.stream().map(tree::holders).toList();
  }

  @Override
  public Outcome score(
      Place from,
      BlockChain next,
      int owners,
      Eligible by,
      int limit,
      QuestionBudget budget,
      ScoreAnswer answer) {
    var path = tree.path(from, next);
    answer.clear();
    if (path == null) {
      return Outcome.PLACE_GONE;
    }
    var last = last(path, path.size());
    answer.known(path.size(), 1);
    answer.endWith(last.high(0), last.low(0));
    OracleAnswers.scores(holders(path), owners, by, limit, answer);
    return Outcome.ANSWERED;
  }

  @Override
  public Outcome run(
      BlockChain hash, int from, int count, QuestionBudget budget, RunAnswer answer) {
    answer.clear();
    var all = tree.unbranched(hash, Integer.MAX_VALUE);
    var path =
        all.subList(Math.min(from, all.size()), (int) Math.min(all.size(), (long) from + count));
    OracleAnswers.intervals(holders(path), Eligible.ALL, Integer.MAX_VALUE, answer.stretch());
    path.forEach(block -> list(block, answer));
    answer.end(width(hash), end(hash, all, from, count));
    return Outcome.ANSWERED;
  }

  private static int width(BlockChain hash) {
    return Math.min(2, hash.hashBytes() / Long.BYTES);
  }

  private static void list(BlockChain block, RunAnswer answer) {
    int width = width(block);
    var words = answer.extend(1, width);
    words[answer.listed() * width] = block.high(0);
    words[(answer.listed() + 1) * width - 1] = block.low(0);
    answer.list(1);
  }

  private RunAnswer.End end(BlockChain hash, List<BlockChain> all, int from, int count) {
    if (!tree.known().contains(hash)) {
      return RunAnswer.End.UNKNOWN;
    }
    if (all.size() > (long) from + count) {
      return RunAnswer.End.COUNT;
    }
    var last = all.isEmpty() ? hash : all.getLast();
    return tree.children(last).isEmpty() ? RunAnswer.End.END : RunAnswer.End.PARTING;
  }

  @Override
  public Outcome locate(BlockChain hashes, int i, QuestionBudget budget, MatchAnswer answer) {
    var path = List.of(hashes.slice(i, i + 1));
    OracleAnswers.intervals(holders(path), Eligible.ALL, Integer.MAX_VALUE, answer);
    return Outcome.ANSWERED;
  }

  @Override
  public void onShed(IntConsumer listener) {}

  @Override
  public void limit(long bytesMax, long blocksMax) {}

  @Override
  public IndexSnapshot snapshot() {
    return new IndexSnapshot(tree.known().size(), 0, 0, 0, 0, 0, conflicts, 0);
  }
}
