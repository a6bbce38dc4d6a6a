// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The prefix index as a path-compressed tree of runs.
///
/// A look-up costs one probe of a small table for each run it crosses, not for each block; a store
/// costs a copy of its hashes, and with look-up by hash one slot for each. Memory is about 9 B a
/// block for the tree and 11 B for look-up by hash.
public final class RunIndex implements PrefixIndex {
  /*
   * A run is an unbranched stretch of at most 2,048 blocks: a record (RunTable), a column of the
   * last 8 bytes of each hash (Arena), and who holds which of its positions (Holdings). A child run
   * hangs below the last block of its parent; where two chains part inside a run, the run is split
   * there.
   *
   *   heads    first block of a run -> run
   *   blocks   any block -> run and offset, if wanted
   *
   * Writing, in this order, so that readers without locks are right at any moment:
   *   a new run     column and slots of its blocks, record, slot of its head
   *   growing       words beyond the end, slots of the new blocks, then length and last hash
   *                 together
   *   a split       the front is a new run, complete and with slots of its own, before the old run
   *                 becomes the tail; the slots of both heads change with their pieces marked, so
   *                 that whoever misses one meanwhile looks again
   *   shortening    slots go, then length and last hash together, then the column's memory
   * Each change of a record changes its generation; regions are given back only afterwards.
   *
   * 64 bits of a hash stand in the column. The other half is kept for a run's first and last block
   * where it is known: a block in the middle that becomes an end, by a split or by shortening, is
   * compared by 64 bits, below a parent that was compared in full.
   */
  /// The most blocks in one run.
  static final int RUN_BLOCKS_MAX = SlotTable.OFFSET_MASK + 1;

  /// The most slots that one operation on at most 64 blocks touches.
  static final int SLOTS_TOUCHED_MAX = 1 << 16;

  private static final int INTERVALS_MAX = 64;
  private static final int SWEEP_RUNS = 64;
  private static final int SLICE_SLOTS = 8_192;
  private static final int SAMPLES = 8;
  private static final int BATCH = 32;

  private final long bytesMax;
  private final RunFault fault;
  private final RunTable runs;
  private final Arena arena = new Arena();
  private final HolderTable holders = new HolderTable();
  private final SlotTable heads;
  private final @Nullable SlotTable blocks;
  private final RunReader reader;
  private final Holdings holdings;
  private final Walk walk = new Walk();
  private final long[] batchMixed = new long[BATCH];
  private IntConsumer shedListener = _ -> {};

  /// Where the writer stands: after `offset` blocks of `run`; run 0 is the root.
  private int run;

  private int offset;
  private int pendingCell = -1;
  private int sweepAt;
  private int sweepDead;
  private int[] trims = new int[16];
  private int trimCount;
  private long random;

  /// Written so that the loads of [#warm] are not optimised away.
  @SuppressWarnings("UnusedVariable")
  private long warmed;

  private int clock;
  private long blockCount;
  private long conflicts;
  private long shedBlocks;
  private long touched;
  private long touchedMax;

  /// An empty index.
  public RunIndex(IndexConfig config) {
    this(config, RunFault.NONE);
  }

  RunIndex(IndexConfig config, RunFault fault) {
    this.bytesMax = config.bytesMax();
    this.fault = fault;
    this.random = config.secret() | 1;
    this.runs = new RunTable(fault);
    this.heads = new SlotTable(config.secret(), this::mixedOfHead);
    this.blocks = config.byHash() ? new SlotTable(~config.secret(), this::mixedOfBlock) : null;
    this.reader = new RunReader(runs, arena, holders, heads, blocks, fault);
    this.holdings = new Holdings(runs, arena, holders);
  }

  private long mixedOfHead(long slot) {
    int head = SlotTable.run(slot);
    return heads.mix(runs.segment(head)[RunTable.at(head) + RunTable.HEAD_LOW]);
  }

  private long mixedOfBlock(long slot) {
    long place = word(SlotTable.run(slot), RunTable.PLACE);
    int position = RunTable.position(place, SlotTable.offset(slot));
    int cell = SlotTable.run(slot) == run && pendingCell >= 0 ? pendingCell : RunTable.cell(place);
    return byHash().mix(arena.segment(cell)[Segments.word(cell) + position]);
  }

  private SlotTable byHash() {
    if (blocks == null) {
      throw new IllegalStateException("index: made without look-up by hash");
    }
    return blocks;
  }

  private long word(int of, int word) {
    return runs.segment(of)[RunTable.at(of) + word];
  }

  private int length(int of) {
    return RunTable.length(word(of, RunTable.PLACE));
  }

  private long lowAt(int of, int position) {
    int cell = RunTable.cell(word(of, RunTable.PLACE));
    return arena.segment(cell)[Segments.word(cell) + position];
  }

  @Override
  public boolean store(int owner, Tier tier, BlockChain parent, BlockChain hashes) {
    if (parent.isEmpty()) {
      run = 0;
      offset = 0;
    } else {
      byHash();
      long found = reader.findBlock(parent.high(0), parent.low(0));
      if (found == 0) {
        return false;
      }
      run = (int) (found >>> 11);
      offset = ((int) found & SlotTable.OFFSET_MASK) + 1;
    }
    put(holders.findOrAdd(owner, tier.code()), hashes, 0, parent);
    return true;
  }

  @Override
  public boolean storeChain(int owner, Tier tier, BlockChain chain, int from) {
    if (descend(chain.slice(0, from)) < from) {
      return false;
    }
    put(holders.findOrAdd(owner, tier.code()), chain, from, BlockChain.empty(chain.hashBytes()));
    return true;
  }

  /// Moves the writer down a chain from the root as far as it is known.
  ///
  /// @return how many blocks that is
  private int descend(BlockChain chain) {
    run = 0;
    offset = 0;
    walk.start(reader, Place.ROOT, chain);
    while (walk.advance(reader)) {
      run = walk.run;
      offset = walk.matched;
      walk.accept();
    }
    return walk.base;
  }

  /// Credits a holder with the blocks of `chain` from `from` on, below where the writer stands, and
  /// adds those that are not known.
  private void put(int holder, BlockChain chain, int from, BlockChain parent) {
    clock++;
    int next = from;
    while (next < chain.length()) {
      int taken;
      if (run != 0 && offset < length(run)) {
        taken = follow(holder, chain, next);
        if (taken == 0) {
          if (isKnown(chain, next)) {
            break;
          }
          branch(chain, next, parent);
          continue;
        }
      } else {
        int child = reader.findHead(run, chain.high(next), chain.low(next));
        if (child != 0) {
          run = child;
          offset = 0;
          taken = follow(holder, chain, next);
        } else {
          taken = append(holder, chain, next);
        }
      }
      if (taken == 0) {
        break;
      }
      next += taken;
    }
    conflicts += next < chain.length() ? 1 : 0;
    shed();
    endOperation();
  }

  /// Credits what the run already has of the chain.
  private int follow(int holder, BlockChain chain, int next) {
    walk.run = run;
    walk.words = runs.segment(run);
    walk.at = RunTable.at(run);
    walk.place = walk.words[walk.at + RunTable.PLACE];
    int same = reader.common(walk, chain, next, offset);
    if (same > 0) {
      offset += same;
      credit(holder, offset - same, offset);
    }
    return same;
  }

  private boolean isKnown(BlockChain chain, int i) {
    return blocks != null && reader.findBlock(chain.high(i), chain.low(i)) != 0;
  }

  /// Splits the run where the writer stands, and stands at the front's end.
  private void branch(BlockChain chain, int next, BlockChain parent) {
    boolean known = next > 0 || !parent.isEmpty();
    long high = next > 0 ? chain.high(next - 1) : known ? parent.high(0) : 0;
    split(run, offset, high, known);
  }

  private void credit(int holder, int from, int to) {
    int credited = run;
    holdings.load(credited);
    if (holdings.credit(holder, from, to)) {
      holdings.save(credited);
      splitIfCrowded(credited);
    }
    runs.segment(credited)[RunTable.at(credited) + RunTable.USED] = clock;
  }

  private void splitIfCrowded(int crowded) {
    if (holdings.count() > INTERVALS_MAX && length(crowded) > 1) {
      int middle = holdings.middle();
      if (middle > 0) {
        split(crowded, middle, 0, false);
      }
    }
  }

  /// Adds blocks that are new, below where the writer stands, as many as go into one run.
  ///
  /// @return how many; fewer if one is known elsewhere
  private int append(int holder, BlockChain chain, int next) {
    if (run != 0 && word(run, RunTable.CHILDREN) == 0 && length(run) < RUN_BLOCKS_MAX) {
      holdings.load(run);
      if (holdings.isSimple()) {
        return extend(holder, chain, next);
      }
    }
    return addRun(holder, chain, next);
  }

  private int extend(int holder, BlockChain chain, int next) {
    int length = length(run);
    int wanted = Math.min(chain.length() - next, RUN_BLOCKS_MAX - length);
    int cells = RunTable.cell(word(run, RunTable.SIZE));
    if (Arena.cellsFor(length + wanted) > cells) {
      move(run, length, Arena.roomFor(length + wanted));
    }
    long place = word(run, RunTable.PLACE);
    pendingCell = RunTable.cell(place);
    copyLows(chain, next, wanted, length);
    int added = index(run, chain.slice(next, next + wanted), length, RunTable.origin(place));
    pendingCell = -1;
    if (added > 0) {
      holdings.load(run);
      holdings.lengthen(length + added);
      holdings.credit(holder, length, length + added);
      var words = runs.segment(run);
      int at = RunTable.at(run);
      long more = words[at + RunTable.MORE];
      holdings.prepare(words, at);
      runs.open(words, at);
      words[at + RunTable.PLACE] =
          RunTable.place(
              RunTable.cell(place),
              RunTable.origin(place),
              length + added,
              (place & RunTable.HEAD_KNOWN) | RunTable.LAST_KNOWN);
      words[at + RunTable.LAST_LOW] = chain.low(next + added - 1);
      words[at + RunTable.LAST_HIGH] = chain.high(next + added - 1);
      holdings.write(words, at);
      runs.close(words, at);
      holdings.release(more, 0, words, at);
      words[at + RunTable.USED] = clock;
      blockCount += added;
      offset = length + added;
      splitIfCrowded(run);
    }
    return added;
  }

  /// Gives a run's column another region of `cells` cells, with its first `length` words.
  private void move(int moved, int length, int cells) {
    var words = runs.segment(moved);
    int at = RunTable.at(moved);
    long place = words[at + RunTable.PLACE];
    int old = RunTable.cell(place);
    long size = words[at + RunTable.SIZE];
    int fresh = copyColumn(old, 0, length, cells);
    if (fault == RunFault.RECYCLE_EARLY) {
      arena.free(old, RunTable.cell(size));
      for (int i = 0; i < RUN_BLOCKS_MAX; i++) {
        Thread.onSpinWait();
      }
    }
    runs.open(words, at);
    words[at + RunTable.PLACE] = (place & 0xFFFF_FFFFL) | (long) fresh << 32;
    words[at + RunTable.SIZE] = (size & 0xFFFF_FFFFL) | (long) cells << 32;
    runs.close(words, at);
    if (fault != RunFault.RECYCLE_EARLY) {
      arena.free(old, RunTable.cell(size));
    }
  }

  /// A new region with `count` words of an old one, from position `from` on.
  private int copyColumn(int old, int from, int count, int cells) {
    int fresh = arena.allocate(cells);
    System.arraycopy(
        arena.segment(old),
        Segments.word(old) + from,
        arena.segment(fresh),
        Segments.word(fresh),
        count);
    touched += count;
    return fresh;
  }

  private void copyLows(BlockChain chain, int next, int count, int position) {
    var column = arena.segment(pendingCell);
    int at = Segments.word(pendingCell) + position;
    for (int i = 0; i < count; i++) {
      column[at + i] = chain.low(next + i);
    }
  }

  private int addRun(int holder, BlockChain chain, int next) {
    int parent = run;
    int wanted = Math.min(chain.length() - next, RUN_BLOCKS_MAX);
    int cells = Arena.roomFor(wanted);
    int child = runs.allocate();
    run = child;
    pendingCell = arena.allocate(cells);
    copyLows(chain, next, wanted, 0);
    int added = index(child, chain.slice(next, next + wanted), 0, 0);
    int cell = pendingCell;
    pendingCell = -1;
    if (added == 0) {
      arena.free(cell, cells);
      runs.release(child);
      run = parent;
      return 0;
    }
    var words = runs.segment(child);
    int at = RunTable.at(child);
    holdings.begin(added);
    holdings.credit(holder, 0, added);
    holdings.prepare(words, at);
    runs.open(words, at);
    words[at + RunTable.HEAD_LOW] = chain.low(next);
    words[at + RunTable.HEAD_HIGH] = chain.high(next);
    words[at + RunTable.LAST_LOW] = chain.low(next + added - 1);
    words[at + RunTable.LAST_HIGH] = chain.high(next + added - 1);
    words[at + RunTable.PLACE] =
        RunTable.place(cell, 0, added, RunTable.HEAD_KNOWN | RunTable.LAST_KNOWN);
    words[at + RunTable.SIZE] = (long) cells << 32 | depthBelow(parent);
    words[at + RunTable.CHILDREN] = 0;
    words[at + RunTable.USED] = clock;
    holdings.write(words, at);
    runs.close(words, at, parent);
    long mixed = heads.mix(chain.low(next));
    heads.insert(SlotTable.slot(child, 0, mixed), mixed);
    addChildren(parent, 1);
    blockCount += added;
    offset = added;
    return added;
  }

  private int depthBelow(int parent) {
    return parent == 0 ? 0 : RunTable.depth(word(parent, RunTable.SIZE)) + length(parent);
  }

  private void addChildren(int parent, int change) {
    if (parent != 0) {
      runs.segment(parent)[RunTable.at(parent) + RunTable.CHILDREN] += change;
    }
  }

  /// Gives blocks their slots, until one is known already.
  ///
  /// @return how many got one; all of them where there is no look-up by hash and the first is no
  ///     head
  private int index(int of, BlockChain chain, int position, int origin) {
    var table = blocks;
    if (table == null) {
      return chain.length();
    }
    for (int start = 0; start < chain.length(); start += BATCH) {
      int end = Math.min(chain.length(), start + BATCH);
      warm(table, chain, start, end);
      for (int i = start; i < end; i++) {
        long mixed = batchMixed[i - start];
        int slotOffset = origin + position + i & SlotTable.OFFSET_MASK;
        if (!insertNew(table, SlotTable.slot(of, slotOffset, mixed), chain, i)) {
          return i;
        }
      }
    }
    return chain.length();
  }

  /// Touches the slots that a batch will need, each on its own, so that their cache misses overlap.
  private void warm(SlotTable table, BlockChain chain, int start, int end) {
    long sum = 0;
    for (int i = start; i < end; i++) {
      long mixed = table.mix(chain.low(i));
      batchMixed[i - start] = mixed;
      var slots = table.piece(mixed).slots;
      sum += slots[SlotTable.home(mixed, slots.length)];
    }
    warmed = sum;
  }

  private boolean insertNew(SlotTable table, long slot, BlockChain chain, int i) {
    long mixed = table.mix(chain.low(i));
    var slots = table.piece(mixed).slots;
    int at = SlotTable.home(mixed, slots.length);
    for (; slots[at] != 0; at = at + 1 == slots.length ? 0 : at + 1) {
      if (((slots[at] ^ slot) & SlotTable.TAG_MASK) == 0 && isSame(slots[at], chain, i)) {
        return false;
      }
    }
    table.insert(slot, mixed);
    return true;
  }

  private boolean isSame(long slot, BlockChain chain, int i) {
    int of = SlotTable.run(slot);
    if (of != run) {
      return reader.positionOf(slot, chain.high(i), chain.low(i)) >= 0;
    }
    int position = RunTable.position(word(of, RunTable.PLACE), SlotTable.offset(slot));
    return arena.segment(pendingCell)[Segments.word(pendingCell) + position] == chain.low(i);
  }

  /// Splits a run after `front` blocks; the front becomes a run of its own, the old one the tail.
  ///
  /// @param high other half of the hash of the front's last block, if `known`
  private void split(int tail, int front, long high, boolean known) {
    var words = runs.segment(tail);
    int at = RunTable.at(tail);
    long place = words[at + RunTable.PLACE];
    long size = words[at + RunTable.SIZE];
    int length = RunTable.length(place);
    int old = RunTable.cell(place);
    int head = runs.allocate();
    int frontCells = Arena.roomFor(front);
    int tailCells = Arena.roomFor(length - front);
    int frontCell = copyColumn(old, 0, front, frontCells);
    int tailCell = copyColumn(old, front, length - front, tailCells);
    writeFront(
        tail,
        head,
        front,
        RunTable.place(
            frontCell,
            0,
            front,
            (place & RunTable.HEAD_KNOWN) | (known ? RunTable.LAST_KNOWN : 0)));
    runs.segment(head)[RunTable.at(head) + RunTable.LAST_HIGH] = high;
    repoint(tail, head, front);
    holdings.load(tail);
    holdings.clip(front, length);
    long more = words[at + RunTable.MORE];
    long whole = words[at + RunTable.WHOLE];
    holdings.prepare(words, at);

    long headMixed = heads.mix(words[at + RunTable.HEAD_LOW]);
    long tailLow = arena.segment(tailCell)[Segments.word(tailCell)];
    long tailMixed = heads.mix(tailLow);
    heads.ensureRoom(tailMixed);
    var headPiece = heads.piece(headMixed);
    var tailPiece = heads.piece(tailMixed);
    SlotTable.beginChange(headPiece);
    if (tailPiece != headPiece) {
      SlotTable.beginChange(tailPiece);
    }
    heads.replace(
        SlotTable.slot(tail, 0, headMixed), SlotTable.slot(head, 0, headMixed), headMixed);
    runs.open(words, at);
    words[at + RunTable.HEAD_LOW] = tailLow;
    words[at + RunTable.HEAD_HIGH] = 0;
    words[at + RunTable.PLACE] =
        RunTable.place(
            tailCell,
            RunTable.origin(place) + front & SlotTable.OFFSET_MASK,
            length - front,
            place & RunTable.LAST_KNOWN);
    words[at + RunTable.SIZE] = (long) tailCells << 32 | RunTable.depth(size) + front;
    holdings.write(words, at);
    runs.close(words, at, head);
    heads.insert(SlotTable.slot(tail, 0, tailMixed), tailMixed);
    if (tailPiece != headPiece) {
      SlotTable.endChange(tailPiece);
    }
    SlotTable.endChange(headPiece);
    holdings.release(more, whole, words, at);
    arena.free(old, RunTable.cell(size));
    standAfterSplit(tail, head, front);
  }

  private void standAfterSplit(int tail, int head, int front) {
    if (run == tail) {
      if (offset > front) {
        offset -= front;
      } else {
        run = head;
      }
    }
  }

  /// Writes the record of a run that is to be the front of another.
  private void writeFront(int tail, int head, int front, long place) {
    var old = runs.segment(tail);
    int oldAt = RunTable.at(tail);
    var words = runs.segment(head);
    int at = RunTable.at(head);
    holdings.load(tail);
    holdings.clip(0, front);
    holdings.asNew();
    holdings.prepare(words, at);
    runs.open(words, at);
    words[at + RunTable.HEAD_LOW] = old[oldAt + RunTable.HEAD_LOW];
    words[at + RunTable.HEAD_HIGH] = old[oldAt + RunTable.HEAD_HIGH];
    words[at + RunTable.LAST_LOW] = lowAt(tail, front - 1);
    words[at + RunTable.PLACE] = place;
    words[at + RunTable.SIZE] =
        (long) Arena.roomFor(front) << 32 | RunTable.depth(old[oldAt + RunTable.SIZE]);
    words[at + RunTable.CHILDREN] = 1;
    words[at + RunTable.USED] = old[oldAt + RunTable.USED];
    holdings.write(words, at);
    runs.close(words, at, RunTable.parent(old[oldAt + RunTable.STATE]));
  }

  /// Makes the slots of a run's first `front` blocks name another run.
  private void repoint(int tail, int head, int front) {
    var table = blocks;
    if (table == null) {
      return;
    }
    long place = word(tail, RunTable.PLACE);
    for (int i = 0; i < front; i++) {
      long mixed = table.mix(lowAt(tail, i));
      var piece = table.piece(mixed);
      SlotTable.beginChange(piece);
      table.replace(
          SlotTable.slot(tail, RunTable.offset(place, i), mixed),
          SlotTable.slot(head, i, mixed),
          mixed);
      SlotTable.endChange(piece);
    }
    touched += front;
  }

  @Override
  public int remove(int owner, Tier tier, BlockChain hashes) {
    byHash();
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
    endOperation();
    return removed;
  }

  /// Where a stretch of hashes ends that goes on, block after block, in the run of `found`.
  private int stretch(BlockChain hashes, int start, long found) {
    int of = (int) (found >>> 11);
    int position = ((int) found & SlotTable.OFFSET_MASK) + 1;
    int length = length(of);
    int i = start;
    while (i < hashes.length() && position < length && lowAt(of, position) == hashes.low(i)) {
      i++;
      position++;
    }
    return i;
  }

  @Override
  public int removeChain(int owner, Tier tier, BlockChain chain, int from) {
    int holder = holders.find(owner, tier.code());
    int removed = 0;
    if (holder != 0) {
      walk.start(reader, Place.ROOT, chain);
      while (walk.advance(reader)) {
        int first = Math.max(0, from - walk.base);
        int visited = walk.run;
        int matched = walk.matched;
        walk.accept();
        if (first < matched) {
          removed += debit(visited, holder, first, matched);
        }
      }
    }
    endOperation();
    return removed;
  }

  private int debit(int of, int holder, int from, int to) {
    holdings.load(of);
    int removed = holdings.debit(holder, from, to);
    if (removed > 0) {
      holdings.save(of);
      splitIfCrowded(of);
      trim(of);
    }
    return removed;
  }

  /// Drops the blocks at a run's end that nobody holds, if it has no children; then those of its
  /// parent, and so on, as far as one slice goes.
  private void trim(int leaf) {
    int of = leaf;
    long start = touched;
    while (of != 0 && length(of) > 0 && word(of, RunTable.CHILDREN) == 0) {
      holdings.load(of);
      int end = holdings.end();
      int length = length(of);
      if (end == length) {
        return;
      }
      if (touched - start > SLICE_SLOTS) {
        trimLater(of);
        return;
      }
      forget(of, end, length);
      if (end > 0) {
        shorten(of, end);
        return;
      }
      int parent = RunTable.parent(word(of, RunTable.STATE));
      free(of);
      addChildren(parent, -1);
      of = parent;
    }
  }

  private void trimLater(int of) {
    if (trimCount == trims.length) {
      trims = Arrays.copyOf(trims, 2 * trimCount);
    }
    trims[trimCount++] = of;
  }

  private void forget(int of, int from, int to) {
    blockCount -= to - from;
    touched += to - from;
    var table = blocks;
    if (table == null) {
      return;
    }
    long place = word(of, RunTable.PLACE);
    for (int i = to - 1; i >= from; i--) {
      long mixed = table.mix(lowAt(of, i));
      table.remove(SlotTable.slot(of, RunTable.offset(place, i), mixed), mixed);
    }
  }

  private void shorten(int of, int length) {
    var words = runs.segment(of);
    int at = RunTable.at(of);
    long place = words[at + RunTable.PLACE];
    boolean known = length == 1 && (place & RunTable.HEAD_KNOWN) != 0;
    long low = lowAt(of, length - 1);
    holdings.prepareShorter(length, words, at);
    long more = words[at + RunTable.MORE];
    runs.open(words, at);
    words[at + RunTable.PLACE] =
        RunTable.place(
            RunTable.cell(place),
            RunTable.origin(place),
            length,
            (place & RunTable.HEAD_KNOWN) | (known ? RunTable.LAST_KNOWN : 0));
    words[at + RunTable.LAST_LOW] = low;
    words[at + RunTable.LAST_HIGH] = known ? words[at + RunTable.HEAD_HIGH] : 0;
    holdings.write(words, at);
    runs.close(words, at);
    holdings.release(more, 0, words, at);
    int cells = Arena.roomFor(length);
    if (cells * 2 <= RunTable.cell(words[at + RunTable.SIZE])) {
      move(of, length, cells);
    }
  }

  /// Gives back a run without blocks.
  private void free(int of) {
    var words = runs.segment(of);
    int at = RunTable.at(of);
    long mixed = heads.mix(words[at + RunTable.HEAD_LOW]);
    heads.remove(SlotTable.slot(of, 0, mixed), mixed);
    int cell = RunTable.cell(words[at + RunTable.PLACE]);
    int cells = RunTable.cell(words[at + RunTable.SIZE]);
    long more = words[at + RunTable.MORE];
    long whole = words[at + RunTable.WHOLE];
    holdings.forget();
    holdings.prepare(words, at);
    runs.release(of);
    holdings.release(more, whole, words, at);
    arena.free(cell, cells);
  }

  @Override
  public void clear(int owner, int tierMask) {
    for (int code = 0; code < Tier.COUNT; code++) {
      if ((tierMask >>> code & 1) != 0) {
        holders.kill(owner, code);
      }
    }
  }

  @Override
  public boolean sweep() {
    long start = touched;
    while (trimCount > 0 && touched - start <= SLICE_SLOTS) {
      trim(trims[--trimCount]);
    }
    if (sweepAt == 0 && holders.deadCount() > 0) {
      sweepDead = holders.deadCount();
      sweepAt = 1;
    }
    int end = Math.min(runs.count(), sweepAt + SWEEP_RUNS);
    while (sweepAt > 0 && sweepAt < end && touched - start <= SLICE_SLOTS) {
      sweepRun(sweepAt++);
    }
    if (sweepAt > 0 && sweepAt >= runs.count()) {
      holders.reuse(sweepDead);
      sweepAt = 0;
    }
    endOperation();
    return sweepAt > 0 || trimCount > 0 || holders.deadCount() > 0;
  }

  private void sweepRun(int of) {
    if (length(of) > 0) {
      holdings.load(of);
      if (holdings.masked()) {
        holdings.save(of);
      }
      trim(of);
    }
  }

  /// Drops the coldest leaves while there is more memory in use than there may be.
  private void shed() {
    for (int tries = 0; tries < SAMPLES * SAMPLES && liveBytes() > bytesMax; tries++) {
      int coldest = sampleLeaf();
      if (coldest != 0) {
        holdings.load(coldest);
        holdings.forEachHolder(
            holder -> shedListener.accept(HolderTable.owner(holders.ownerAndTier(holder))));
        holdings.forget();
        holdings.save(coldest);
        long before = blockCount;
        trim(coldest);
        shedBlocks += before - blockCount;
      }
    }
  }

  private int sampleLeaf() {
    int coldest = 0;
    for (int i = 0; i < SAMPLES; i++) {
      random ^= random << 13;
      random ^= random >>> 7;
      random ^= random << 17;
      int of = 1 + (int) (((random >>> 33) * (runs.count() - 1)) >>> 31);
      boolean leaf = of != run && length(of) > 0 && word(of, RunTable.CHILDREN) == 0;
      if (leaf && (coldest == 0 || age(of) > age(coldest))) {
        coldest = of;
      }
    }
    return coldest;
  }

  private int age(int of) {
    return clock - (int) word(of, RunTable.USED);
  }

  private long liveBytes() {
    return arena.usedBytes()
        + (long) runs.live() * RunTable.WORDS * Long.BYTES
        + heads.bytes()
        + (blocks == null ? 0 : blocks.bytes())
        + holders.bytes();
  }

  private void endOperation() {
    touched += heads.takeTouched() + (blocks == null ? 0 : blocks.takeTouched());
    touchedMax = Math.max(touchedMax, touched);
    touched = 0;
  }

  /// The most slots that one operation has touched beyond the blocks it was given.
  long slotsTouchedMax() {
    return touchedMax;
  }

  @Override
  public boolean match(
      Place from, BlockChain next, Eligible eligible, int limit, MatchAnswer answer) {
    answer.clear();
    var way = answer.walk();
    if (!way.start(reader, from, next) || !reader.match(way, eligible, answer)) {
      answer.clear();
      return false;
    }
    touch(way);
    answer.sortAndLimit(limit);
    return true;
  }

  /// Stamps the last run of a way, without care for other readers: one of the stamps stays.
  private void touch(Walk way) {
    if (way.run != 0 && way.words[way.at + RunTable.USED] != clock) {
      way.words[way.at + RunTable.USED] = clock;
    }
  }

  @Override
  public boolean score(Place from, BlockChain next, int owners, int limit, ScoreAnswer answer) {
    answer.clear();
    var way = answer.walk();
    if (!way.start(reader, from, next) || !reader.score(way, answer)) {
      answer.clear();
      return false;
    }
    touch(way);
    answer.finish(owners, limit);
    return true;
  }

  @Override
  public BlockChain run(BlockChain hash, int count, MatchAnswer answer) {
    return reader.run(hash, count, answer);
  }

  @Override
  public void locate(BlockChain hashes, int i, MatchAnswer answer) {
    reader.locate(hashes, i, answer);
  }

  @Override
  public void onShed(IntConsumer listener) {
    shedListener = listener;
  }

  @Override
  public IndexSnapshot snapshot() {
    return new IndexSnapshot(
        blockCount,
        runs.live(),
        holdings.total(),
        arena.bytes() + runs.bytes() + heads.bytes() + holders.bytes(),
        blocks == null ? 0 : blocks.bytes(),
        conflicts,
        shedBlocks);
  }
}
