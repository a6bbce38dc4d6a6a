// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.Hash64;
import io.incipit.env.RandomSource;
import io.incipit.env.Search;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Readers beside a writer that puts, replaces, removes, evicts and moves. A value begins with its
/// key and its version, so that a reader knows which bytes it has to find.
@Tag("stress")
final class StoreStressTest {
  private static final int KEYS = 40;

  /// Each of them is written once and kept, and must be found at any time.
  private static final int STAYING = 8;

  private static final int PUTS = 3000;
  private static final int HEADER = 16;

  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean done;

  private static ByteBuffer value(int key, long version, int length) {
    var bytes = Payload.bytes(key, version, 0, length).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putLong(0, key).putLong(8, version);
  }

  private static void check(Pin pin, int key) {
    var bytes = pin.bytes(0, pin.length()).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(key, bytes.getLong(0));
    long version = bytes.getLong(8);
    var rest = bytes.slice(HEADER, pin.length() - HEADER);
    assertEquals(-1, Payload.wrongAt(rest, key, version, HEADER));
    assertTrue(pin.verify(pin.pieces() - 1));
  }

  private void read(HostStore store, long seed) {
    var random = RandomSource.seeded(seed);
    var held = new ArrayList<Pin>();
    var keys = new ArrayList<Integer>();
    while (!done && failure.get() == null) {
      int key = random.nextInt(KEYS);
      var pin = store.pin(Payload.key(key));
      assertTrue(pin.isPresent() || key >= STAYING, "a value that stays is not found");
      if (pin.isPresent()) {
        check(pin.get(), key);
        held.add(pin.get());
        keys.add(key);
      }
      if (held.size() > random.nextInt(4)) {
        try (var last = held.removeFirst()) {
          check(last, keys.removeFirst());
        }
      }
    }
    held.forEach(Pin::close);
  }

  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (Throwable caught) {
      failure.compareAndSet(null, caught);
    }
  }

  private static void write(StoreRig rig, long seed) {
    var random = RandomSource.seeded(seed);
    for (int i = 0; i < PUTS; i++) {
      int key = STAYING + random.nextInt(KEYS - STAYING);
      int length = HEADER + (int) Math.pow(2, 18 * random.nextDouble());
      if (random.nextInt(5) == 0) {
        rig.store.remove(Payload.key(key));
      } else {
        put(rig, key, Hash64.mix(seed + i), length);
      }
      if (random.nextInt(8) == 0) {
        put(rig, random.nextInt(STAYING), Hash64.mix(seed + i), 20_000);
      }
    }
  }

  private static void put(StoreRig rig, int key, long version, int length) {
    var reservation = rig.store.reserve(Payload.key(key), length);
    if (reservation.isPresent()) {
      try (var part = reservation.get().part(0, length)) {
        part.write(value(key, version, length));
      }
      long handle = rig.store.commit(reservation.get(), HostStore.Conflict.REPLACE);
      rig.known.put(handle, new StoreRig.Known(key, version, length));
      if (key < STAYING) {
        try (var pin = rig.store.pin(handle).orElseThrow()) {
          pin.lease(StoreRig.LEASE_NS);
        }
      }
    }
  }

  /// @return what went wrong, or null
  private @Nullable Throwable round(long seed, StoreFault fault) {
    failure.set(null);
    done = false;
    try (var rig = new StoreRig(new HostMemory(2 << 20, false), 1 << 20, fault)) {
      for (int key = 0; key < STAYING; key++) {
        put(rig, key, seed, 20_000);
      }
      var readers = new ArrayList<Thread>();
      for (int i = 0; i < 2; i++) {
        long own = Hash64.chain(seed, i);
        readers.add(Thread.ofPlatform().start(() -> guarded(() -> read(rig.store, own))));
      }
      guarded(() -> write(rig, seed));
      done = true;
      for (var reader : readers) {
        reader.join();
      }
      if (failure.get() == null) {
        guarded(rig::checkEmpties);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    return failure.get();
  }

  @Test
  void read_besideAWriter_findsNoWrongByte() {
    Search.of(Search.Family.STRESS, "store", 5, 120)
        .run(
            seed -> {
              var caught = round(seed, StoreFault.NONE);
              if (caught != null) {
                throw new AssertionError(caught);
              }
            });
  }

  @ParameterizedTest
  @EnumSource(
      value = StoreFault.class,
      names = {"FREE_PINNED", "MOVE_PINNED", "MOVE_NOTHING"})
  void read_withAPlantedBug_isCaught(StoreFault fault) {
    Search.of(Search.Family.STRESS, "store with " + fault, 0, 0)
        .runUntil(seed -> round(seed, fault) != null);
  }
}
