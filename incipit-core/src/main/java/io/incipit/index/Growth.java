// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import org.jspecify.annotations.Nullable;

/// What the writer of an index does for a store: it credits a holder with the blocks that are
/// known, and adds those that are not.
final class Growth {
  private static final int BATCH = 32;

  private final RunTree tree;
  private final RunTable runs;
  private final Arena arena;
  private final SlotTable heads;
  private final @Nullable SlotTable blocks;
  private final RunReader reader;
  private final Holdings holdings;
  private final Walk walk = new Walk();
  private final long[] batchMixed = new long[BATCH];
  private final SlotTable.Piece[] batchPieces = new SlotTable.Piece[BATCH];
  private final long[][] batchSlots = new long[BATCH][];
  private final int[] batchHomes = new int[BATCH];
  private long conflicts;

  /// Written so that the loads of [#warm] are not optimised away.
  @SuppressWarnings("UnusedVariable")
  private long warmed;

  Growth(RunTree tree) {
    this.tree = tree;
    this.runs = tree.runs;
    this.arena = tree.arena;
    this.heads = tree.heads;
    this.blocks = tree.blocks;
    this.reader = tree.reader;
    this.holdings = tree.holdings;
  }

  /// Stores cut short because a hash was known in another place.
  long conflicts() {
    return conflicts;
  }

  /// Credits a holder with the blocks of `chain` from `from` on, below where the writer stands, and
  /// adds those that are not known.
  ///
  /// @return how many of them are known there now
  int put(int holder, BlockChain chain, int from, BlockChain parent) {
    tree.clock++;
    int next = from;
    while (next < chain.length()) {
      int taken;
      if (tree.run != 0 && tree.offset < tree.length(tree.run)) {
        taken = follow(holder, chain, next);
        if (taken == 0) {
          if (isKnown(chain, next)) {
            break;
          }
          branch(chain, next, parent);
          continue;
        }
      } else {
        if (reader.findHead(walk, tree.run, chain, next)) {
          tree.run = walk.run;
          tree.offset = 0;
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
    return next - from;
  }

  /// Stands after block `parent`, at the root if it has no blocks.
  ///
  /// @return false if the parent is unknown
  boolean stand(BlockChain parent) {
    tree.run = 0;
    tree.offset = 0;
    if (!parent.isEmpty()) {
      tree.byHash();
      long found = reader.findBlock(parent.high(0), parent.low(0));
      tree.run = (int) (found >>> 11);
      tree.offset = found == 0 ? 0 : ((int) found & SlotTable.OFFSET_MASK) + 1;
    }
    return parent.isEmpty() || tree.run != 0;
  }

  /// Moves the writer down a chain from the root as far as it is known.
  ///
  /// @return how many blocks that is
  int descend(BlockChain chain) {
    tree.run = 0;
    tree.offset = 0;
    walk.start(reader, Place.ROOT, chain);
    while (walk.advance(reader)) {
      tree.run = walk.run;
      tree.offset = walk.matched;
      walk.accept();
    }
    return walk.base;
  }

  /// Credits what the run already has of the chain.
  private int follow(int holder, BlockChain chain, int next) {
    walk.look(reader, tree.run);
    int same = exact(chain, next, reader.common(walk, chain, next, tree.offset));
    if (same > 0) {
      tree.offset += same;
      credit(holder, tree.offset - same, tree.offset);
    }
    return same;
  }

  /// How many of the next `same` blocks the run has one by one. A reader may conclude from a later
  /// hash that those before it are the same; who says what it holds may contradict itself, and must
  /// not be credited with what it did not name.
  private int exact(BlockChain chain, int next, int same) {
    if (same < 2) {
      return same;
    }
    int cell = RunTable.cell(tree.word(tree.run, RunTable.PLACE));
    var column = arena.segment(cell);
    int at = Segments.word(cell) + tree.offset;
    int i = 0;
    while (i < same && column[at + i] == chain.low(next + i)) {
      i++;
    }
    return i;
  }

  private boolean isKnown(BlockChain chain, int i) {
    return blocks != null && reader.findBlock(chain.high(i), chain.low(i)) != 0;
  }

  /// Splits the run where the writer stands, and stands at the front's end.
  private void branch(BlockChain chain, int next, BlockChain parent) {
    boolean known = next > 0 || !parent.isEmpty();
    long high = next > 0 ? chain.high(next - 1) : known ? parent.high(0) : 0;
    tree.split(tree.run, tree.offset, high, known);
  }

  private void credit(int holder, int from, int to) {
    int credited = tree.run;
    holdings.load(credited);
    if (holdings.credit(holder, from, to)) {
      holdings.save(credited);
      tree.splitIfCrowded(credited);
    }
    runs.segment(credited)[RunTable.at(credited) + RunTable.USED] = tree.clock;
  }

  /// Adds blocks that are new, below where the writer stands, as many as go into one run.
  ///
  /// @return how many; fewer if one is known elsewhere
  private int append(int holder, BlockChain chain, int next) {
    if (tree.run != 0
        && tree.word(tree.run, RunTable.CHILDREN) == 0
        && tree.length(tree.run) < RunTree.RUN_BLOCKS_MAX) {
      holdings.load(tree.run);
      if (holdings.isSimple()) {
        return extend(holder, chain, next);
      }
    }
    return addRun(holder, chain, next);
  }

  private int extend(int holder, BlockChain chain, int next) {
    int length = tree.length(tree.run);
    int wanted = Math.min(chain.length() - next, RunTree.RUN_BLOCKS_MAX - length);
    int cells = RunTable.cell(tree.word(tree.run, RunTable.SIZE));
    if (Arena.cellsFor(length + wanted) > cells) {
      tree.move(tree.run, length, Arena.roomFor(length + wanted));
    }
    long place = tree.word(tree.run, RunTable.PLACE);
    tree.pendingCell = RunTable.cell(place);
    copyLows(chain, next, wanted, length);
    int added = index(tree.run, chain.slice(next, next + wanted), length, RunTable.origin(place));
    tree.pendingCell = -1;
    if (added > 0) {
      holdings.load(tree.run);
      holdings.lengthen(length + added);
      holdings.credit(holder, length, length + added);
      var words = runs.segment(tree.run);
      int at = RunTable.at(tree.run);
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
      words[at + RunTable.USED] = tree.clock;
      tree.blockCount += added;
      tree.offset = length + added;
      tree.splitIfCrowded(tree.run);
    }
    return added;
  }

  private void copyLows(BlockChain chain, int next, int count, int position) {
    var column = arena.segment(tree.pendingCell);
    int at = Segments.word(tree.pendingCell) + position;
    for (int i = 0; i < count; i++) {
      column[at + i] = chain.low(next + i);
    }
  }

  private int addRun(int holder, BlockChain chain, int next) {
    int parent = tree.run;
    int wanted = Math.min(chain.length() - next, RunTree.RUN_BLOCKS_MAX);
    int cells = Arena.roomFor(wanted);
    int child = runs.allocate();
    tree.run = child;
    tree.pendingCell = arena.allocate(cells);
    copyLows(chain, next, wanted, 0);
    int added = index(child, chain.slice(next, next + wanted), 0, 0);
    int cell = tree.pendingCell;
    tree.pendingCell = -1;
    if (added == 0) {
      arena.free(cell, cells);
      runs.release(child);
      tree.run = parent;
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
    words[at + RunTable.SIZE] = (long) cells << 32 | tree.depthBelow(parent);
    words[at + RunTable.CHILDREN] = 0;
    words[at + RunTable.USED] = tree.clock;
    holdings.write(words, at);
    runs.close(words, at, parent);
    long mixed = heads.mix(chain.low(next));
    heads.insert(SlotTable.name(child, 0), mixed);
    runs.addLeaf(child);
    tree.addChildren(parent, 1);
    tree.blockCount += added;
    tree.offset = added;
    return added;
  }

  /// Gives blocks their slots, until one is known already.
  ///
  /// @return how many got one; all of them where there is no look-up by hash
  private int index(int of, BlockChain chain, int position, int origin) {
    var table = tree.blocks;
    int next = table == null ? chain.length() : 0;
    while (table != null && next < chain.length()) {
      int end = Math.min(chain.length(), next + BATCH);
      warm(table, chain, next, end);
      for (int i = next; i < end; i++) {
        long name = SlotTable.name(of, (origin + position + i) & SlotTable.OFFSET_MASK);
        if (!insertNew(table, name, chain, i, i - next)) {
          return i;
        }
      }
      next = end;
    }
    return next;
  }

  /// Looks up where the slots of a batch will go, then touches them all in a loop so short that
  /// their cache misses overlap.
  private void warm(SlotTable table, BlockChain chain, int start, int end) {
    for (int i = start; i < end; i++) {
      long mixed = table.mix(chain.low(i));
      var piece = table.piece(mixed);
      var slots = piece.slots;
      batchMixed[i - start] = mixed;
      batchPieces[i - start] = piece;
      batchSlots[i - start] = slots;
      batchHomes[i - start] = piece.home(piece.tag(mixed));
    }
    long sum = 0;
    for (int i = 0; i < end - start; i++) {
      sum += batchSlots[i][batchHomes[i]];
    }
    warmed = sum;
  }

  private boolean insertNew(SlotTable table, long name, BlockChain chain, int i, int inBatch) {
    long mixed = batchMixed[inBatch];
    var piece = batchPieces[inBatch];
    // A piece that was split since the batch began is full, and stays so.
    if (table.isFull(piece)) {
      table.ensureRoom(mixed);
      piece = table.piece(mixed);
    }
    var slots = piece.slots;
    long tag = piece.tag(mixed);
    int at = SlotTable.seek(slots, piece.home(tag), tag);
    for (; SlotTable.matches(slots[at], tag); at++) {
      if (isSame(slots[at], chain, i)) {
        return false;
      }
    }
    table.insertAt(piece, at, name, mixed);
    return true;
  }

  private boolean isSame(long slot, BlockChain chain, int i) {
    int of = SlotTable.run(slot);
    if (of != tree.run) {
      return reader.positionOf(slot, chain.high(i), chain.low(i)) >= 0;
    }
    int position = RunTable.position(tree.word(of, RunTable.PLACE), SlotTable.offset(slot));
    return arena.segment(tree.pendingCell)[Segments.word(tree.pendingCell) + position]
        == chain.low(i);
  }
}
