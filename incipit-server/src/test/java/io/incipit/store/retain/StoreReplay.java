// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.incipit.store.memory.HostMemory;
import io.incipit.store.memory.HostStore;
import io.incipit.store.memory.ManualClock;
import io.incipit.store.memory.Payload;
import io.incipit.store.memory.StoreConfig;
import io.incipit.trace.TraceRequest;

/// A store with real bytes that requests of a trace are put to, one after the other: what is there
/// is read and verified, what is missing is put, unless the policy does not want it any more.
final class StoreReplay implements AutoCloseable {
  private static final long HOURS_NS = 3_600_000_000_000L;
  private static final int VERSION = 1;

  final ManualClock clock = new ManualClock();
  final Retention retention;
  private final HostStore store;
  private final int valueBytes;
  private final boolean obedient;
  private long lastNs;
  long asked;
  long hits;

  /// @param obedient whether what the policy does not want is not put
  StoreReplay(KeepPolicy policy, int blocks, int blockTokens, int valueBytes, boolean obedient) {
    this.obedient = obedient;
    this.valueBytes = valueBytes;
    long bytes = (long) blocks * HostStore.takenBytes(valueBytes);
    this.retention = new Retention(new RetentionConfig(policy, bytes, blockTokens, 1), clock);
    this.store =
        new HostStore(
            new StoreConfig(1L << 40, HOURS_NS, HOURS_NS, 42),
            new HostMemory(bytes, false),
            retention,
            clock);
  }

  /// Puts a request to the store whose full blocks may be stored.
  void offer(TraceRequest request) {
    advanceTo(request.timeNs());
    var ids = new long[request.ids().length()];
    request.ids().copyTo(ids);
    int length = request.fullBlocks();
    int present = retention.asked(clock.nanoTime(), ids, length, request.inputTokens());
    int found = 0;
    while (found < length && read(ids[found])) {
      found++;
    }
    assertEquals(present, found);
    for (int i = found; i < length; i++) {
      put(ids[i]);
    }
    asked += ids.length;
    hits += found;
  }

  /// Lets time go on to that of the trace, if it has not come so far.
  void advanceTo(long timeNs) {
    if (timeNs > lastNs) {
      advance(timeNs - lastNs);
    }
  }

  void advance(long ns) {
    clock.advance(ns);
    lastNs += ns;
  }

  boolean read(long id) {
    var pin = store.pin(Payload.key((int) id));
    if (pin.isEmpty()) {
      return false;
    }
    try (var value = pin.get()) {
      assertEquals(-1, Payload.wrongAt(value.bytes(0, value.length()), (int) id, VERSION, 0));
    }
    return true;
  }

  private void put(long id) {
    long handle = commit(id);
    if (handle >= 0) {
      retention.stored(handle, id, valueBytes);
    }
  }

  /// Puts the value of a block, of which the retention is not told yet.
  ///
  /// @return its handle, or less than 0 if it was not put
  long commit(long id) {
    if (obedient && !retention.admits(id)) {
      return -1;
    }
    var room = store.reserve(Payload.key((int) id), valueBytes);
    if (room.isEmpty()) {
      return -1;
    }
    try (var part = room.get().part(0, valueBytes)) {
      part.write(Payload.bytes((int) id, VERSION, 0, valueBytes));
    }
    return store.commit(room.get(), HostStore.Conflict.KEEP);
  }

  /// Blocks found of all that were asked for.
  double hitRate() {
    return (double) hits / asked;
  }

  long evicted() {
    return store.snapshot().evicted();
  }

  @Override
  public void close() {
    store.close();
  }
}
