// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static io.incipit.bench.runpool.Layout.EXTENTS_MAX;
import static io.incipit.bench.runpool.Layout.EXTENT_CAPACITY;
import static io.incipit.bench.runpool.Layout.EXTENT_COLUMN;
import static io.incipit.bench.runpool.Layout.EXTENT_FIRST;
import static io.incipit.bench.runpool.Layout.EXTENT_NEXT;
import static io.incipit.bench.runpool.Layout.EXTENT_RUN;
import static io.incipit.bench.runpool.Layout.HEAD_BYTES;
import static io.incipit.bench.runpool.Layout.LINE;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;
import io.incipit.block.Hash64;
import java.util.Arrays;

/// A run on a chain's way as a look-up sees it: what it read of it, and how far that proves the
/// chain. Used again and again. For one thread.
///
/// What stood in the column proves something only if the column was the same when the header was
/// read: if the generation was known before, and still is; or, for a run that an anchor led to in
/// this look-up, if no part of the column was ever written twice.
final class Leg {
  /// Hashes that one READ brings at most.
  static final int WINDOW = 64;

  /// How often a look-up reads it while it is being changed.
  private static final int TORN_MAX = 1_000;

  private static final int STRIDES = 8;
  private static final int PIECES = STRIDES + 1;

  final byte[] head = new byte[HEAD_BYTES];
  final Holders holders = new Holders();
  int region;
  int entry;

  /// Depth of its first block; -1 if not known yet.
  int start;

  /// The deepest block that an anchor says is in it.
  int reach;

  /// The batch that brought it last.
  int round;

  private int lengthKnown;

  /// Hashes of the chain that it has from its start on, proven; at least 1 once verified.
  int proven;

  private int miss;
  int generation;
  boolean generationKnown;
  boolean verified;
  boolean complete;
  boolean dead;
  boolean asked;
  private boolean holdersRead;
  private int torn;

  int extents;
  final int[] extentFirst = new int[EXTENTS_MAX];
  final int[] extentCapacity = new int[EXTENTS_MAX];
  final int[] extentRegion = new int[EXTENTS_MAX];

  /// The continuation after the last that is known; 0 or less if that must be read first.
  private int nextExtent;

  private int extentAsked;
  private final byte[] extentHead = new byte[EXTENT_COLUMN];

  private int from;
  private int to;
  private int pieces;
  private final int[] pieceFrom = new int[PIECES];
  private final int[] pieceCount = new int[PIECES];
  private byte[] column = new byte[WINDOW * Long.BYTES];

  private byte[] overflow = new byte[LINE];
  private int overflowRegion;
  private int overflowLines;
  private int overflowRead;

  private long[] locations = new long[WINDOW];
  private byte[] locationBytes = new byte[WINDOW * Long.BYTES];
  int located;
  private int locatedTo;
  private int locating;

  /// A run whose region is known.
  ///
  /// @param depth where it begins; -1 if that is not known
  void begin(int runRegion, int depth) {
    region = runRegion;
    entry = -1;
    start = depth;
    reach = depth;
    proven = 0;
    miss = Integer.MAX_VALUE;
    generationKnown = false;
    verified = false;
    complete = false;
    dead = false;
    asked = true;
    torn = 0;
    extents = 1;
    extentFirst[0] = 0;
    extentCapacity[0] = Integer.MAX_VALUE;
    extentRegion[0] = region;
    nextExtent = 0;
    from = 0;
    to = 0;
    overflowRegion = 0;
    overflowLines = 0;
    located = 0;
    locating = 0;
  }

  /// A run that a directory knows.
  ///
  /// @param whole whether the chain has its last hash
  void begin(Directory directory, int number, int depth, boolean whole) {
    begin(directory.region(number), depth);
    entry = number;
    generation = directory.generation(number);
    generationKnown = true;
    lengthKnown = directory.length(number);
    proven = whole ? directory.length(number) : 1;
    extentCapacity[0] = Layout.capacity(directory.columnLines(number));
    for (int i = 1; i < EXTENTS_MAX; i++) {
      int hint = directory.findHint(region, generation, i);
      if (hint < 0) {
        break;
      }
      addExtent(
          directory.hintFirst(hint), directory.hintCapacity(hint), directory.hintRegion(hint));
    }
    int hint = directory.findHint(region, 0, 0);
    if (hint >= 0) {
      overflowRegion = directory.hintRegion(hint);
      overflowLines = directory.hintCapacity(hint);
    }
  }

  private void addExtent(int first, int capacity, int where) {
    if (first != capacityKnown() || extents == EXTENTS_MAX) {
      return;
    }
    extentFirst[extents] = first;
    extentCapacity[extents] = capacity;
    extentRegion[extents++] = where;
  }

  int capacityKnown() {
    return extentFirst[extents - 1] + extentCapacity[extents - 1];
  }

  /// Says which blocks' hashes are to be read: those of indexes `[first, end)`, or some of them if
  /// they are many; only those whose place is known.
  void want(int first, int end) {
    from = Math.max(1, first);
    to = end;
    asked = true;
  }

  /// Says that locations of blocks up to index `end` are to be read, from those on that are there.
  void wantLocations(int end) {
    locating = end;
    asked = true;
  }

  /// Whether others went on where the directory knew its end.
  boolean isLonger() {
    return entry >= 0 && length() != lengthKnown;
  }

  int length() {
    return Layout.length(head);
  }

  int end() {
    return start + length();
  }

  /// Adds its READs to a batch: column, locations and further holders before the header.
  void plan(PoolClient client, Fault fault) {
    if (fault == Fault.HEADER_FIRST) {
      client.read(Layout.address(region), head, 0, HEAD_BYTES);
    }
    pieces = 0;
    if (from < to) {
      readColumn(client);
    }
    extentAsked = needsExtent() ? (nextExtent > 0 ? nextExtent : tailExtent()) : 0;
    if (extentAsked != 0) {
      client.read(Layout.address(extentAsked), extentHead, 0, EXTENT_COLUMN);
    }
    locatedTo = located;
    if (located < locating) {
      readLocations(client);
    }
    overflowRead = 0;
    if (overflowLines > 0) {
      if (overflow.length < overflowLines * LINE) {
        overflow = new byte[overflowLines * LINE];
      }
      client.read(Layout.address(overflowRegion), overflow, 0, overflowLines * LINE);
      overflowRead = overflowLines;
    }
    if (fault != Fault.HEADER_FIRST) {
      client.read(Layout.address(region), head, 0, HEAD_BYTES);
    }
  }

  private void readColumn(PoolClient client) {
    int end = Math.min(to, capacityKnown());
    if (end - from > WINDOW) {
      for (int i = 1; i <= STRIDES; i++) {
        int index = from + (int) ((long) (end - from) * i / STRIDES) - 1;
        readPiece(client, index, index + 1);
      }
      return;
    }
    int index = from;
    while (index < end && pieces < PIECES) {
      index += readPiece(client, index, end);
    }
  }

  private int readPiece(PoolClient client, int index, int end) {
    int extent = extentOf(index);
    long extentEnd = (long) extentFirst[extent] + extentCapacity[extent];
    int count = (int) Math.min(extentEnd, end) - index;
    long address = Layout.address(extentRegion[extent]);
    address += extent == 0 ? Layout.COLUMN : EXTENT_COLUMN;
    address += (long) (index - extentFirst[extent]) * Long.BYTES;
    long room = (MemoryPool.CHUNK - address % MemoryPool.CHUNK) / Long.BYTES;
    if (address / MemoryPool.CHUNK != Layout.address(region) / MemoryPool.CHUNK && extent == 0) {
      return end - index;
    }
    count = (int) Math.min(count, room);
    int at = pieces == 0 ? 0 : offsetOf(pieces);
    client.read(address, column, at, count * Long.BYTES);
    pieceFrom[pieces] = index;
    pieceCount[pieces++] = count;
    return count;
  }

  private int offsetOf(int piece) {
    int blocks = 0;
    for (int i = 0; i < piece; i++) {
      blocks += pieceCount[i];
    }
    return blocks * Long.BYTES;
  }

  private int extentOf(int index) {
    int extent = extents - 1;
    while (extentFirst[extent] > index) {
      extent--;
    }
    return extent;
  }

  private void readLocations(PoolClient client) {
    int end = Math.min(locating, capacityKnown());
    if (locationBytes.length < end * Long.BYTES) {
      locationBytes = new byte[Math.max(end, 2 * locations.length) * Long.BYTES];
      locations = Arrays.copyOf(locations, locationBytes.length / Long.BYTES);
    }
    int index = located;
    while (index < end) {
      int extent = extentOf(index);
      int count = (int) Math.min((long) extentFirst[extent] + extentCapacity[extent], end) - index;
      int behind = index - extentFirst[extent] + count;
      long address = Layout.address(extentRegion[extent]) - (long) behind * Long.BYTES;
      client.read(address, locationBytes, index * Long.BYTES, count * Long.BYTES);
      index += count;
    }
    locatedTo = Math.max(located, end);
  }

  private void takeLocations() {
    int index = located;
    while (index < locatedTo) {
      int extent = extentOf(index);
      int end = (int) Math.min((long) extentFirst[extent] + extentCapacity[extent], locatedTo);
      for (int i = index; i < end; i++) {
        locations[i] = Bytes.longAt(locationBytes, (end - 1 - (i - index)) * Long.BYTES);
      }
      index = end;
    }
    located = Math.max(located, locatedTo);
  }

  /// The location of its block number `index`, below [#located].
  long location(int index) {
    return locations[index];
  }

  /// Looks at what a batch brought.
  void evaluate(long[] hashes, int count, PoolClient client, Fault fault) {
    asked = false;
    if (!isTheRun(hashes, count)) {
      dead = true;
      verified = false;
      return;
    }
    int version = Layout.version(head);
    boolean open = (version & 1) != 0 || Bytes.intAt(head, LINE + Layout.LINE_VERSION) != version;
    if (open && fault != Fault.VERSION_NOT_CHECKED) {
      readAgain(version);
      client.retry(Retry.TORN);
      return;
    }
    int now = Layout.generation(head);
    boolean same = generationKnown && now == generation;
    boolean once = !generationKnown && (Layout.flags(head) & Layout.REGROWN) == 0;
    boolean trusted = same || once || fault == Fault.GENERATION_NOT_CHECKED;
    if (!trusted) {
      forget(client, now);
    }
    generation = now;
    generationKnown = true;
    verified = true;
    proven = Math.max(proven, 1);
    extentCapacity[0] = Layout.capacity(Bytes.intAt(head, Layout.COLUMN_LINES));
    takeExtent();
    if (trusted) {
      takeColumn(hashes);
      takeLocations();
    }
    conclude(hashes, count);
    takeHolders(version, fault);
  }

  /// Asks for it once more, as it or its holders were being changed.
  private void readAgain(int version) {
    asked = true;
    if (++torn > TORN_MAX) {
      throw new IllegalStateException(
          "run %d: version %d, of its holders %d, in %d READs (expected: even, and both alike)"
              .formatted(region, version, Bytes.intAt(head, LINE + Layout.LINE_VERSION), torn));
    }
  }

  private boolean isTheRun(long[] hashes, int count) {
    if (start < 0) {
      start = Layout.start(head);
    }
    return (Layout.flags(head) & Layout.FREED) == 0
        && Layout.length(head) > 0
        && start >= 0
        && start < count
        && Layout.start(head) == start
        && Layout.headHash(head) == hashes[start]
        && Bytes.longAt(head, Layout.HEAD) == Hash64.mix(hashes[start]);
  }

  private void forget(PoolClient client, int now) {
    if (generationKnown && now != generation) {
      client.retry(Retry.STALE);
    }
    extents = 1;
    extentAsked = 0;
    nextExtent = 0;
    proven = 1;
    miss = Integer.MAX_VALUE;
    located = 0;
  }

  /// Whether it lacks the place of something that is wanted.
  boolean needsExtent() {
    int known = capacityKnown();
    return verified && extents < EXTENTS_MAX && ((from < to && from >= known) || locating > known);
  }

  private int tailExtent() {
    return extents == 1 ? Bytes.intAt(head, Layout.NEXT) : extentRegion[extents - 1];
  }

  private void takeExtent() {
    if (extentAsked != 0 && Bytes.intAt(extentHead, EXTENT_RUN) == region) {
      if (extents == 1 || extentAsked != extentRegion[extents - 1]) {
        addExtent(
            Bytes.intAt(extentHead, EXTENT_FIRST),
            Bytes.intAt(extentHead, EXTENT_CAPACITY),
            extentAsked);
      }
      nextExtent = Bytes.intAt(extentHead, EXTENT_NEXT);
    }
  }

  private void takeColumn(long[] hashes) {
    int at = 0;
    int known = capacityKnown();
    int length = length();
    for (int piece = 0; piece < pieces; piece++) {
      for (int i = 0; i < pieceCount[piece]; i++) {
        int index = pieceFrom[piece] + i;
        if (index < Math.min(length, known) && start + index < hashes.length) {
          if (Bytes.longAt(column, at) == hashes[start + index]) {
            proven = Math.max(proven, index + 1);
          } else {
            miss = Math.min(miss, index);
          }
        }
        at += Long.BYTES;
      }
    }
  }

  private void conclude(long[] hashes, int count) {
    int end = Math.min(length(), count - start);
    if (start + length() <= count && Layout.last(head) == hashes[start + end - 1]) {
      proven = end;
    }
    proven = Math.min(proven, end);
    complete = proven >= Math.min(end, miss);
    from = 0;
    to = 0;
    if (!complete) {
      want(proven, Math.min(end, miss));
    }
  }

  private void takeHolders(int version, Fault fault) {
    int needed = Layout.overflowLines(Layout.holders(head));
    boolean there = overflowRead >= needed && (needed == 0 || isOverflow());
    for (int i = 0; there && i < needed; i++) {
      there =
          Bytes.intAt(overflow, i * LINE + Layout.LINE_VERSION) == version
              || fault == Fault.VERSION_NOT_CHECKED;
    }
    overflowRegion = needed == 0 ? 0 : Layout.overflow(head);
    overflowLines = needed;
    holdersRead = there;
    if (there) {
      holders.decode(head, overflow, 0);
    } else {
      readAgain(version);
    }
  }

  private boolean isOverflow() {
    return overflowRegion == Layout.overflow(head);
  }

  /// Whether its holders are known.
  boolean hasHolders() {
    return holdersRead;
  }

  /// Lines of its holders after the first, and how many they are.
  byte[] overflow() {
    return overflow;
  }

  int overflowLines() {
    return overflowLines;
  }

  /// Tells a directory what was learned.
  void remember(Directory directory) {
    directory.put(
        Layout.headHash(head),
        start,
        region,
        length(),
        Layout.last(head),
        generation,
        Bytes.intAt(head, Layout.COLUMN_LINES));
    for (int i = 1; i < extents; i++) {
      directory.hint(region, generation, i, extentFirst[i], extentCapacity[i], extentRegion[i]);
    }
    if (overflowLines > 0) {
      directory.hint(region, 0, 0, 0, overflowLines, overflowRegion);
    }
  }
}
