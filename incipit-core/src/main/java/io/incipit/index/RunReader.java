// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.index.table.HolderTable;
import io.incipit.index.table.RunTable;
import io.incipit.index.table.WordAllocator;

/// Answers questions from the tree of runs, without locks: each reads a run's record, its column
/// and its holders, and believes them if the record's state is the same afterwards. For any thread,
/// each with a question of its own; none waits for longer than its question may.
final class RunReader {
  private final RunFinder finder;
  private final WordAllocator allocator;
  private final HolderTable holders;

  /// Words of a column for one block.
  private final int stride;

  RunReader(RunTree tree) {
    this.finder = tree.finder;
    this.allocator = tree.allocator;
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
    var descent = question.descent;
    var held = question.held;
    int most = Math.min(limit, question.recordsMax());
    boolean going = descent.start(finder, from, next);
    while (going && descent.advance(finder)) {
      held.read(descent.view, allocator, holders, eligible);
      int covered = held.cover(descent.matched);
      if (descent.accept(finder, covered)) {
        if (covered > 0) {
          answer.hold(held, descent.base - descent.matched, 0, covered, most);
          answer.known(descent.base - descent.matched + covered, descent.view.run);
        }
        going = covered == descent.matched;
      } else if (descent.again(finder)) {
        answer.clear();
      }
    }
    answer.endWith(descent.high(), descent.low());
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
      if (question.descent.start(finder, from, next)
          && question.counter().begin(holders, version, eligible)) {
        addUp(question, version, eligible, answer);
        question.counter().finish(owners, answer);
      }
      // The sets name holders: whose they are, and whose only ones, must stay as it was meanwhile.
    } while (!question.hasFailed() && holders.version() != version && question.again());
    if (!question.hasFailed()) {
      answer.sortAndLimit(Math.min(limit, question.recordsMax()));
    }
    return question.end(answer.count());
  }

  private void addUp(Question question, int version, Eligible eligible, ScoreAnswer answer) {
    var descent = question.descent;
    var held = question.held;
    while (descent.advance(finder)) {
      held.readApart(descent.view, allocator, holders, eligible);
      if (descent.view.isLeaf()) {
        descent.shorten(held.liveEnd(holders, descent.matched));
      }
      if (descent.accept(finder, descent.matched)) {
        if (descent.matched > 0) {
          question.counter().add(held, descent.base - descent.matched, descent.matched);
          answer.known(descent.base, descent.view.run);
        }
      } else if (descent.again(finder)) {
        answer.clear();
        question.counter().begin(holders, version, eligible);
      }
    }
    answer.endWith(descent.high(), descent.low());
  }

  /// Answers [PrefixIndex#locate].
  Outcome locate(Question question, BlockChain hashes, int i, MatchAnswer answer) {
    int position;
    do {
      position = finder.findBlock(question, hashes.high(i), hashes.low(i));
      if (position >= 0) {
        question.held.read(question.view, allocator, holders, Eligible.ALL);
      }
    } while (position >= 0 && question.view.changed() && question.again());
    if (position >= 0 && !question.hasFailed()) {
      answer.hold(question.held, 0, position, position + 1, question.recordsMax());
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
      question.held.read(view, allocator, holders, Eligible.ALL);
      long children = view.children();
      boolean leaf = RunTable.childCount(children) == 0;
      int end = leaf ? question.held.liveEnd(holders, view.length()) : view.length();
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
    var held = question.held;
    if (answer.count() + held.count() > question.recordsMax()) {
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
    answer.stretch().hold(held, answer.listed(), first, last, Integer.MAX_VALUE);
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
