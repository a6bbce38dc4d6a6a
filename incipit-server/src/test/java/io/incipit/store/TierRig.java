// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.env.RawDisk;
import io.incipit.store.disk.DiskConfig;
import io.incipit.store.memory.HostMemory;
import io.incipit.store.memory.ManualClock;
import io.incipit.store.memory.Memory;
import io.incipit.store.memory.Payload;
import io.incipit.store.memory.Pin;
import io.incipit.store.retain.KeepPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A store of two tiers beside what its keys should have. For one thread.
final class TierRig implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;
  private static final int MIB = 1 << 20;

  /// For so long, and not longer, may a family be there by half.
  private static final long HALF_SECONDS = 10;

  private final StoreOptions options;
  private final TierFault planted;
  private Memory memory;
  final ManualClock clock = new ManualClock();
  private final Map<Integer, Long> versions = new HashMap<>();
  private final Map<Integer, Integer> lengths = new HashMap<>();

  /// Families of which both members were there, and have no expiry.
  private final Set<Integer> whole = new HashSet<>();

  /// When values expire that do.
  private final Map<Integer, Long> expiries = new HashMap<>();
  private long version;
  private long droppedBefore;
  Store store;
  private Store.Visitor visitor;

  TierRig(Path directory, int hostBytes, long diskBytes, Durability durability, TierFault planted)
      throws IOException {
    this.planted = planted;
    this.options =
        new StoreOptions(
            hostBytes,
            8 << 20,
            KeepPolicy.LEAF_LRU,
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            MIB,
            Optional.of(new DiskConfig(directory, diskBytes, diskBytes / 16, 4 << 20, 8, false)),
            durability,
            "store");
    open();
  }

  private void open() throws IOException {
    memory = new HostMemory(options.hostBytes(), false);
    store = Store.open(options, memory, RawDisk.system(), clock, 1, planted);
    store.start();
    visitor = store.visitor();
  }

  /// Two ranks of a chunk: even and odd numbers are relatives.
  static byte[] key(int number) {
    return "model@2@%d@%016x@bfloat16"
        .formatted(number & 1, 0xabc0_0000L + (number >> 1))
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// Runs something as a change, and waits until it has settled.
  ///
  /// @return what was refused, or nothing
  String change(Runnable task) {
    var settled = new AtomicReference<String>();
    var latch = new CountDownLatch(1);
    store.later(
        new Change() {
          @Override
          public boolean run(Patience patience) {
            task.run();
            var _ =
                store
                    .settled()
                    .whenComplete(
                        (refusal, _) -> {
                          settled.set(refusal);
                          latch.countDown();
                        });
            return true;
          }

          @Override
          public void made(boolean failed) {
            if (failed) {
              latch.countDown();
            }
          }
        });
    await(latch);
    return settled.get();
  }

  static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "waits for too long");
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  /// Puts the next version of a key.
  ///
  /// @return whether there was room
  boolean put(int number, int length, long expiryNs) {
    long next = ++version;
    whole.remove(number >> 1);
    var made = new AtomicReference<>(false);
    var refusal =
        change(
            () -> {
              var place = store.reserve(key(number), length, Patience.LAST);
              if (place.isPresent()) {
                try (var part = place.get().part(0, length)) {
                  part.write(Payload.bytes(number, next, 0, length));
                }
                made.set(store.commit(visitor, key(number), place.get(), expiryNs));
              }
            });
    if (made.get()) {
      assertEquals("", refusal);
      versions.put(number, next);
      lengths.put(number, length);
      expires(number, expiryNs);
    }
    return made.get();
  }

  private void expires(int number, long expiryNs) {
    if (expiryNs == Store.NEVER) {
      expiries.remove(number);
    } else {
      expiries.put(number, expiryNs);
    }
  }

  /// Puts both ranks of a chunk, as engines do.
  void putFamily(int number, int length) {
    boolean one = put(number, length);
    boolean other = put(number ^ 1, length);
    // One may have left before the other came.
    if (one && other && isPresent(number) && isPresent(number ^ 1)) {
      whole.add(number >> 1);
    }
  }

  boolean put(int number, int length) {
    return put(number, length, Store.NEVER);
  }

  /// Removes a key, and so its relative, if it is there.
  void remove(int number) {
    boolean there = store.find(key(number)).isPresent();
    change(() -> store.remove(key(number)));
    versions.remove(number);
    if (there) {
      versions.remove(number ^ 1);
    }
  }

  void clear() {
    change(store::clear);
    versions.clear();
  }

  /// Reads a key, wherever its value is, and sees that it is the right one.
  ///
  /// @return whether it is there
  boolean read(int number) {
    var pin = visitor.read(key(number));
    if (pin.isEmpty()) {
      var latch = new CountDownLatch(1);
      var arrival = visitor.bring(key(number), latch::countDown);
      if (arrival.isPresent()) {
        await(latch);
        assertTrue(arrival.get().isDone());
        pin = arrival.get().take();
      }
    }
    pin.ifPresent(value -> check(number, value));
    return pin.isPresent();
  }

  private void check(int number, Pin value) {
    try (value) {
      assertTrue(versions.containsKey(number), "a value that was removed");
      var expiry = expiries.get(number);
      assertTrue(expiry == null || expiry - clock.nanoTime() > 0, "a value that has expired");
      assertEquals(lengths.get(number), value.length(), "length");
      assertTrue(value.verify(0, value.length()), "checksums");
      int wrong = Payload.wrongAt(value.bytes(0, value.length()), number, versions.get(number), 0);
      assertEquals(-1, wrong, "the first wrong byte of %d".formatted(number));
    }
  }

  /// Sees that a family is there as a whole or not at all, in the end: what one tier gives up the
  /// other one hears a little later.
  void checkFamily(int number) {
    if (whole.contains(number >> 1)) {
      awaitThat(
          () -> {
            clock.advance(MIB);
            return isPresent(number) == isPresent(number ^ 1);
          },
          HALF_SECONDS);
    }
  }

  private boolean isPresent(int number) {
    return store.find(key(number)).isPresent();
  }

  /// Changes a bit of a value in memory.
  void flip(int number) {
    var wanted = Payload.bytes(number, versions.get(number), 0, 16);
    var all = memory.view(0, (int) options.hostBytes());
    for (int at = 0; at < all.limit() - wanted.limit(); at++) {
      if (all.slice(at, wanted.limit()).equals(wanted)) {
        all.put(at, (byte) (all.get(at) ^ 1));
        return;
      }
    }
    throw new AssertionError("not in memory");
  }

  /// Whether a key should have a value.
  boolean expects(int number) {
    return versions.containsKey(number);
  }

  /// Values that left memory without a copy, or found no room in it.
  long dropped() {
    return droppedBefore
        + stat("store-dropped").orElseThrow()
        + stat("store-promotions-refused").orElseThrow();
  }

  /// Lets a key that is in memory, or comes there, expire.
  void expire(int number, long durationNs) {
    if (read(number)) {
      whole.remove(number >> 1);
      long at = clock.nanoTime() + durationNs;
      change(
          () -> {
            if (store.expire(key(number), at)) {
              expires(number, at);
            }
          });
    }
  }

  OptionalLong stat(String name) {
    return store.stats().stream()
        .filter(stat -> stat.name().equals(name))
        .mapToLong(stat -> stat.value())
        .findFirst();
  }

  /// Stops as a server does, and starts on the same directory.
  void restart() throws IOException {
    droppedBefore = dropped();
    close();
    open();
    awaitThat(() -> stat("disk-recovering").orElseThrow() == 0);
  }

  /// Waits until something is so.
  static void awaitThat(BooleanSupplier condition) {
    awaitThat(condition, PATIENCE_SECONDS);
  }

  static void awaitThat(BooleanSupplier condition, long seconds) {
    for (int i = 0; !condition.getAsBoolean(); i++) {
      assertTrue(i < seconds * 1_000, "waits for too long");
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      store.stop(Duration.ofSeconds(PATIENCE_SECONDS));
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
    store.close();
  }
}
