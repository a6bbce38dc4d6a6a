// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.race;

import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.PoolIndex;
import java.util.Arrays;

/// A client of a hash table. A look-up of any number of keys is one round trip and two buckets a
/// key, all keys at once or in batches that end with the first miss; a second one reads items, if
/// they are not in line, or chained buckets. Keeps nothing of the table on its side. For one
/// thread.
public final class Race implements PoolIndex {
  /// Address and number of the buckets.
  private static final long CLIENT_BYTES = 2 * Long.BYTES;

  private final PoolClient client;
  private final Buckets buckets;
  private final Matches matches;
  private final Puts puts;
  private final int firstBatch;
  private final long[] one = new long[1];
  private long[] keys = new long[64];

  private Race(PoolClient client, RaceConfig config, RaceFault fault) {
    this.client = client;
    var slots = new Slots(config);
    buckets = new Buckets(client, Table.open(client, config), slots, fault);
    matches = new Matches(client, buckets, slots, fault);
    puts = new Puts(client, slots, buckets, matches, fault);
    firstBatch = config.firstBatch();
  }

  /// Makes an empty table in a memory of its own, before clients come.
  ///
  /// @throws IllegalStateException if something was reserved in the memory
  public static void create(MemoryPool pool, RaceConfig config) {
    Table.create(pool, config);
  }

  /// A client. Reads where the table is: one round trip.
  public static Race open(PoolClient client, RaceConfig config) {
    return open(client, config, RaceFault.NONE);
  }

  static Race open(PoolClient client, RaceConfig config, RaceFault fault) {
    return new Race(client, config, fault);
  }

  @Override
  public long search(long key) {
    keys[0] = key;
    find(0, 1, one, 0);
    return one[0];
  }

  /// All keys at once.
  @Override
  public void range(long from, int count, long[] values, int at) {
    expand(from, count, 0);
    find(0, count, values, at);
  }

  /// All keys at once, or in batches: then keys of later batches than the first with a miss have no
  /// values.
  @Override
  public void lookup(long[] from, int[] counts, int stretches, long[] values) {
    int count = 0;
    for (int i = 0; i < stretches; i++) {
      expand(from[i], counts[i], count);
      count += counts[i];
    }
    int batch = firstBatch == 0 ? count : firstBatch;
    int begin = 0;
    boolean all = true;
    while (begin < count && all) {
      int length = Math.min(batch, count - begin);
      all = find(begin, length, values, begin);
      begin += length;
      batch = 2 * batch;
    }
    Arrays.fill(values, begin, Math.max(begin, count), 0);
  }

  private void expand(long from, int count, int at) {
    if (keys.length < at + count) {
      keys = Arrays.copyOf(keys, 2 * (at + count));
    }
    for (int i = 0; i < count; i++) {
      keys[at + i] = from + i;
    }
  }

  /// @return whether all keys have values
  private boolean find(int begin, int count, long[] values, int at) {
    readBuckets(begin, count, false);
    Arrays.fill(values, at, at + count, 0);
    int found = 0;
    for (int i = 0; i < matches.count(); i++) {
      int place = at + matches.number(i);
      if (values[place] == 0 && matches.value(i) != 0) {
        values[place] = matches.value(i);
        found++;
      }
    }
    return found == count;
  }

  private void readBuckets(int begin, int count, boolean whole) {
    buckets.begin();
    for (int i = begin; i < begin + count; i++) {
      buckets.add(keys[i]);
    }
    buckets.read(whole);
    matches.find(keys, begin, count);
  }

  @Override
  public void put(long key, long value) {
    puts.begin();
    add(key, value);
    puts.run();
  }

  /// All at once: 2 round trips, unless others are faster or a bucket is chained.
  @Override
  public void putAll(long[] added, long[] values, int count) {
    puts.begin();
    for (int i = 0; i < count; i++) {
      add(added[i], values[i]);
    }
    puts.run();
  }

  private void add(long key, long value) {
    if (value == 0) {
      throw new IllegalArgumentException("value: 0 (expected: another; 0 is none)");
    }
    puts.add(key, value);
  }

  /// Sets the value in all slots that the key has to none.
  @Override
  public boolean delete(long key) {
    keys[0] = key;
    readBuckets(0, 1, true);
    boolean had = false;
    for (int i = 0; i < matches.count(); i++) {
      had |= matches.value(i) != 0;
      client.writeLong(matches.valueAddress(i), 0);
    }
    client.ring();
    return had;
  }

  @Override
  public PoolClient client() {
    return client;
  }

  @Override
  public long cacheBytes() {
    return CLIENT_BYTES;
  }
}
