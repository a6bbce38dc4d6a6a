// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import io.incipit.bench.pool.Retry;
import java.util.Arrays;

/// Leaves whose entries lie in any order: sherman-clv. Each is read whole; an entry is written
/// alone; one that is full when a key comes is split in the middle. For one thread.
final class PlainLeaves extends Leaves {
  private static final int SLOTS = LeafLayout.SLOTS;

  PlainLeaves(Nodes nodes, Descent descent) {
    super(nodes, descent);
  }

  @Override
  Place searchAt(long leaf, long key) {
    for (int trial = 0; ; trial = nodes.again(trial, Retry.TORN)) {
      if (read(leaf)) {
        return place(image, key);
      }
    }
  }

  private boolean read(long leaf) {
    image.begin(leaf).readWhole(nodes.client);
    nodes.client.ring();
    return image.take();
  }

  @Override
  Place lookLocked(long leaf, long key) {
    read(leaf);
    return place(image, key);
  }

  @Override
  Place putAt(long leaf, long key, long value) {
    long word = nodes.lock(nodes.lockOfLeaf(leaf));
    var place = lookLocked(leaf, key);
    if (place != Place.HERE) {
      nodes.unlock(nodes.lockOfLeaf(leaf), word);
      return place;
    }
    int slot = image.find(key);
    if (slot >= 0) {
      rewrite(slot, last(value), word);
      return Place.HERE;
    }
    int hole = image.find(0);
    if (hole < 0) {
      split(key, last(value));
    } else {
      image.setEntry(hole, key, 0);
      rewrite(hole, last(value), word);
    }
    return Place.HERE;
  }

  /// Splits a full leaf into one of 32 keys and one of 33.
  private void split(long newKey, long newValue) {
    var keys = new long[SLOTS + 1];
    for (int slot = 0; slot < SLOTS; slot++) {
      keys[slot] = image.key(slot) ^ Long.MIN_VALUE;
    }
    keys[SLOTS] = newKey ^ Long.MIN_VALUE;
    Arrays.sort(keys);
    long splitKey = keys[SLOTS / 2] ^ Long.MIN_VALUE;
    other.clear(nodes.allocateLeaf());
    for (int slot = 0; slot < SLOTS; slot++) {
      long key = image.key(slot);
      if (Long.compareUnsigned(key, splitKey) >= 0) {
        other.setEntry(slot, key, image.value(slot));
        image.empty(slot);
      }
    }
    var half = Long.compareUnsigned(newKey, splitKey) < 0 ? image : other;
    half.setEntry(half.find(0), newKey, newValue);
    link(splitKey);
    image.nextVersion();
    writeHalves(splitKey, 0, 0);
  }
}
