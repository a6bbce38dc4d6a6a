// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import io.incipit.block.Hash64;
import io.incipit.policy.PoolConfig;
import io.incipit.store.memory.HeapUse;
import io.incipit.store.memory.HostStore;
import io.incipit.store.memory.LengthsMemory;
import io.incipit.store.memory.ManualClock;
import io.incipit.store.memory.Reservation;
import io.incipit.store.memory.StoreConfig;
import java.nio.ByteBuffer;

/// A process of its own: a store of lengths without bytes, and what decides for it, of as many
/// values as it is told; then more, for which others go, until the policy remembers as many of
/// those as it ever does.
final class NodeScaleChild {
  private static final int PATH = 16;
  private static final int KEY_BYTES = 16;
  private static final int VALUE_BYTES = 16 << 10;
  private static final int GHOST_BYTES = 60;
  private static final long HOUR_NS = 3_600_000_000_000L;

  private NodeScaleChild() {}

  public static void main(String[] args) {
    int objects = Integer.parseInt(args[0]);
    long before = HeapUse.bytes();
    var clock = new ManualClock();
    long bytes = (long) objects * HostStore.takenBytes(VALUE_BYTES);
    var retention = new Retention(new RetentionConfig(KeepPolicy.HZD, bytes, PATH, 1), clock);
    var config = new StoreConfig(1L << 40, HOUR_NS, HOUR_NS, 42);
    var store = new HostStore(config, new LengthsMemory(bytes), retention, clock);
    for (int i = 0; i < objects; i += PATH) {
      put(store, retention, clock, i);
    }
    require(store.snapshot().objects() == objects, "values: " + store.snapshot().objects());
    print("filled", objects, before, 0);
    int more = Math.max(objects / 10, PoolConfig.GHOSTS_MAX);
    for (int i = objects; i < objects + more; i += PATH) {
      put(store, retention, clock, i);
    }
    require(store.snapshot().objects() > objects - 2 * PATH, "not full");
    require(store.snapshot().evicted() > more / 2, "evicted: " + store.snapshot().evicted());
    print(
        "after %,d evictions".formatted(store.snapshot().evicted()),
        objects,
        before,
        (double) GHOST_BYTES * PoolConfig.GHOSTS_MAX / objects);
  }

  /// Says what an object takes, and requires what it may.
  ///
  /// @param ghosts what of those that went may be beside it
  private static void print(String when, int objects, long before, double ghosts) {
    double each = (double) (HeapUse.bytes() - before) / objects - KEY_BYTES;
    System.out.printf(
        "heap, %s: %.1f B an object of %,d beside key text, at most %,d MiB of heap%n",
        when, each, objects, Runtime.getRuntime().maxMemory() >> 20);
    require(each <= StoreConfig.OBJECT_BYTES + ghosts, "heap: " + each);
  }

  private static void put(HostStore store, Retention retention, ManualClock clock, int from) {
    clock.advance(1_000_000);
    var ids = new long[PATH];
    for (int at = 0; at < PATH; at++) {
      ids[at] = Hash64.mix(from + at + 1L);
    }
    retention.begin();
    retention.asked(clock.nanoTime(), ids, PATH);
    for (long id : ids) {
      if (retention.admits(id)) {
        var key = ByteBuffer.allocate(KEY_BYTES).putLong(id).putLong(~id).array();
        // There is none if the policy gives the block up while room is made for it.
        store.reserve(key, VALUE_BYTES).ifPresent(room -> commit(store, retention, room, id));
      }
    }
  }

  private static void commit(HostStore store, Retention retention, Reservation room, long id) {
    try (var part = room.part(0, VALUE_BYTES)) {
      part.wrote(VALUE_BYTES);
    }
    retention.stored(store.commit(room, HostStore.Conflict.KEEP), id, VALUE_BYTES);
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }
}
