// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.race;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.ChunkAllocator;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;
import io.incipit.bench.pool.Transport;
import java.util.Arrays;

/// Puts many keys at once: a round trip reads their buckets, a second one claims slots and sets
/// values of keys that have slots. What another client was faster with is begun again; a new
/// bucket in a chain takes two round trips more.
///
/// In line, the value of a new key is written once its slot is claimed, and not waited for: until
/// it is there the key has none. With items, each is written while the buckets are read; an item
/// whose key had one already is used for the next put.
///
/// A slot is the first empty one of the less full bucket, of the first bucket if both are as full:
/// two clients that see the same choose the same, and one of them fails.
final class Puts {
  private static final int MIN = 64;
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int NO_ANSWER = -1;

  private final PoolClient client;
  private final Slots slots;
  private final Buckets buckets;
  private final Matches matches;
  private final RaceFault fault;
  private final ChunkAllocator allocator;

  private final LongIndex numbers = new LongIndex();
  private final LongIndex claimed = new LongIndex();
  private final LongIndex links = new LongIndex();
  private int pending;
  private long[] keys = new long[MIN];
  private long[] values = new long[MIN];
  private long[] items = new long[MIN];

  /// The bucket written for each pending key, 0 if none.
  private long[] chained = new long[MIN];

  /// The number of the CAS that claims for each pending key, and the slot.
  private int[] answers = new int[MIN];

  private long[] claims = new long[MIN];
  private long[] spareItems = new long[MIN];
  private int spares;
  private final byte[] slot;
  private final byte[] bucket;

  Puts(PoolClient client, Slots slots, Buckets buckets, Matches matches, RaceFault fault) {
    this.client = client;
    this.slots = slots;
    this.buckets = buckets;
    this.matches = matches;
    this.fault = fault;
    allocator = new ChunkAllocator(client, CHUNK_BYTES);
    slot = new byte[slots.itemBytes];
    bucket = new byte[slots.bucketBytes];
  }

  /// Begins a batch.
  void begin() {
    pending = 0;
    numbers.clear();
  }

  /// Adds a key; if it is there the later value counts.
  void add(long key, long value) {
    int before = numbers.putIfAbsent(key, pending);
    if (before >= 0) {
      values[before] = value;
      return;
    }
    if (pending == keys.length) {
      keys = Arrays.copyOf(keys, 2 * pending);
      values = Arrays.copyOf(values, 2 * pending);
      items = Arrays.copyOf(items, 2 * pending);
      chained = Arrays.copyOf(chained, 2 * pending);
      answers = Arrays.copyOf(answers, 2 * pending);
      claims = Arrays.copyOf(claims, 2 * pending);
      spareItems = Arrays.copyOf(spareItems, 2 * pending);
    }
    keys[pending] = key;
    values[pending] = value;
    items[pending] = 0;
    chained[pending] = 0;
    pending++;
  }

  /// Puts all that was added.
  void run() {
    while (pending > 0) {
      if (!slots.inline) {
        writeItems();
      }
      buckets.begin();
      for (int i = 0; i < pending; i++) {
        buckets.add(keys[i]);
      }
      buckets.read(false);
      matches.find(keys, 0, pending);
      Arrays.fill(answers, 0, pending, NO_ANSWER);
      Arrays.fill(claims, 0, pending, 0);
      setFound();
      claimed.clear();
      links.clear();
      for (int i = 0; i < pending; i++) {
        if (claims[i] == 0) {
          claim(i);
        }
      }
      client.ring();
      finish();
    }
  }

  private void writeItems() {
    for (int i = 0; i < pending; i++) {
      if (items[i] == 0) {
        items[i] = spares > 0 ? spareItems[--spares] : allocator.allocate(slots.itemBytes, 8);
        slots.set(slot, 0, keys[i], values[i]);
        client.write(items[i], slot, 0, slots.itemBytes);
      }
    }
  }

  /// Sets values of keys that have slots: of each the first.
  private void setFound() {
    for (int i = 0; i < matches.count(); i++) {
      int number = matches.number(i);
      if (claims[number] == 0) {
        claims[number] = matches.valueAddress(i);
        client.writeLong(claims[number], values[number]);
        if (items[number] != 0) {
          if (spares == spareItems.length) {
            spareItems = Arrays.copyOf(spareItems, 2 * spares);
          }
          spareItems[spares++] = items[number];
        }
      }
    }
  }

  private void claim(int number) {
    long best = 0;
    int least = slots.perBucket;
    for (int copy = buckets.first(number); copy >= 0; copy = buckets.next(copy)) {
      int taken = 0;
      long empty = 0;
      for (int i = 0; i < slots.perBucket; i++) {
        long address = buckets.address(copy) + slots.slot(i);
        if (slots.claimed(buckets.bytes(), buckets.at(copy) + slots.slot(i)) != 0
            || claimed.has(address)) {
          taken++;
        } else if (empty == 0) {
          empty = address;
        }
      }
      if (taken < least) {
        least = taken;
        best = empty;
      }
    }
    if (best == 0) {
      chain(number);
      return;
    }
    claimed.putIfAbsent(best, number);
    claims[number] = best;
    long word = slots.claimOf(keys[number], items[number]);
    if (fault == RaceFault.VALUE_FIRST) {
      client.writeLong(best + slots.value, values[number]);
    }
    if (fault == RaceFault.TAKE_BLINDLY) {
      client.writeLong(best + slots.claim, word);
    } else {
      answers[number] = client.compareAndSwap(best + slots.claim, 0, word);
    }
  }

  /// Chains a new bucket that holds the key: writes it, and in the next round, when it is there
  /// whatever queue pair it went over, lets the chain lead to it.
  private void chain(int number) {
    long link = buckets.address(buckets.chainedTo(number)) + Slots.CHAIN;
    if (links.putIfAbsent(link, number) >= 0) {
      // One of the keys before it chains a bucket there: this one comes next.
      return;
    }
    if (chained[number] != 0) {
      claims[number] = link;
      answers[number] = client.compareAndSwap(link, 0, chained[number]);
      return;
    }
    chained[number] = allocator.allocate(slots.bucketBytes, Transport.LINE);
    Arrays.fill(bucket, (byte) 0);
    if (slots.inline) {
      slots.set(bucket, slots.slot(0), keys[number], values[number]);
    } else {
      Bytes.setLong(bucket, slots.slot(0), slots.claimOf(keys[number], items[number]));
    }
    client.write(chained[number], bucket, 0, slots.bucketBytes);
  }

  /// Keeps what has failed, and writes values to slots that were claimed.
  private void finish() {
    int kept = 0;
    for (int i = 0; i < pending; i++) {
      boolean refused =
          answers[i] != NO_ANSWER
              && fault != RaceFault.TRUST_CLAIM
              && client.answer(answers[i]) != 0;
      if (refused) {
        client.retry(Retry.LOCK);
      }
      if (refused || claims[i] == 0) {
        keys[kept] = keys[i];
        values[kept] = values[i];
        items[kept] = items[i];
        chained[kept] = chained[i];
        kept++;
      } else if (slots.inline && claimed.has(claims[i])) {
        writeClaimed(i);
      }
    }
    client.postUnsignalled();
    pending = kept;
  }

  private void writeClaimed(int number) {
    slots.set(slot, 0, keys[number], values[number]);
    if (slots.claim == 0) {
      client.write(claims[number] + slots.value, slot, slots.value, Long.BYTES);
    } else {
      client.write(claims[number], slot, 0, slots.slotBytes);
    }
  }
}
