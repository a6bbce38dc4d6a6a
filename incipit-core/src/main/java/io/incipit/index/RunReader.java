// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import org.jspecify.annotations.Nullable;

/// Look-ups in the tree of runs, without locks: each reads a run's record, its column and its
/// holders, and believes them if the record's state is the same afterwards. For any thread; what a
/// look-up needs of scratch is in its answer.
final class RunReader {
  private static final int LINEAR_MAX = 16;
  private static final int PROBES = 7;

  private final RunTable runs;
  private final Arena arena;
  private final HolderTable holders;
  private final SlotTable heads;
  private final @Nullable SlotTable blocks;
  private final boolean cacheTable;

  /// Words of a column for one block.
  private final int stride;

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

  long[] recordSegment(int run) {
    return runs.segment(run);
  }

  /// Whether a run's number has ever been given out.
  boolean exists(int run) {
    return runs.exists(run);
  }

  /// Looks at the run below `parent` that begins with block `i` of `chain`; false if there is none.
  /// What proves it to be that run is read under the same state as what is read of it later.
  boolean findHead(Walk walk, int parent, BlockChain chain, int i) {
    long mixed = heads.mix(chain.low(i));
    while (true) {
      var piece = heads.piece(mixed);
      int version = piece.version();
      var slots = piece.slots;
      long tag = piece.tag(mixed);
      int at = piece.home(tag);
      long slot = SlotTable.slotAt(slots, at);
      while (SlotTable.goesOn(slot, tag)) {
        if (SlotTable.matches(slot, tag) && isHead(walk, SlotTable.run(slot), parent, chain, i)) {
          return true;
        }
        slot = SlotTable.slotAt(slots, ++at);
      }
      if (cacheTable || !piece.changedSince(version)) {
        return false;
      }
      Thread.onSpinWait();
    }
  }

  private boolean isHead(Walk walk, int run, int parent, BlockChain chain, int i) {
    boolean same;
    do {
      walk.look(this, run);
      var words = walk.words;
      int at = walk.at;
      same =
          words[at + RunTable.HEAD_LOW] == chain.low(i)
              && RunTable.length(walk.place) > 0
              && RunTable.parent(walk.state) == parent
              && (stride == 1 || words[at + RunTable.HEAD_HIGH] == chain.high(i));
    } while (walk.hasChanged());
    return same;
  }

  /// How many blocks of the run being looked at, from position `start` on, are those of `chain`
  /// from `first` on. Since a hash covers all blocks before its own, one equal block proves all
  /// before it: the last one that both have is compared first, then a few in between.
  int common(Walk walk, BlockChain chain, int first, int start) {
    long place = walk.place;
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
          chain.low(last) == walk.words[walk.at + RunTable.LAST_LOW]
              && (stride == 1 || chain.high(last) == walk.words[walk.at + RunTable.LAST_HIGH]);
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
  int offsetOf(Walk walk, Place place) {
    int offset = place.depth() - RunTable.depth(walk.words[walk.at + RunTable.SIZE]);
    if (offset <= 0) {
      return -1;
    }
    boolean isHere =
        offset <= RunTable.length(walk.place)
            && wordAt(walk.place, offset - 1) == place.low()
            && place.high() == 0;
    return isHere ? offset : 0;
  }

  private long wordAt(long place, int position) {
    int cell = RunTable.cell(place);
    return arena.segment(cell)[Segments.word(cell) + position * stride];
  }

  private boolean isAt(long place, int position, long high, long low) {
    int cell = RunTable.cell(place);
    var column = arena.segment(cell);
    int at = Segments.word(cell) + position * stride;
    return column[at] == low && (stride == 1 || column[at + 1] == high);
  }

  /// Answers [PrefixIndex#match].
  boolean match(Walk walk, Eligible eligible, MatchAnswer answer) {
    var gathered = answer.gathered();
    boolean going = true;
    while (going && walk.advance(this)) {
      gather(walk.words, walk.at, eligible, gathered);
      int covered = gathered.cover(walk.matched);
      long low = lowBefore(walk, covered);
      if (walk.holds()) {
        answer.hold(walk.base, covered);
        if (covered > 0) {
          answer.place(walk.base + covered, walk.run, low);
        }
        going = covered == walk.matched;
        walk.accept();
      } else if (walk.isOnPath()) {
        answer.clear();
        if (!walk.restart(this)) {
          return false;
        }
      }
    }
    return true;
  }

  /// The hash of the block before position `end` of the run being looked at: the question's own
  /// where it came along it, since equal blocks have equal hashes and its memory is at hand.
  private long lowBefore(Walk walk, int end) {
    if (end == 0) {
      return 0;
    }
    int asked = walk.chainIndexOf(end - 1);
    return asked >= 0 ? walk.chain().low(asked) : wordAt(walk.place, end - 1);
  }

  /// Reads the eligible holders of a run, masked ones left out.
  private void gather(long[] words, int at, Eligible eligible, Gathered gathered) {
    gatherIntervals(words, at, eligible, gathered);
    for (int i = 0; i < gathered.wholeWords(); i++) {
      for (long bits = gathered.whole(i); bits != 0; bits &= bits - 1) {
        int holder = (i << 6) + Long.numberOfTrailingZeros(bits);
        gather(Holdings.interval(holder, 0, RunTable.LENGTH_MASK), eligible, gathered);
      }
    }
  }

  /// Reads the eligible holders of a part of a run, and leaves those of the whole a set, ineligible
  /// and masked ones included.
  private void gatherIntervals(long[] words, int at, Eligible eligible, Gathered gathered) {
    gathered.clear();
    for (int i = 0; i < RunTable.INLINE_HOLDERS; i++) {
      long interval = words[at + RunTable.HOLDERS + i];
      if (interval == 0) {
        break;
      }
      gather(interval, eligible, gathered);
    }
    if ((words[at + RunTable.PLACE] & RunTable.MORE_HOLDERS) != 0) {
      gatherMore(words, at, eligible, gathered);
    }
  }

  private void gather(long interval, Eligible eligible, Gathered gathered) {
    long holder = holders.ownerAndTier(Holdings.holder(interval));
    if (!HolderTable.isDead(holder)
        && (eligible.isAll()
            || eligible.accepts(HolderTable.owner(holder), HolderTable.tier(holder)))) {
      gathered.add(interval, holder);
    }
  }

  private void gatherMore(long[] words, int at, Eligible eligible, Gathered gathered) {
    long more = RunTable.cellWord(words, at + RunTable.MORE);
    int count = RunTable.moreCount(more);
    if (count > 0) {
      var region = arena.segment(RunTable.cell(more));
      int start = Segments.word(RunTable.cell(more));
      for (int i = 0; i < count; i++) {
        gather(region[start + i], eligible, gathered);
      }
    }
    long whole = RunTable.cellWord(words, at + RunTable.WHOLE);
    int size = RunTable.wholeWords(whole);
    if (size > 0) {
      gathered.addWhole(
          arena.segment(RunTable.cell(whole)), Segments.word(RunTable.cell(whole)), size);
    }
  }

  /// Answers [PrefixIndex#score] but for the summing up.
  boolean score(Walk walk, ScoreAnswer answer) {
    var gathered = answer.gathered();
    answer.begin(holders);
    while (walk.advance(this)) {
      gatherIntervals(walk.words, walk.at, Eligible.ALL, gathered);
      long low = lowBefore(walk, walk.matched);
      if (walk.holds()) {
        answer.hold(walk.base, walk.matched);
        answer.known(walk.base + walk.matched, walk.run, low);
        walk.accept();
      } else if (walk.isOnPath()) {
        answer.clear();
        answer.begin(holders);
        if (!walk.restart(this)) {
          return false;
        }
      }
    }
    return true;
  }

  /// Finds a block by its bare hash.
  ///
  /// @return run and position as `run << 11 | position`; 0 if it is unknown
  long findBlock(long high, long low) {
    var table = blocks;
    if (table == null) {
      throw new IllegalStateException("index: made without look-up by hash");
    }
    long mixed = table.mix(low);
    while (true) {
      var piece = table.piece(mixed);
      int version = piece.version();
      var slots = piece.slots;
      long tag = piece.tag(mixed);
      int at = piece.home(tag);
      long slot = SlotTable.slotAt(slots, at);
      while (SlotTable.goesOn(slot, tag)) {
        int position = SlotTable.matches(slot, tag) ? positionOf(slot, high, low) : -1;
        if (position >= 0) {
          return (long) SlotTable.run(slot) << 11 | position;
        }
        slot = SlotTable.slotAt(slots, ++at);
      }
      if (!piece.changedSince(version)) {
        return 0;
      }
      Thread.onSpinWait();
    }
  }

  /// Position of a slot's block in its run if it is the one with this hash, else -1.
  int positionOf(long slot, long high, long low) {
    var words = runs.segment(SlotTable.run(slot));
    int at = RunTable.at(SlotTable.run(slot));
    while (true) {
      long state = RunTable.state(words, at);
      long place = RunTable.cellWord(words, at + RunTable.PLACE);
      int position = RunTable.position(place, SlotTable.offset(slot));
      int length = RunTable.length(place);
      boolean same = position < length && isAt(place, position, high, low);
      if (!RunTable.changedSince(words, at, state)) {
        return same ? position : -1;
      }
      Thread.onSpinWait();
    }
  }

  /// Answers [PrefixIndex#locate].
  void locate(BlockChain hashes, int i, MatchAnswer answer) {
    while (true) {
      answer.clear();
      long found = findBlock(hashes.high(i), hashes.low(i));
      if (found == 0) {
        return;
      }
      int position = (int) found & SlotTable.OFFSET_MASK;
      var words = runs.segment((int) (found >>> 11));
      int at = RunTable.at((int) (found >>> 11));
      long state = RunTable.state(words, at);
      long place = RunTable.cellWord(words, at + RunTable.PLACE);
      boolean there =
          position < RunTable.length(place) && isAt(place, position, hashes.high(i), hashes.low(i));
      gather(words, at, Eligible.ALL, answer.gathered());
      answer.holdStretch(position, position + 1);
      if (there && !RunTable.changedSince(words, at, state)) {
        answer.sortAndLimit(Integer.MAX_VALUE);
        return;
      }
    }
  }

  /// Answers [PrefixIndex#run].
  void run(BlockChain hash, int from, int count, RunAnswer answer) {
    var stretch = answer.stretch();
    while (true) {
      answer.clear();
      long found = findBlock(hash.high(0), hash.low(0));
      if (found == 0) {
        return;
      }
      int before = ((int) found & SlotTable.OFFSET_MASK) + 1;
      var words = runs.segment((int) (found >>> 11));
      int at = RunTable.at((int) (found >>> 11));
      long state = RunTable.state(words, at);
      long place = RunTable.cellWord(words, at + RunTable.PLACE);
      int length = RunTable.length(place);
      int first = (int) Math.min((long) before + from, Math.max(before, length));
      int last = Math.clamp((long) first + count, first, Math.max(first, length));
      boolean there = before <= length && isAt(place, before - 1, hash.high(0), hash.low(0));
      var lows = new long[last - first];
      for (int i = 0; i < lows.length; i++) {
        lows[i] = wordAt(place, first + i);
      }
      boolean leaf = words[at + RunTable.CHILDREN] == 0;
      gather(words, at, Eligible.ALL, stretch.gathered());
      stretch.holdStretch(first, last);
      if (there && !RunTable.changedSince(words, at, state)) {
        stretch.sortAndLimit(Integer.MAX_VALUE);
        var beyond = leaf ? RunAnswer.End.END : RunAnswer.End.PARTING;
        answer.blocks(BlockChain.of(lows), last < length ? RunAnswer.End.COUNT : beyond);
        return;
      }
    }
  }
}
