// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.race;

import io.incipit.bench.pool.PoolClient;
import java.util.Arrays;

/// The slots of keys whose buckets were read, with their values: in line they are there, else the
/// items are read first, all of them at once. Two clients that put a key at the same time may each
/// have claimed a slot for it: then all clients take the first that has a value.
final class Matches {
  private static final int MIN = 64;

  private final PoolClient client;
  private final Buckets buckets;
  private final Slots slots;
  private final RaceFault fault;

  private int count;
  private int[] number = new int[MIN];
  private long[] place = new long[MIN];
  private long[] value = new long[MIN];
  private byte[] items = new byte[0];

  Matches(PoolClient client, Buckets buckets, Slots slots, RaceFault fault) {
    this.client = client;
    this.buckets = buckets;
    this.slots = slots;
    this.fault = fault;
  }

  /// Finds those of all keys: a round trip more if there are items to read.
  ///
  /// @param keys that were added to the buckets, shape `[keys]` from `from` on
  void find(long[] keys, int from, int length) {
    count = 0;
    for (int i = 0; i < length; i++) {
      for (int copy = buckets.first(i); copy >= 0; copy = buckets.next(copy)) {
        for (int slot = buckets.find(copy, 0, keys[from + i]);
            slot >= 0;
            slot = buckets.find(copy, slot + 1, keys[from + i])) {
          add(i, copy, slot);
        }
      }
    }
    if (!slots.inline && count > 0) {
      readItems(keys, from);
    }
  }

  private void add(int key, int copy, int slot) {
    if (count == number.length) {
      number = Arrays.copyOf(number, 2 * count);
      place = Arrays.copyOf(place, 2 * count);
      value = Arrays.copyOf(value, 2 * count);
    }
    int at = buckets.at(copy) + slots.slot(slot);
    number[count] = key;
    if (slots.inline) {
      place[count] = buckets.address(copy) + slots.slot(slot);
      value[count] = slots.value(buckets.bytes(), at);
    } else {
      place[count] = slots.item(buckets.bytes(), at);
    }
    count++;
  }

  private void readItems(long[] keys, int from) {
    if (items.length < count * slots.itemBytes) {
      items = new byte[2 * count * slots.itemBytes];
    }
    for (int i = 0; i < count; i++) {
      client.read(place[i], items, i * slots.itemBytes, slots.itemBytes);
    }
    client.ring();
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int at = i * slots.itemBytes;
      if (fault == RaceFault.TRUST_FINGERPRINT || slots.is(items, at, keys[from + number[i]])) {
        number[kept] = number[i];
        place[kept] = place[i];
        value[kept] = slots.value(items, at);
        kept++;
      }
    }
    count = kept;
  }

  int count() {
    return count;
  }

  /// The key's number.
  int number(int match) {
    return number[match];
  }

  /// Where the word of the value is.
  long valueAddress(int match) {
    return place[match] + slots.value;
  }

  /// The value, 0 if it has none.
  long value(int match) {
    return value[match];
  }
}
