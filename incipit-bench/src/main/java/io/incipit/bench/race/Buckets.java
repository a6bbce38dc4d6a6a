// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.race;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.PoolClient;
import java.util.Arrays;

/// Reads the buckets of many keys at once: both of each, then, as far as they are full, what is
/// chained to the first. The copies of a key's buckets are a list in this order, which all clients
/// see alike.
final class Buckets {
  private static final int KEYS_MIN = 64;
  private static final int NONE = -1;

  private final PoolClient client;
  private final Table table;
  private final Slots slots;
  private final RaceFault fault;

  private int keys;
  private long[] key = new long[KEYS_MIN];

  /// The last copy of each key's list.
  private int[] last = new int[KEYS_MIN];

  private int copies;
  private long[] address = new long[2 * KEYS_MIN];
  private int[] next = new int[2 * KEYS_MIN];
  private byte[] bytes = new byte[0];

  Buckets(PoolClient client, Table table, Slots slots, RaceFault fault) {
    this.client = client;
    this.table = table;
    this.slots = slots;
    this.fault = fault;
  }

  /// Forgets all keys.
  void begin() {
    keys = 0;
    copies = 0;
  }

  /// Adds a key, whose number is how many were added before.
  void add(long added) {
    if (keys == key.length) {
      key = Arrays.copyOf(key, 2 * keys);
      last = Arrays.copyOf(last, 2 * keys);
    }
    key[keys] = added;
    int first = copy(table.first(added));
    last[keys] = copy(table.second(added));
    next[first] = last[keys];
    keys++;
  }

  private int copy(long bucket) {
    if (copies == address.length) {
      address = Arrays.copyOf(address, 2 * copies);
      next = Arrays.copyOf(next, 2 * copies);
    }
    address[copies] = bucket;
    next[copies] = NONE;
    return copies++;
  }

  /// Reads the buckets of all keys added: one round trip, and one more for each further bucket of
  /// the longest chain that is followed.
  ///
  /// @param whole whether chains are followed to their ends; else not for a key that was found
  void read(boolean whole) {
    int from = 0;
    while (from < copies) {
      if (bytes.length < copies * slots.bucketBytes) {
        bytes = Arrays.copyOf(bytes, 2 * copies * slots.bucketBytes);
      }
      for (int copy = from; copy < copies; copy++) {
        client.read(address[copy], bytes, at(copy), slots.bucketBytes);
      }
      client.ring();
      from = copies;
      for (int i = 0; i < keys && fault != RaceFault.NO_CHAIN; i++) {
        follow(i, whole, from);
      }
    }
  }

  /// Adds a copy of the next chained bucket of a key.
  ///
  /// @param end of the copies that were read
  private void follow(int number, boolean whole, int end) {
    if (!whole && slots.inline && isFound(number)) {
      return;
    }
    for (int copy = first(number); copy != NONE; copy = next[copy]) {
      if (!isFull(copy)) {
        return;
      }
    }
    long chained = Bytes.longAt(bytes, at(chainedTo(number)) + Slots.CHAIN);
    if (chained != 0 && chainedTo(number) < end) {
      int added = copy(chained);
      next[last[number]] = added;
      last[number] = added;
    }
  }

  private boolean isFound(int number) {
    for (int copy = first(number); copy != NONE; copy = next[copy]) {
      if (find(copy, 0, key[number]) >= 0) {
        return true;
      }
    }
    return false;
  }

  /// The copy whose chain goes on: of the first bucket, or of the last one chained to it.
  int chainedTo(int number) {
    return last[number] == first(number) + 1 ? first(number) : last[number];
  }

  /// The first copy of a key's list.
  int first(int number) {
    return 2 * number;
  }

  /// The next copy of a list, -1 after its end.
  int next(int copy) {
    return next[copy];
  }

  /// The address of a copy's bucket.
  long address(int copy) {
    return address[copy];
  }

  /// Where in [#bytes] a copy begins.
  int at(int copy) {
    return copy * slots.bucketBytes;
  }

  byte[] bytes() {
    return bytes;
  }

  boolean isFull(int copy) {
    return slots.taken(bytes, at(copy)) == slots.perBucket;
  }

  /// The first slot from an index on that may be the key's, -1 if there is none.
  int find(int copy, int from, long searched) {
    for (int i = from; i < slots.perBucket; i++) {
      if (slots.mayBe(bytes, at(copy) + slots.slot(i), searched)) {
        return i;
      }
    }
    return NONE;
  }
}
