// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static io.incipit.bench.runpool.Layout.BUCKET_EPOCH;
import static io.incipit.bench.runpool.Layout.BUCKET_SLOTS;
import static io.incipit.bench.runpool.Layout.LINE;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.LocalMemory;
import io.incipit.bench.pool.MemoryPool;
import java.util.Arrays;

/// The table of anchors as the owner's thread sees and changes it. An anchor that has to make room
/// goes from its first bucket to its second and never back, and is in both for a moment, so that a
/// client which reads the first before the second finds it. Where no anchor can make room, a larger
/// table takes over. For one thread.
final class OwnerAnchors {
  private static final int MOVES_MAX = 4;

  /// What a chunk of memory holds.
  private static final int BUCKETS_MAX = MemoryPool.CHUNK / LINE;

  private final LocalMemory memory;
  private final Regions regions;
  private final long root;
  private final WritableRun run;
  private final Fault fault;
  private final byte[] bucket = new byte[LINE];
  private final byte[] word = new byte[Long.BYTES];
  private int table;
  private int buckets;
  private int epoch;
  private int oldEpoch;

  /// @param run to look at runs with, which nobody else uses
  OwnerAnchors(
      LocalMemory memory, Regions regions, long root, int buckets, WritableRun run, Fault fault) {
    this.memory = memory;
    this.regions = regions;
    this.root = root;
    this.run = run;
    this.fault = fault;
    begin(buckets);
    writeRoot();
  }

  private void begin(int size) {
    if (size > BUCKETS_MAX) {
      throw new IllegalStateException(
          "anchors: no room in %d buckets (expected: in at most %d)"
              .formatted(size / 2, BUCKETS_MAX));
    }
    buckets = size;
    epoch++;
    table = regions.allocate(size);
    Arrays.fill(bucket, (byte) 0);
    Bytes.setInt(bucket, BUCKET_EPOCH, epoch);
    for (int i = 0; i < size; i++) {
      memory.write(Layout.address(table + i), bucket, 0, LINE);
    }
  }

  private void writeRoot() {
    var bytes = new byte[Layout.ROOT_BYTES];
    putRoot(bytes);
    memory.write(root, bytes, 0, Layout.ROOT_GENERATION);
  }

  private void putRoot(byte[] bytes) {
    Bytes.setLong(bytes, Layout.ROOT_TABLE, Integer.toUnsignedLong(table));
    Bytes.setInt(bytes, Layout.ROOT_BUCKETS, buckets);
    Bytes.setInt(bytes, Layout.ROOT_EPOCH, epoch);
  }

  /// Each bucket of the old table says that it is, and where the new one is.
  private void mark(int old, int oldBuckets) {
    var moved = new byte[LINE];
    putRoot(moved);
    Bytes.setInt(moved, BUCKET_EPOCH, -oldEpoch);
    for (int i = 0; i < oldBuckets; i++) {
      memory.write(Layout.address(old + i), moved, 0, LINE);
    }
  }

  private void load(int number) {
    memory.read(Layout.address(table + number), bucket, 0, LINE);
  }

  /// The run that begins with a block.
  ///
  /// @return its region; 0 if there is none
  int head(long key, int depth) {
    for (int choice = 0; choice < 2; choice++) {
      load(bucketOf(key, choice));
      for (int i = 0; i < BUCKET_SLOTS; i++) {
        long slot = Bytes.longAt(bucket, i * Long.BYTES);
        if (Anchors.mayBe(slot, key) && Anchors.index(slot) == 0) {
          run.load(Anchors.region(slot));
          if (Layout.headHash(run.head) == key && run.start() == depth && run.length() > 0) {
            return Anchors.region(slot);
          }
        }
      }
    }
    return 0;
  }

  private int bucketOf(long key, int choice) {
    return choice == 0 ? Anchors.first(key, buckets) : Anchors.second(key, buckets);
  }

  /// Adds an anchor, or lets the one that leads to another run lead here.
  ///
  /// @param old the run that it may have led to; 0: none
  void put(long key, int region, int index, int old, int oldIndex) {
    if (old != 0 && replace(key, Anchors.slot(key, old, oldIndex), region, index)) {
      return;
    }
    long slot = Anchors.slot(key, region, index);
    while (!has(key, slot) && !insert(key, slot)) {
      grow();
    }
  }

  /// Whether it is there: a table that grew took all anchors of each run over.
  private boolean has(long key, long slot) {
    return swap(key, slot, slot);
  }

  private boolean replace(long key, long was, int region, int index) {
    return swap(key, was, Anchors.slot(key, region, index));
  }

  /// Takes an anchor away.
  void remove(long key, int region, int index) {
    if (!swap(key, Anchors.slot(key, region, index), 0)) {
      throw new IllegalStateException("no anchor for block %d of %d".formatted(index, region));
    }
  }

  private boolean swap(long key, long was, long now) {
    for (int choice = 0; choice < 2; choice++) {
      int number = bucketOf(key, choice);
      load(number);
      for (int i = 0; i < BUCKET_SLOTS; i++) {
        if (Bytes.longAt(bucket, i * Long.BYTES) == was) {
          if (now != was) {
            write(number, i, now);
          }
          return true;
        }
      }
    }
    return false;
  }

  private void write(int number, int slot, long value) {
    Bytes.setLong(word, 0, value);
    memory.write(Layout.address(table + number) + slot * (long) Long.BYTES, word, 0, Long.BYTES);
  }

  private boolean insert(long key, long slot) {
    int first = Anchors.first(key, buckets);
    int second = Anchors.second(key, buckets);
    if (place(first, slot) || place(second, slot)) {
      return true;
    }
    for (int moves = 0; moves < MOVES_MAX; moves++) {
      if (makeRoom(first, moves)) {
        return place(first, slot);
      }
      if (makeRoom(second, moves)) {
        return place(second, slot);
      }
    }
    return false;
  }

  private int free(int number) {
    load(number);
    int free = 0;
    for (int i = 0; i < BUCKET_SLOTS; i++) {
      free += Bytes.longAt(bucket, i * Long.BYTES) == 0 ? 1 : 0;
    }
    return free;
  }

  private boolean place(int number, long slot) {
    load(number);
    for (int i = 0; i < BUCKET_SLOTS; i++) {
      if (Bytes.longAt(bucket, i * Long.BYTES) == 0) {
        write(number, i, slot);
        return true;
      }
    }
    return false;
  }

  /// Sends one anchor of a full bucket to its second, after at most so many moves there.
  private boolean makeRoom(int number, int moves) {
    for (int i = 0; i < BUCKET_SLOTS; i++) {
      load(number);
      long slot = Bytes.longAt(bucket, i * Long.BYTES);
      if (slot == 0) {
        return true;
      }
      if (Anchors.index(slot) == Anchors.INDEX_MAX) {
        continue;
      }
      run.load(Anchors.region(slot));
      long key = run.hash(Anchors.index(slot));
      int second = Anchors.second(key, buckets);
      if (Anchors.first(key, buckets) == number
          && second != number
          && (free(second) > 0 || (moves > 0 && makeRoom(second, moves - 1)))) {
        if (fault == Fault.ANCHOR_MOVED_LATE) {
          write(number, i, 0);
          return place(second, slot);
        }
        place(second, slot);
        write(number, i, 0);
        return true;
      }
    }
    return false;
  }

  /// Moves to a larger table. Clients that still read the old one see in each bucket that it is.
  private void grow() {
    int old = table;
    int oldBuckets = buckets;
    oldEpoch = epoch;
    int size = oldBuckets;
    boolean filled = false;
    while (!filled) {
      size *= 2;
      if (table != old) {
        regions.free(table, buckets);
      }
      begin(size);
      filled = fill(old, oldBuckets);
    }
    writeRoot();
    if (fault != Fault.TABLE_NOT_MARKED) {
      mark(old, oldBuckets);
    }
    regions.free(old, oldBuckets);
  }

  private boolean fill(int old, int oldBuckets) {
    var from = new byte[LINE];
    for (int number = 0; number < oldBuckets; number++) {
      memory.read(Layout.address(old + number), from, 0, LINE);
      for (int i = 0; i < BUCKET_SLOTS; i++) {
        long slot = Bytes.longAt(from, i * Long.BYTES);
        if (slot != 0 && Anchors.index(slot) == 0 && !insertAll(slot)) {
          return false;
        }
      }
    }
    return true;
  }

  /// The anchors of a run, whose head's this is.
  private boolean insertAll(long head) {
    int region = Anchors.region(head);
    run.load(region);
    int start = run.start();
    int end = run.end();
    if (!insert(Layout.headHash(run.head), head)) {
      return false;
    }
    for (int depth = Layout.anchorFrom(start + 1); depth < end; depth += Layout.ANCHOR_EVERY) {
      run.load(region);
      long key = run.hash(depth - start);
      if (!insert(key, Anchors.slot(key, region, depth - start))) {
        return false;
      }
    }
    return true;
  }
}
