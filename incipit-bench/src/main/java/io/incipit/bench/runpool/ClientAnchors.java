// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static io.incipit.bench.runpool.Layout.BUCKET_EPOCH;
import static io.incipit.bench.runpool.Layout.BUCKET_SLOTS;
import static io.incipit.bench.runpool.Layout.LINE;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/// Anchors that a client adds or moves with CAS, several in one batch. The table has the size that
/// it was made with, and no anchor leaves its bucket. Where both buckets of a block are full, the
/// anchor of a run's head takes the place of one inside of a run, which only shortens ways; one
/// inside of a run is left out. For one thread.
final class ClientAnchors {
  /// The only epoch of a table that stays.
  static final int EPOCH = 1;

  /// The most buckets of such a table.
  static final int BUCKETS_MAX = MemoryPool.CHUNK / LINE;

  private static final int TRIES_MAX = 1_000;

  /// Free slots of a first bucket, from which on the second is not asked for.
  private static final int ROOMY = 3;
  private static final int SLOTS = 2 * BUCKET_SLOTS;

  /// One anchor on its way.
  private static final class Item {
    final byte[] buckets = new byte[2 * LINE];
    long key;
    long slot;
    long old;
    boolean head;

    /// How many of its buckets are known: the first, or both.
    int known;

    boolean done;
    int place;
    long was;
    int cas;
  }

  private final PoolClient client;
  private final Root root;
  private final List<Item> items = new ArrayList<>();
  private int count;

  ClientAnchors(PoolClient client, Root root) {
    this.client = client;
    this.root = root;
  }

  /// Makes an empty table, and lets the root say where it is.
  static void create(MemoryPool pool, long root, int buckets) {
    if (buckets > BUCKETS_MAX) {
      throw new IllegalArgumentException(
          "anchorBuckets: %d (expected: at most %d where clients write)"
              .formatted(buckets, BUCKETS_MAX));
    }
    long table = pool.reserve(buckets * LINE, LINE);
    var client = new PoolClient(pool);
    var bucket = new byte[LINE];
    Bytes.setInt(bucket, BUCKET_EPOCH, EPOCH);
    for (int i = 0; i < buckets; i++) {
      client.write(table + (long) i * LINE, bucket, 0, LINE);
    }
    var bytes = new byte[Layout.ROOT_BYTES];
    Bytes.setLong(bytes, Layout.ROOT_TABLE, Integer.toUnsignedLong(Layout.region(table)));
    Bytes.setInt(bytes, Layout.ROOT_BUCKETS, buckets);
    Bytes.setInt(bytes, Layout.ROOT_EPOCH, EPOCH);
    client.write(root, bytes, 0, Layout.ROOT_BYTES);
  }

  void clear() {
    count = 0;
  }

  /// Adds one.
  ///
  /// @param old what it takes the place of, if that is there; 0: nothing
  /// @param head whether it is that of a run's first block, which must be there
  void add(long key, long slot, long old, boolean head) {
    if (count == items.size()) {
      items.add(new Item());
    }
    var item = items.get(count++);
    item.key = key;
    item.slot = slot;
    item.old = old;
    item.head = head;
    item.known = 0;
    item.done = false;
    item.place = -1;
  }

  /// Adds READs of the first buckets, where they are not known; of the second ones, where the first
  /// are and have little room, or where an anchor must be found in either.
  ///
  /// @return whether there was something to ask for
  boolean read() {
    boolean asked = false;
    for (int i = 0; i < count; i++) {
      var item = items.get(i);
      boolean second = item.known == 1 ? isCrowded(item.buckets) : item.head || item.old != 0;
      if (!item.done && item.known == 0) {
        client.read(bucket(item.key, 0), item.buckets, 0, LINE);
        item.known = 1;
        asked = true;
      } else {
        second &= item.known == 1;
      }
      if (!item.done && second) {
        client.read(bucket(item.key, 1), item.buckets, LINE, LINE);
        item.known = 2;
        asked = true;
      }
    }
    return asked;
  }

  private static boolean isCrowded(byte[] buckets) {
    int free = 0;
    for (int i = 0; i < BUCKET_SLOTS; i++) {
      free += Anchors.slot(buckets, i) == 0 ? 1 : 0;
    }
    return free < ROOMY;
  }

  private long bucket(long key, int choice) {
    return bucket(root, key, choice);
  }

  static long bucket(Root root, long key, int choice) {
    int bucket = choice == 0 ? Anchors.first(key, root.buckets) : Anchors.second(key, root.buckets);
    return Layout.address(root.table) + (long) bucket * LINE;
  }

  /// Where a slot of a key's buckets is.
  static long address(Root root, long key, int slot) {
    return bucket(root, key, slot / BUCKET_SLOTS) + slot % BUCKET_SLOTS * (long) Long.BYTES;
  }

  /// Puts them all in their places, in as many batches as that takes: one if no other client is in
  /// the way and [#read] was done in two batches before.
  ///
  /// @return false if the head of a run has no room; the others are there then
  boolean place() {
    boolean room = true;
    for (int tries = 0; ; tries++) {
      if (tries == TRIES_MAX) {
        throw new IllegalStateException(
            "anchors: not in their places after %d tries".formatted(tries));
      }
      while (read()) {
        client.ring();
      }
      boolean asked = false;
      for (int i = 0; i < count; i++) {
        var item = items.get(i);
        if (!item.done) {
          room &= choose(item, i);
          asked |= !item.done;
        }
      }
      client.ring();
      if (!asked) {
        return room;
      }
      for (int i = 0; i < count; i++) {
        var item = items.get(i);
        if (!item.done) {
          item.done = client.answer(item.cas) == item.was;
          item.known = 0;
        }
      }
    }
  }

  /// Adds the CAS of an anchor, or says that it is done with.
  private boolean choose(Item item, int number) {
    int place = -1;
    for (int i = 0; i < item.known * BUCKET_SLOTS; i++) {
      long there = Anchors.slot(item.buckets, i);
      if (there == item.slot) {
        item.done = true;
        return true;
      }
      if (item.old != 0 && there == item.old) {
        place = i;
      }
    }
    if (place < 0) {
      place = free(item.buckets, item.known, i -> isTaken(address(root, item.key, i), number));
    }
    if (place < 0 && item.head) {
      place = inner(item.buckets);
    }
    item.place = place;
    if (place < 0) {
      item.done = true;
      return !item.head;
    }
    item.was = Anchors.slot(item.buckets, place);
    item.cas = client.compareAndSwap(address(root, item.key, place), item.was, item.slot);
    return true;
  }

  /// Whether an anchor before it goes there.
  private boolean isTaken(long address, int number) {
    for (int i = 0; i < number; i++) {
      var other = items.get(i);
      if (other.place >= 0 && address(root, other.key, other.place) == address) {
        return true;
      }
    }
    return false;
  }

  /// The first free slot of the emptier of a block's buckets.
  ///
  /// @param known how many of them are known, the first or both
  /// @param taken whether a slot will not be free
  /// @return its number; -1 if there is none
  static int free(byte[] buckets, int known, IntPredicate taken) {
    int[] free = new int[2];
    int[] first = {-1, -1};
    for (int i = known * BUCKET_SLOTS - 1; i >= 0; i--) {
      if (Anchors.slot(buckets, i) == 0 && !taken.test(i)) {
        free[i / BUCKET_SLOTS]++;
        first[i / BUCKET_SLOTS] = i;
      }
    }
    return free[1] > free[0] ? first[1] : first[0];
  }

  /// An anchor inside of a run.
  ///
  /// @return the number of its slot; -1 if there is none
  static int inner(byte[] buckets) {
    for (int i = 0; i < SLOTS; i++) {
      int index = Anchors.index(Anchors.slot(buckets, i));
      if (index != 0 && index != Anchors.TENTATIVE) {
        return i;
      }
    }
    return -1;
  }

  /// Takes back what [#place] did.
  void undo() {
    for (int i = 0; i < count; i++) {
      var item = items.get(i);
      if (item.place >= 0) {
        long back = item.was == item.old ? item.old : 0;
        client.compareAndSwap(address(root, item.key, item.place), item.slot, back);
      }
    }
    client.ring();
  }

  /// What to say where the head of a run has no room.
  static IllegalStateException full(long key, int depth, int buckets) {
    return new IllegalStateException(
        "anchors: both buckets of block %d (%x) are full of heads, of %d buckets (expected: more)"
            .formatted(depth, key, buckets));
  }
}
