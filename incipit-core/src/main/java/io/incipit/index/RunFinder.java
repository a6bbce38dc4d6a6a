// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.index.table.GrowableWords;
import io.incipit.index.table.RunFault;
import io.incipit.index.table.RunTable;
import io.incipit.index.table.SlotTable;
import io.incipit.index.table.WordAllocator;
import org.jspecify.annotations.Nullable;

/// Finds runs by the hashes of their blocks, and compares them with chains, without locks: what is
/// read of a run's record and column is believed if the record's state is the same afterwards. For
/// any thread, each with a question of its own; none waits for longer than its question may.
final class RunFinder {
  private static final int LINEAR_MAX = 16;
  private static final int PROBES = 7;

  /// Instead of a parent: a block in any place.
  private static final int ANYWHERE = -1;

  private final RunTable runs;
  private final WordAllocator allocator;
  private final SlotTable heads;
  private final @Nullable SlotTable blocks;
  private final boolean cacheTable;

  /// Words of a column for one block.
  private final int stride;

  RunFinder(
      RunTable runs,
      WordAllocator allocator,
      SlotTable heads,
      @Nullable SlotTable blocks,
      int stride,
      RunFault fault) {
    this.runs = runs;
    this.allocator = allocator;
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
  int findBlock(Question question, long high, long low) {
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

  /// Position of a slot's block in its run if it is the one with this hash, else -1.
  int positionOf(Question question, long slot, long high, long low) {
    return positionOf(question, slot, high, low, ANYWHERE);
  }

  /// Probes a table for the block with a hash, which is the first of a run below `parent` or any,
  /// and leaves the question's view at its run. A miss holds only if the bucket of the table did
  /// not change meanwhile.
  private int find(Question question, SlotTable table, long high, long low, int parent) {
    long mixed = table.mix(low);
    while (true) {
      var bucket = table.bucket(mixed);
      int version = bucket.version();
      var slots = bucket.slots;
      long tag = bucket.tag(mixed);
      int at = bucket.home(tag);
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
      if (cacheTable || !bucket.changedSince(version) || !question.spin()) {
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
    var column = allocator.segment(cell);
    int at = GrowableWords.word(cell) + start * stride;
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

  /// Word `half` of a block's hash in a column: the last 8 bytes, then those before.
  long wordAt(long place, int position, int half) {
    int cell = RunTable.cell(place);
    return allocator.segment(cell)[GrowableWords.word(cell) + position * stride + half];
  }

  /// The 8 bytes before the last 8 of a block's hash; 0 where hashes have 8 bytes.
  long highAt(long place, int position) {
    return stride == 1 ? 0 : wordAt(place, position, 1);
  }

  private boolean isAt(long place, int position, long high, long low) {
    int cell = RunTable.cell(place);
    var column = allocator.segment(cell);
    int at = GrowableWords.word(cell) + position * stride;
    return column[at] == low && (stride == 1 || column[at + 1] == high);
  }
}
