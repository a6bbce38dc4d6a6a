// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.index.table.Arena;
import io.incipit.index.table.HolderTable;
import io.incipit.index.table.RunTable;

/// Answers questions from the tree of runs, without locks: each reads a run's record, its column
/// and its holders, and believes them if the record's state is the same afterwards. For any thread,
/// each with a question of its own; none waits for longer than its question may.
final class RunReader {
  private final RunFinder finder;
  private final Arena arena;
  private final HolderTable holders;

  /// Words of a column for one block.
  private final int stride;

  RunReader(RunTree tree) {
    this.finder = tree.finder;
    this.arena = tree.arena;
    this.holders = tree.holders;
    this.stride = tree.stride;
  }

  /// Answers [PrefixIndex#match].
  Outcome match(
      Question question,
      Place from,
      BlockChain next,
      Eligible eligible,
      int limit,
      MatchAnswer answer) {
    var walk = question.walk;
    var gathered = question.gathered;
    int most = Math.min(limit, question.recordsMax());
    boolean going = walk.start(finder, from, next);
    while (going && walk.advance(finder)) {
      gathered.read(walk.view, arena, holders, eligible);
      int covered = gathered.cover(walk.matched);
      if (walk.accept(finder, covered)) {
        if (covered > 0) {
          answer.hold(gathered, walk.base - walk.matched, 0, covered, most);
          answer.known(walk.base - walk.matched + covered, walk.view.run);
        }
        going = covered == walk.matched;
      } else if (walk.again(finder)) {
        answer.clear();
      }
    }
    answer.endWith(walk.high(), walk.low());
    return question.end(answer.count());
  }

  /// Answers [PrefixIndex#score].
  Outcome score(
      Question question,
      Place from,
      BlockChain next,
      int owners,
      Eligible eligible,
      int limit,
      ScoreAnswer answer) {
    int version;
    do {
      version = holders.version();
      while (HolderTable.isOpen(version) && question.spin()) {
        version = holders.version();
      }
      answer.clear();
      if (question.walk.start(finder, from, next)
          && question.tally().begin(holders, version, eligible)) {
        addUp(question, version, eligible, answer);
        question.tally().finish(owners, answer);
      }
      // The sets name holders: whose they are, and whose only ones, must stay as it was meanwhile.
    } while (!question.hasFailed() && holders.version() != version && question.again());
    if (!question.hasFailed()) {
      answer.sortAndLimit(Math.min(limit, question.recordsMax()));
    }
    return question.end(answer.count());
  }

  private void addUp(Question question, int version, Eligible eligible, ScoreAnswer answer) {
    var walk = question.walk;
    var gathered = question.gathered;
    while (walk.advance(finder)) {
      gathered.readApart(walk.view, arena, holders, eligible);
      if (walk.view.isLeaf()) {
        walk.shorten(gathered.liveEnd(holders, walk.matched));
      }
      if (walk.accept(finder, walk.matched)) {
        if (walk.matched > 0) {
          question.tally().add(gathered, walk.base - walk.matched, walk.matched);
          answer.known(walk.base, walk.view.run);
        }
      } else if (walk.again(finder)) {
        answer.clear();
        question.tally().begin(holders, version, eligible);
      }
    }
    answer.endWith(walk.high(), walk.low());
  }

  /// Answers [PrefixIndex#locate].
  Outcome locate(Question question, BlockChain hashes, int i, MatchAnswer answer) {
    int position;
    do {
      position = finder.findBlock(question, hashes.high(i), hashes.low(i));
      if (position >= 0) {
        question.gathered.read(question.view, arena, holders, Eligible.ALL);
      }
    } while (position >= 0 && question.view.changed() && question.again());
    if (position >= 0 && !question.hasFailed()) {
      answer.hold(question.gathered, 0, position, position + 1, question.recordsMax());
      if (answer.truncated()) {
        question.fail(Outcome.OVER_BUDGET);
      }
    }
    return question.end(answer.count());
  }

  /// Answers [PrefixIndex#run].
  Outcome run(Question question, BlockChain hash, int from, int count, RunAnswer answer) {
    boolean done;
    do {
      answer.clear();
      int position = finder.findBlock(question, hash.high(0), hash.low(0));
      if (position < 0) {
        answer.end(stride, RunAnswer.End.UNKNOWN);
      }
      done = position < 0 || readOn(question, position + 1, from, count, answer);
    } while (!done && question.again());
    return question.end(answer.count());
  }

  /// Reads on from position `start` of the run that the question looks at, over its only child, and
  /// so on.
  ///
  /// @return false if a run changed while it was read, or the question has failed
  private boolean readOn(Question question, int start, int from, int count, RunAnswer answer) {
    var view = question.view;
    int first = start;
    int skip = from;
    while (true) {
      question.gathered.read(view, arena, holders, Eligible.ALL);
      long children = view.children();
      boolean leaf = RunTable.childCount(children) == 0;
      int end = leaf ? question.gathered.liveEnd(holders, view.length()) : view.length();
      int skipped = Math.clamp(end - first, 0, skip);
      first += skipped;
      skip -= skipped;
      int last = (int) Math.min(end, (long) first + count - answer.listed());
      boolean fits = first >= last || list(question, first, last, answer);
      if (question.hasFailed() || view.changed()) {
        return false;
      }
      if (first > end) {
        answer.end(stride, RunAnswer.End.UNKNOWN);
        return true;
      }
      int below = RunTable.onlyChild(children);
      boolean more = !fits || last < end || (below != 0 && skip == 0 && answer.listed() == count);
      if (more || below == 0) {
        var endHere = leaf ? RunAnswer.End.END : RunAnswer.End.PARTING;
        answer.end(stride, more ? RunAnswer.End.COUNT : endHere);
        return true;
      }
      if (!goBelow(question, below, children)) {
        return false;
      }
      first = 0;
    }
  }

  /// Adds positions `[first, last)` of the run that the question looks at to an answer.
  ///
  /// @return false if that has no room for their holders, or the question has failed
  private boolean list(Question question, int first, int last, RunAnswer answer) {
    var gathered = question.gathered;
    if (answer.count() + gathered.count() > question.recordsMax()) {
      return answer.listed() == 0 && question.fail(Outcome.OVER_BUDGET);
    }
    if (!question.charge(last - first)) {
      return false;
    }
    var place = question.view.place;
    var words = answer.extend(last - first, stride);
    int at = answer.listed() * stride;
    for (int position = first; position < last; position++) {
      for (int half = stride - 1; half >= 0; half--) {
        words[at++] = finder.wordAt(place, position, half);
      }
    }
    answer.stretch().hold(gathered, answer.listed(), first, last, Integer.MAX_VALUE);
    answer.list(last - first);
    return true;
  }

  /// Looks at the only child of the run that the question looks at, if that is still its only child
  /// and has not changed.
  private boolean goBelow(Question question, int child, long children) {
    var view = question.view;
    int above = view.run;
    var words = view.words;
    int at = view.at;
    long state = view.state;
    return finder.look(question, child)
        && view.parent() == above
        && RunTable.cellWord(words, at + RunTable.CHILDREN) == children
        && !RunTable.changedSince(words, at, state);
  }
}
