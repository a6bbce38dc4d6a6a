// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.index.table.Arena;
import io.incipit.index.table.HolderTable;
import io.incipit.index.table.RunTable;
import io.incipit.index.table.Segments;
import io.incipit.index.table.SlotTable;
import org.jspecify.annotations.Nullable;

/// Look-ups in the tree of runs, without locks: each reads a run's record, its column and its
/// holders, and believes them if the record's state is the same afterwards. For any thread, each
/// with a question of its own; none waits for longer than its question may.
final class RunReader {
  private static final int LINEAR_MAX = 16;
  private static final int PROBES = 7;

  /// Instead of a parent: a block in any place.
  private static final int ANYWHERE = -1;

  private final RunTable runs;
  private final Arena arena;
  private final HolderTable holders;
  private final SlotTable heads;
  private final @Nullable SlotTable blocks;
  private final boolean cacheTable;

  /// Words of a column for one block.
  private final int stride;

  private final Question writing = Question.ofWriter();

  RunReader(
      RunTable runs,
      Arena arena,
      HolderTable holders,
      SlotTable heads,
      @Nullable SlotTable blocks,
      int stride,
      RunFault fault) {
    this.runs = runs;
    this.arena = arena;
    this.holders = holders;
    this.heads = heads;
    this.blocks = blocks;
    this.stride = stride;
    this.cacheTable = fault == RunFault.CACHE_TABLE;
  }

  /// Looks at a run, for one unit of the question's budget.
  ///
  /// @return false if the question has failed
  boolean look(Question question, int run) {
    return question.look(runs, run);
  }

  /// Whether a run has changed since its state was read.
  boolean changedSince(int run, long state) {
    return RunTable.changedSince(runs.segment(run), RunTable.at(run), state);
  }

  /// Whether a run's number has ever been given out.
  boolean exists(int run) {
    return runs.exists(run);
  }

  /// Looks at the run below `parent` that begins with block `i` of `chain`. What proves it to be
  /// that run is read under the same state as what is read of it later.
  ///
  /// @return false if there is none, or the question has failed
  boolean findHead(Question question, int parent, BlockChain chain, int i) {
    return find(question, heads, chain.high(i), chain.low(i), parent) >= 0;
  }

  /// Looks at the run of a block, found by its bare hash.
  ///
  /// @return position of the block in the run; negative if there is none, or the question has
  /// failed
  private int findBlock(Question question, long high, long low) {
    var table = blocks;
    if (table == null) {
      throw new IllegalStateException("index: made without look-up by hash");
    }
    return find(question, table, high, low, ANYWHERE);
  }

  /// Looks at the run of the block before a place.
  ///
  /// @return false if there is none, or no look-up by hash, or the question has failed
  boolean findBlock(Question question, Place place) {
    return blocks != null && findBlock(question, place.high(), place.low()) >= 0;
  }

  /// Finds a block by its bare hash. For the writer.
  ///
  /// @return run and position as `run << 11 | position`; 0 if it is unknown
  long findBlock(long high, long low) {
    int position = findBlock(writing, high, low);
    return position < 0 ? 0 : (long) writing.view.run << 11 | position;
  }

  /// Position of a slot's block in its run if it is the one with this hash, else -1. For the
  /// writer.
  int positionOf(long slot, long high, long low) {
    return positionOf(writing, slot, high, low, ANYWHERE);
  }

  /// Probes a table for the block with a hash, which is the first of a run below `parent` or any,
  /// and leaves the question's view at its run. A miss holds only if the piece of the table did not
  /// change meanwhile.
  private int find(Question question, SlotTable table, long high, long low, int parent) {
    long mixed = table.mix(low);
    while (true) {
      var piece = table.piece(mixed);
      int version = piece.version();
      var slots = piece.slots;
      long tag = piece.tag(mixed);
      int at = piece.home(tag);
      long slot = SlotTable.slotAt(slots, at);
      while (SlotTable.goesOn(slot, tag)) {
        if (SlotTable.matches(slot, tag)) {
          int position = positionOf(question, slot, high, low, parent);
          if (position >= 0 || question.hasFailed()) {
            return position;
          }
        }
        slot = SlotTable.slotAt(slots, ++at);
      }
      if (cacheTable || !piece.changedSince(version) || !question.spin()) {
        return -1;
      }
    }
  }

  /// Looks at a slot's run, until it has not changed when its block is compared.
  private int positionOf(Question question, long slot, long high, long low, int parent) {
    var view = question.view;
    while (look(question, SlotTable.run(slot))) {
      int position = parent == ANYWHERE ? RunTable.position(view.place, SlotTable.offset(slot)) : 0;
      boolean same =
          position < view.length()
              && (parent == ANYWHERE
                  ? isAt(view.place, position, high, low)
                  : view.parent() == parent && isHead(view, high, low));
      if (!view.changed()) {
        return same ? position : -1;
      }
      if (!question.again()) {
        break;
      }
    }
    return -1;
  }

  private boolean isHead(RunView view, long high, long low) {
    return view.words[view.at + RunTable.HEAD_LOW] == low
        && (stride == 1 || view.words[view.at + RunTable.HEAD_HIGH] == high);
  }

  /// How many blocks of the run being looked at, from position `start` on, are those of `chain`
  /// from `first` on. Since a hash covers all blocks before its own, one equal block proves all
  /// before it: the last one that both have is compared first, then a few in between.
  int common(RunView view, BlockChain chain, int first, int start) {
    long place = view.place;
    int length = RunTable.length(place) - start;
    int most = Math.min(length, chain.length() - first);
    if (most <= 0) {
      return 0;
    }
    int cell = RunTable.cell(place);
    var column = arena.segment(cell);
    int at = Segments.word(cell) + start * stride;
    int last = first + most - 1;
    boolean whole;
    if (most == length) {
      whole =
          chain.low(last) == view.words[view.at + RunTable.LAST_LOW]
              && (stride == 1 || chain.high(last) == view.words[view.at + RunTable.LAST_HIGH]);
    } else {
      whole = isAt(column, at, most - 1, chain, last);
    }
    if (whole) {
      return most;
    }
    return stride == 1
        ? gallop(column, at, chain, first, most - 1)
        : gallopWide(column, at, chain, first, most - 1);
  }

  /// Whether block `position` of a column that starts at word `at` is block `i` of a chain.
  private boolean isAt(long[] column, int at, int position, BlockChain chain, int i) {
    int word = at + position * stride;
    return column[word] == chain.low(i) && (stride == 1 || column[word + 1] == chain.high(i));
  }

  /// How many of `most` words from `at` on are those of `chain` from `first` on, given that after
  /// the first difference there are no equal ones. Seven probes a step, independent of each other,
  /// so that their cache misses overlap.
  private static int gallop(long[] column, int at, BlockChain chain, int first, int most) {
    int low = 0;
    int high = most;
    while (high - low > LINEAR_MAX) {
      int step = (high - low) >>> 3;
      int equal = 0;
      for (int probe = 1; probe <= PROBES; probe++) {
        int position = low + step * probe;
        equal += column[at + position] == chain.low(first + position) ? 1 : 0;
      }
      if (equal < PROBES) {
        high = low + step * (equal + 1);
      }
      low = equal == 0 ? low : low + step * equal + 1;
    }
    while (low < high && column[at + low] == chain.low(first + low)) {
      low++;
    }
    return low;
  }

  /// Like [#gallop], for columns with two words a block.
  private static int gallopWide(long[] column, int at, BlockChain chain, int first, int most) {
    int low = 0;
    int high = most;
    while (high - low > LINEAR_MAX) {
      int step = (high - low) >>> 3;
      int equal = 0;
      for (int probe = 1; probe <= PROBES; probe++) {
        int position = low + step * probe;
        equal += differs(column, at, position, chain, first) == 0 ? 1 : 0;
      }
      if (equal < PROBES) {
        high = low + step * (equal + 1);
      }
      low = equal == 0 ? low : low + step * equal + 1;
    }
    while (low < high && differs(column, at, low, chain, first) == 0) {
      low++;
    }
    return low;
  }

  /// Zero if both halves of a block are those of the chain.
  private static long differs(long[] column, int at, int position, BlockChain chain, int first) {
    int word = at + 2 * position;
    return (column[word] ^ chain.low(first + position))
        | (column[word + 1] ^ chain.high(first + position));
  }

  /// How many blocks of the run being looked at stand before a place, as far as the run has not
  /// changed; 0 if the place is neither in it nor above it, negative if it is above.
  int offsetOf(RunView view, Place place) {
    int offset = place.depth() - view.depth();
    if (offset <= 0) {
      return -1;
    }
    boolean isHere =
        offset <= view.length() && isAt(view.place, offset - 1, place.high(), place.low());
    return isHere && (stride > 1 || place.high() == 0) ? offset : 0;
  }

  private long wordAt(long place, int position, int half) {
    int cell = RunTable.cell(place);
    return arena.segment(cell)[Segments.word(cell) + position * stride + half];
  }

  private boolean isAt(long place, int position, long high, long low) {
    int cell = RunTable.cell(place);
    var column = arena.segment(cell);
    int at = Segments.word(cell) + position * stride;
    return column[at] == low && (stride == 1 || column[at + 1] == high);
  }

  /// The last 8 bytes of the hash of the block before position `end` of the run being looked at:
  /// the question's own where it came along it, since equal blocks have equal hashes and its memory
  /// is at hand.
  private long lowBefore(Walk walk, int end) {
    int asked = end == 0 ? -1 : walk.chainIndexOf(end - 1);
    long low = end == 0 || asked >= 0 ? 0 : wordAt(walk.view.place, end - 1, 0);
    return asked >= 0 ? walk.chain().low(asked) : low;
  }

  /// The 8 bytes before [#lowBefore]; 0 where hashes have 8 bytes.
  private long highBefore(Walk walk, int end) {
    int asked = end == 0 ? -1 : walk.chainIndexOf(end - 1);
    long high = end == 0 || asked >= 0 || stride == 1 ? 0 : wordAt(walk.view.place, end - 1, 1);
    return asked >= 0 ? walk.chain().high(asked) : high;
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
    boolean going = walk.start(this, from, next);
    while (going && walk.advance(this)) {
      gathered.read(walk.view, arena, holders, eligible);
      int covered = gathered.cover(walk.matched);
      long high = highBefore(walk, covered);
      long low = lowBefore(walk, covered);
      if (walk.holds()) {
        if (covered > 0) {
          answer.hold(gathered, walk.base, 0, covered, most);
          answer.place(walk.base + covered, walk.view.run, high, low);
        }
        going = covered == walk.matched;
        walk.accept();
      } else if (walk.again(this)) {
        answer.clear();
      }
    }
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
      if (question.walk.start(this, from, next) && question.tally().begin(holders, eligible)) {
        addUp(question, eligible, answer);
        question.tally().finish(owners, answer);
      }
      // The sets name holders: whose they are, and whose only ones, must stay as it was meanwhile.
    } while (!question.hasFailed() && holders.version() != version && question.again());
    if (!question.hasFailed()) {
      answer.sortAndLimit(Math.min(limit, question.recordsMax()));
    }
    return question.end(answer.count());
  }

  private void addUp(Question question, Eligible eligible, ScoreAnswer answer) {
    var walk = question.walk;
    var gathered = question.gathered;
    while (walk.advance(this)) {
      gathered.readApart(walk.view, arena, holders, eligible);
      if (walk.view.isLeaf()) {
        walk.shorten(gathered.liveEnd(holders, walk.matched));
      }
      long high = highBefore(walk, walk.matched);
      long low = lowBefore(walk, walk.matched);
      if (walk.holds()) {
        if (walk.matched > 0) {
          question.tally().add(gathered, walk.base, walk.matched);
          answer.known(walk.base + walk.matched, walk.view.run, high, low);
        }
        walk.accept();
      } else if (walk.again(this)) {
        answer.clear();
        question.tally().begin(holders, eligible);
      }
    }
  }

  /// Answers [PrefixIndex#locate].
  Outcome locate(Question question, BlockChain hashes, int i, MatchAnswer answer) {
    int position;
    do {
      position = findBlock(question, hashes.high(i), hashes.low(i));
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
      int position = findBlock(question, hash.high(0), hash.low(0));
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
        words[at++] = wordAt(place, position, half);
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
    return look(question, child)
        && view.parent() == above
        && RunTable.cellWord(words, at + RunTable.CHILDREN) == children
        && !RunTable.changedSince(words, at, state);
  }
}
