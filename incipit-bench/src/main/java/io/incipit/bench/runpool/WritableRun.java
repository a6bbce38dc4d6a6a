// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static io.incipit.bench.runpool.Layout.EXTENT_CAPACITY;
import static io.incipit.bench.runpool.Layout.EXTENT_COLUMN;
import static io.incipit.bench.runpool.Layout.EXTENT_FIRST;
import static io.incipit.bench.runpool.Layout.EXTENT_NEXT;
import static io.incipit.bench.runpool.Layout.HEAD_BYTES;
import static io.incipit.bench.runpool.Layout.LINE;
import static io.incipit.bench.runpool.Layout.LINE_CAPACITY;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.PoolClient;
import io.incipit.block.Hash64;
import java.util.Arrays;

/// A run as whoever changes it sees it: its first two lines, its holders, and where its column is.
/// Used for one run after the other. For one thread.
final class WritableRun {
  private static final int PIECE = 512;

  private final RunMemory memory;
  private final Regions regions;
  private final boolean locations;
  private final byte[] piece = new byte[PIECE * Long.BYTES];
  private final byte[] extentHead = new byte[EXTENT_COLUMN];
  private byte[] overflow = new byte[LINE];
  private int overflowLines;

  final byte[] head = new byte[HEAD_BYTES];
  final Holders holders = new Holders();
  int region;
  int extents;
  final int[] extentFirst = new int[Layout.EXTENTS_MAX];
  final int[] extentCapacity = new int[Layout.EXTENTS_MAX];
  final int[] extentRegion = new int[Layout.EXTENTS_MAX];

  WritableRun(RunMemory memory, Regions regions, boolean locations) {
    this.memory = memory;
    this.regions = regions;
    this.locations = locations;
  }

  /// Looks at the run whose region this may be.
  ///
  /// @return false if there is none, or none any more
  boolean loadIf(int from) {
    memory.read(Layout.address(from), head, 0, HEAD_BYTES);
    boolean is =
        Bytes.longAt(head, Layout.HEAD) == Hash64.mix(Layout.headHash(head))
            && !has(Layout.FREED)
            && length() > 0;
    if (is) {
      load(from);
    }
    return is;
  }

  /// Looks at the run whose region this is.
  void load(int from) {
    region = from;
    memory.read(Layout.address(from), head, 0, HEAD_BYTES);
    extents = 1;
    extentFirst[0] = 0;
    extentRegion[0] = from;
    extentCapacity[0] = Layout.capacity(get(Layout.COLUMN_LINES));
    int next = get(Layout.NEXT);
    while (next != 0) {
      if (extents == Layout.EXTENTS_MAX) {
        throw new IllegalStateException(
            "run %d: goes on at %d after %d extents (expected: no more)"
                .formatted(from, next, extents));
      }
      memory.read(Layout.address(next), extentHead, 0, EXTENT_COLUMN);
      extentRegion[extents] = next;
      extentFirst[extents] = Bytes.intAt(extentHead, EXTENT_FIRST);
      extentCapacity[extents] = Bytes.intAt(extentHead, EXTENT_CAPACITY);
      extents++;
      next = Bytes.intAt(extentHead, EXTENT_NEXT);
    }
    int more = Layout.overflow(head);
    overflowLines = 0;
    if (more != 0) {
      memory.read(Layout.address(more), piece, 0, LINE);
      overflowLines = Bytes.intAt(piece, LINE_CAPACITY);
      roomForOverflow(overflowLines);
      memory.read(Layout.address(more), overflow, 0, overflowLines * LINE);
    }
    holders.decode(head, overflow, 0);
  }

  /// Takes over what a look-up read of a run; of its continuations those that it knows.
  void adopt(Leg leg) {
    region = leg.region;
    System.arraycopy(leg.head, 0, head, 0, HEAD_BYTES);
    extents = leg.extents;
    System.arraycopy(leg.extentFirst, 0, extentFirst, 0, extents);
    System.arraycopy(leg.extentCapacity, 0, extentCapacity, 0, extents);
    System.arraycopy(leg.extentRegion, 0, extentRegion, 0, extents);
    int lines = leg.overflowLines();
    overflowLines = lines == 0 ? 0 : Bytes.intAt(leg.overflow(), LINE_CAPACITY);
    roomForOverflow(overflowLines);
    System.arraycopy(leg.overflow(), 0, overflow, 0, lines * LINE);
    holders.decode(head, overflow, 0);
  }

  /// Reads where its column lies as far as it goes, where that is not known: up to two round trips
  /// for each continuation.
  void findExtents() {
    while (capacity() < length()) {
      int next = get(Layout.NEXT);
      if (extents > 1) {
        memory.read(Layout.address(extentRegion[extents - 1]), extentHead, 0, EXTENT_COLUMN);
        next = Bytes.intAt(extentHead, EXTENT_NEXT);
      }
      if (next == 0 || extents == Layout.EXTENTS_MAX) {
        throw new IllegalStateException(
            "run %d, %d blocks: %d extents have %d (expected: all)"
                .formatted(region, length(), extents, capacity()));
      }
      memory.read(Layout.address(next), extentHead, 0, EXTENT_COLUMN);
      extentFirst[extents] = capacity();
      extentCapacity[extents] = Bytes.intAt(extentHead, EXTENT_CAPACITY);
      extentRegion[extents++] = next;
    }
  }

  private void roomForOverflow(int lines) {
    if (overflow.length < lines * LINE) {
      overflow = new byte[lines * LINE];
    }
  }

  int get(int field) {
    return Bytes.intAt(head, field);
  }

  void set(int field, int value) {
    Bytes.setInt(head, field, value);
  }

  int start() {
    return Layout.start(head);
  }

  int length() {
    return Layout.length(head);
  }

  int end() {
    return Layout.end(head);
  }

  int children() {
    return Layout.children(head);
  }

  boolean has(int flag) {
    return (get(Layout.FLAGS) & flag) != 0;
  }

  void flag(int flag) {
    set(Layout.FLAGS, get(Layout.FLAGS) | flag);
  }

  int capacity() {
    return extentFirst[extents - 1] + extentCapacity[extents - 1];
  }

  /// Changes the number of its children, and writes that; readers do not ask for it.
  void addChildren(int more) {
    set(Layout.FLAGS, get(Layout.FLAGS) + more * Layout.CHILD);
    memory.write(Layout.address(region), head, 0, LINE);
  }

  /// Says that it is being changed.
  void begin() {
    set(Layout.VERSION, get(Layout.VERSION) + 1);
    memory.write(Layout.address(region), head, 0, LINE);
  }

  /// Writes what changed: the lines of holders, and the header last.
  void commit() {
    int version = get(Layout.VERSION) + 1;
    int lines = Layout.overflowLines(holders.count());
    if (lines > overflowLines) {
      growOverflow(lines);
    }
    holders.encode(head, overflow, version);
    int more = Layout.overflow(head);
    if (lines > 0) {
      memory.write(Layout.address(more), overflow, 0, lines * LINE);
    }
    memory.write(Layout.address(region) + LINE, head, LINE, LINE);
    set(Layout.VERSION, version);
    memory.write(Layout.address(region), head, 0, LINE);
  }

  private void growOverflow(int lines) {
    int old = Layout.overflow(head);
    if (old != 0 && overflowLines > 0) {
      regions.free(old, overflowLines);
    }
    overflowLines = Math.max(lines, 2 * overflowLines);
    roomForOverflow(overflowLines);
    set(LINE + Layout.LINE_OVERFLOW, regions.allocate(overflowLines));
    Bytes.setInt(overflow, LINE_CAPACITY, overflowLines);
  }

  /// The extent in which block `index` lies.
  int extentOf(int index) {
    int extent = extents - 1;
    while (extentFirst[extent] > index) {
      extent--;
    }
    return extent;
  }

  /// Where the hash of block `index`, which is not 0, lies.
  long columnAddress(int extent, int index) {
    long column = Layout.address(extentRegion[extent]);
    column += extent == 0 ? Layout.COLUMN : EXTENT_COLUMN;
    return column + (long) (index - extentFirst[extent]) * Long.BYTES;
  }

  /// The hash of a block.
  long hash(int index) {
    if (index == 0) {
      return Layout.headHash(head);
    }
    memory.read(columnAddress(extentOf(index), index), piece, 0, Long.BYTES);
    return Bytes.longAt(piece, 0);
  }

  /// Reads hashes of blocks `[from, to)`, as far as they lie together; `from` is not 0.
  ///
  /// @return how many: at least 1
  private int readPiece(int from, int to) {
    int extent = extentOf(from);
    int end = Math.min(to, extentFirst[extent] + extentCapacity[extent]);
    int count = Math.min(PIECE, end - from);
    memory.read(columnAddress(extent, from), piece, 0, count * Long.BYTES);
    return count;
  }

  /// The first block from `index` on that is not that of a chain, as its index.
  int matched(int index, long[] hashes, int count) {
    int i = index;
    int end = Math.min(length(), count - start());
    if (i == 0 && end > 0) {
      if (Layout.headHash(head) != hashes[start()]) {
        return 0;
      }
      i = 1;
    }
    if (start() + length() <= count && Layout.last(head) == hashes[end() - 1]) {
      return length();
    }
    while (i < end) {
      int read = readPiece(i, end);
      for (int k = 0; k < read; k++) {
        if (Bytes.longAt(piece, k * Long.BYTES) != hashes[start() + i + k]) {
          return i + k;
        }
      }
      i += read;
    }
    return i;
  }

  /// Writes hashes into the column, from block `index` on, where there is room.
  void writeColumn(int index, long[] hashes, int at, int count) {
    int done = 0;
    while (done < count) {
      int i = index + done;
      if (i == 0) {
        done++;
        continue;
      }
      int extent = extentOf(i);
      int end = extentFirst[extent] + extentCapacity[extent];
      int writing = Math.min(Math.min(PIECE, end - i), count - done);
      for (int k = 0; k < writing; k++) {
        Bytes.setLong(piece, k * Long.BYTES, hashes[at + done + k]);
      }
      write(columnAddress(extent, i), writing);
      if (i == 1) {
        Bytes.setLong(head, HEAD_BYTES - Long.BYTES, hashes[at + done]);
      }
      done += writing;
    }
  }

  private void write(long address, int count) {
    memory.write(address, piece, 0, count * Long.BYTES);
  }

  /// Writes locations of blocks, from block `index` on; without locations nothing.
  void writeLocations(int index, long[] values, int at, int count) {
    int done = 0;
    while (locations && done < count) {
      int i = index + done;
      int extent = extentOf(i);
      int writing =
          Math.min(Math.min(PIECE, extentFirst[extent] + extentCapacity[extent] - i), count - done);
      for (int k = 0; k < writing; k++) {
        Bytes.setLong(piece, (writing - 1 - k) * Long.BYTES, values[at + done + k]);
      }
      write(locationAddress(extent, i + writing - 1), writing);
      done += writing;
    }
  }

  private long locationAddress(int extent, int index) {
    return Layout.address(extentRegion[extent]) - (index - extentFirst[extent] + 1L) * Long.BYTES;
  }

  /// The location of a block.
  long location(int index) {
    memory.read(locationAddress(extentOf(index), index), piece, 0, Long.BYTES);
    return Bytes.longAt(piece, 0);
  }

  /// Writes a run that nobody knows yet, whole, with as few requests as it takes. Its version must
  /// be odd, and is even then.
  void writeNew(long[] hashes, int at, int count, long[] values, int valuesAt) {
    int first = Math.min(count, extentCapacity[0]);
    int version = get(Layout.VERSION) + 1;
    if (count > capacity()) {
      extend(count - capacity());
      writeColumn(first, hashes, at + first, count - first);
      writeLocations(first, values, valuesAt + first, count - first);
    }
    int lines = Layout.overflowLines(holders.count());
    if (lines > 0) {
      growOverflow(lines);
    }
    holders.encode(head, overflow, version);
    if (lines > 0) {
      memory.write(Layout.address(Layout.overflow(head)), overflow, 0, lines * LINE);
    }
    set(Layout.VERSION, version);
    int before = locations ? first * Long.BYTES : 0;
    var whole = new byte[before + Math.max(HEAD_BYTES, Layout.COLUMN + first * Long.BYTES)];
    for (int i = 1; i < first; i++) {
      Bytes.setLong(whole, before + Layout.COLUMN + i * Long.BYTES, hashes[at + i]);
    }
    if (first > 1) {
      Bytes.setLong(head, HEAD_BYTES - Long.BYTES, hashes[at + 1]);
    }
    System.arraycopy(head, 0, whole, before, HEAD_BYTES);
    for (int i = 0; locations && i < first; i++) {
      Bytes.setLong(whole, before - (i + 1) * Long.BYTES, values[valuesAt + i]);
    }
    memory.write(Layout.address(region) - before, whole, 0, whole.length);
  }

  /// Adds READs of hashes of blocks `[from, length)`, and of their locations, to a client's batch.
  ///
  /// @param hashes the bytes of the hashes
  /// @param values the bytes of the locations; the last block of each extent comes first
  void readTail(PoolClient client, int from, byte[] hashes, byte[] values) {
    int index = from;
    while (index < length()) {
      int extent = extentOf(index);
      int end = Math.min(length(), extentFirst[extent] + extentCapacity[extent]);
      int at = (index - from) * Long.BYTES;
      int bytes = (end - index) * Long.BYTES;
      client.read(columnAddress(extent, index), hashes, at, bytes);
      if (locations) {
        client.read(locationAddress(extent, end - 1), values, at, bytes);
      }
      index = end;
    }
  }

  /// Takes from what [#readTail] brought.
  void takeTail(int from, byte[] hashes, byte[] values, long[] tail, long[] tailValues) {
    for (int i = from; i < length(); i++) {
      tail[i - from] = Bytes.longAt(hashes, (i - from) * Long.BYTES);
      if (locations) {
        int extent = extentOf(i);
        int end = Math.min(length(), extentFirst[extent] + extentCapacity[extent]);
        int first = Math.max(from, extentFirst[extent]);
        int at = first - from + (end - 1 - i);
        tailValues[i - from] = Bytes.longAt(values, at * Long.BYTES);
      }
    }
  }

  /// Tells a directory what it is.
  void remember(Directory directory) {
    directory.put(
        Layout.headHash(head),
        start(),
        region,
        length(),
        Layout.last(head),
        Layout.generation(head),
        get(Layout.COLUMN_LINES));
    for (int i = 1; i < extents; i++) {
      directory.hint(
          region, Layout.generation(head), i, extentFirst[i], extentCapacity[i], extentRegion[i]);
    }
    int lines = Layout.overflowLines(holders.count());
    if (lines > 0) {
      directory.hint(region, 0, 0, 0, lines, Layout.overflow(head));
    }
  }

  /// Begins a run in new memory, with room for so many blocks, below another; nothing is written
  /// yet. Its version is odd, and one that no run before it in the same memory had, but for chance.
  ///
  /// @param parent 0: none
  void create(int blocks, int start, long headHash, int generation, int parent) {
    int columnLines = Math.min(Layout.columnLines(blocks), Layout.COLUMN_LINES_MAX);
    int before = locationLines(Layout.capacity(columnLines));
    region = regions.allocate(before + 2 + columnLines) + before;
    Arrays.fill(head, (byte) 0);
    set(Layout.START, start);
    Bytes.setLong(head, Layout.HEAD, Hash64.mix(headHash));
    Bytes.setLong(head, Layout.HEAD_LOW, headHash);
    set(Layout.COLUMN_LINES, columnLines);
    set(Layout.GENERATION, generation);
    set(Layout.VERSION, (int) Hash64.mix(generation) | 1);
    set(Layout.PARENT, parent);
    extents = 1;
    extentFirst[0] = 0;
    extentRegion[0] = region;
    extentCapacity[0] = Layout.capacity(columnLines);
    overflowLines = 0;
    holders.clear();
  }

  /// Lets it reach to a block, where nothing is written yet, and says who holds what is put.
  ///
  /// @param known first block that is put
  /// @param count end of the blocks put, as a depth
  void reach(long[] hashes, int known, int count, int owner, int tier) {
    reach(count, hashes[count - 1]);
    int from = Math.max(known, start());
    if (from < count) {
      holders.add(from, count, owner, tier);
    }
  }

  private void reach(int end, long last) {
    set(Layout.LENGTH, end - start());
    Bytes.setLong(head, Layout.LAST, last);
  }

  /// Makes it, where nothing is written yet, what gets the last blocks of another. Whether the end
  /// of that was cut once is said of it: a look-up that saw the block behind it elsewhere has to
  /// know.
  void becomeTail(WritableRun of, long last) {
    set(Layout.TAIL, of.get(Layout.TAIL));
    set(Layout.FLAGS, (of.children() * Layout.CHILD) | (of.get(Layout.FLAGS) & Layout.SHRUNK));
    reach(of.end(), last);
    for (int i = 0; i < of.holders.count(); i++) {
      holders.add(of.holders.from(i), of.holders.to(i), of.holders.owner(i), of.holders.tier(i));
    }
    holders.clip(start(), end());
  }

  /// Leaves its first blocks, at least 1, and gives back the memory of the others. It must have a
  /// new generation by then; what is said here is written with the header.
  ///
  /// @param children that it has then, in flags
  /// @param tail the run that gets the others; 0: none
  void cut(int length, long last, int children, int tail) {
    reach(start() + length, last);
    set(Layout.FLAGS, (get(Layout.FLAGS) & (Layout.CHILD - 1)) | Layout.SHRUNK | children);
    set(Layout.TAIL, tail);
    holders.clip(start(), end());
    cutMemory(length);
  }

  private int locationLines(int capacity) {
    return locations ? Layout.lines(capacity * Long.BYTES) : 0;
  }

  /// Adds a continuation with room for so many blocks; the link is written with the header.
  void extend(int blocks) {
    int bytes = Layout.lines(EXTENT_COLUMN + blocks * Long.BYTES) * LINE;
    int capacity = (bytes - EXTENT_COLUMN) / Long.BYTES;
    int before = locationLines(capacity);
    int added = regions.allocate(before + bytes / LINE) + before;
    Bytes.setInt(extentHead, Layout.EXTENT_RUN, region);
    Bytes.setInt(extentHead, EXTENT_NEXT, 0);
    Bytes.setInt(extentHead, EXTENT_FIRST, capacity());
    Bytes.setInt(extentHead, EXTENT_CAPACITY, capacity);
    memory.write(Layout.address(added), extentHead, 0, EXTENT_COLUMN);
    if (extents == 1) {
      set(Layout.NEXT, added);
    } else {
      Bytes.setInt(extentHead, EXTENT_NEXT, added);
      long link = Layout.address(extentRegion[extents - 1]) + EXTENT_NEXT;
      memory.write(link, extentHead, EXTENT_NEXT, Integer.BYTES);
    }
    extentFirst[extents] = capacity();
    extentRegion[extents] = added;
    extentCapacity[extents] = capacity;
    extents++;
  }

  /// Gives back the memory that a shorter column does not need: continuations, and lines at the end
  /// of the first region. The run must have a new generation by then, and lose what leads there.
  ///
  /// @param length blocks that are left, at least 1
  private void cutMemory(int length) {
    while (extents > 1 && extentFirst[extents - 1] >= length) {
      extents--;
      freeExtent(extents);
    }
    if (extents == 1) {
      set(Layout.NEXT, 0);
      int lines = get(Layout.COLUMN_LINES);
      int kept = Layout.columnLines(length);
      if (kept < lines) {
        regions.free(region + 2 + kept, lines - kept);
        if (locations) {
          int before = locationLines(Layout.capacity(lines));
          int keptBefore = locationLines(Layout.capacity(kept));
          if (keptBefore < before) {
            regions.free(region - before, before - keptBefore);
          }
        }
        set(Layout.COLUMN_LINES, kept);
        extentCapacity[0] = Layout.capacity(kept);
      }
    } else {
      var zero = new byte[Integer.BYTES];
      memory.write(Layout.address(extentRegion[extents - 1]) + EXTENT_NEXT, zero, 0, Integer.BYTES);
    }
  }

  private void freeExtent(int extent) {
    int before = locationLines(extentCapacity[extent]);
    int lines = Layout.lines(EXTENT_COLUMN + extentCapacity[extent] * Long.BYTES);
    regions.free(extentRegion[extent] - before, before + lines);
  }

  /// Gives back all of its memory.
  void freeMemory() {
    for (int i = 1; i < extents; i++) {
      freeExtent(i);
    }
    int lines = get(Layout.COLUMN_LINES);
    int before = locationLines(Layout.capacity(lines));
    if (overflowLines > 0) {
      regions.free(Layout.overflow(head), overflowLines);
    }
    regions.free(region - before, before + 2 + lines);
  }
}
