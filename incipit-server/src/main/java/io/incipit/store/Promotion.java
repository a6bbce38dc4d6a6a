// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.block.Stat;
import io.incipit.env.Clock;
import io.incipit.store.disk.DiskStore;
import io.incipit.store.disk.DiskValue;
import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.memory.HostStore;
import io.incipit.store.memory.HostStore.Conflict;
import io.incipit.store.memory.Pieces;
import io.incipit.store.memory.Pin;
import io.incipit.store.memory.Reservation;
import io.incipit.store.retain.PathGuess;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Brings values from disk back into memory when they are read, on threads of its own. Thread-safe.
///
/// Those who want the same value at the same time wait for one read of it. Its bytes are proved
/// piece by piece on their way; the copy on disk stays.
final class Promotion {
  private static final Logger LOG = System.getLogger(Promotion.class.getName());
  private static final int READERS = 4;
  private static final int STOP_SECONDS = 10;

  /// How often a value waits for the room that others make, and how long.
  private static final int ROOM_TRIES = 3_000;

  private static final long ROOM_NS = 1_000_000;

  /// Runs something as a change of the store, on the thread that asks. Blocks.
  interface Changes {
    /// Runs a change.
    ///
    /// @return whether it did not throw
    boolean run(Runnable change);
  }

  private final DiskStore disk;
  private final HostStore host;
  private final Demotion demotion;
  private final Changes changes;
  private final Clock clock;
  private final ExecutorService readers;

  /// Who waits for what. Guarded by this.
  private final Map<KeyHash, List<Arrival>> waiting = new HashMap<>();

  private final LongAdder promoted = new LongAdder();
  private final LongAdder promotedBytes = new LongAdder();
  private final LongAdder refused = new LongAdder();

  Promotion(DiskStore disk, HostStore host, Demotion demotion, Changes changes, Clock clock) {
    this.disk = disk;
    this.host = host;
    this.demotion = demotion;
    this.changes = changes;
    this.clock = clock;
    this.readers =
        Executors.newFixedThreadPool(
            READERS, Thread.ofPlatform().daemon().name("incipit-disk-reader-", 0).factory());
  }

  /// Begins to bring a value, for a client.
  ///
  /// @param wake called by any thread, when the arrival is done
  Arrival bring(PathGuess.Connection client, byte[] key, Runnable wake) {
    var arrival = new Arrival(wake);
    var hash = disk.hash(key);
    synchronized (this) {
      var others = waiting.get(hash);
      if (others != null) {
        others.add(arrival);
        return arrival;
      }
      waiting.put(hash, new ArrayList<>(List.of(arrival)));
    }
    try {
      readers.execute(() -> bring(client, key, hash));
    } catch (RejectedExecutionException | OutOfMemoryError failure) {
      end(key, hash, false);
    }
    return arrival;
  }

  private void bring(PathGuess.Connection client, byte[] key, KeyHash hash) {
    var pin = Optional.<Pin>empty();
    var wrong = new AtomicBoolean();
    try {
      pin = read(client, key, hash, wrong);
    } finally {
      end(key, hash, wrong.get());
      pin.ifPresent(Pin::close);
    }
  }

  /// Tells all who wait, each of whom has a pin of its own.
  private void end(byte[] key, KeyHash hash, boolean wrong) {
    List<Arrival> told;
    synchronized (this) {
      told = Objects.requireNonNull(waiting.remove(hash));
    }
    told.forEach(arrival -> arrival.done(host.pin(key), wrong));
  }

  /// Reads a value into memory.
  ///
  /// @param wrong set if its bytes are not what was written
  /// @return what is in memory then
  private Optional<Pin> read(
      PathGuess.Connection client, byte[] key, KeyHash hash, AtomicBoolean wrong) {
    try (var value = disk.read(key).orElse(null)) {
      var place = value == null ? Optional.<Reservation>empty() : reserve(key, value.length());
      if (value == null || place.isEmpty()) {
        return Optional.empty();
      }
      boolean whole = write(value, place.get());
      wrong.set(!whole);
      var pin = new AtomicReference<@Nullable Pin>();
      changes.run(
          () -> {
            if (whole && value.isCurrent()) {
              pin.set(commit(client, hash, place.get()));
            } else {
              host.abort(place.get());
            }
          });
      return Optional.ofNullable(pin.get());
    }
  }

  private Optional<Reservation> reserve(byte[] key, int length) {
    var place = new ArrayList<Reservation>(1);
    changes.run(() -> host.reserveFree(key, length).ifPresent(place::add));
    for (int i = 0; i < ROOM_TRIES && place.isEmpty() && demotion.makesRoom(); i++) {
      LockSupport.parkNanos(ROOM_NS);
      changes.run(() -> host.reserveFree(key, length).ifPresent(place::add));
    }
    if (place.isEmpty()) {
      changes.run(() -> host.reserve(key, length).ifPresent(place::add));
    }
    if (place.isEmpty()) {
      refused.increment();
    }
    return place.stream().findFirst();
  }

  /// @return whether all pieces are what was written once
  private static boolean write(DiskValue value, Reservation place) {
    if (value.length() == 0) {
      return true;
    }
    try (var part = place.part(0, value.length())) {
      for (int piece = 0; piece < Pieces.count(value.length()); piece++) {
        var bytes = value.piece(piece);
        if (bytes.isEmpty()) {
          return false;
        }
        part.write(bytes.get());
      }
    }
    return true;
  }

  /// @return what the key has now, pinned before it can leave again
  private @Nullable Pin commit(PathGuess.Connection client, KeyHash hash, Reservation place) {
    long handle = host.commit(place, Conflict.KEEP, HostStore.NEVER);
    var pin = host.pin(handle).orElse(null);
    if (pin != null && handle == place.handle()) {
      client.stored(clock.nanoTime(), handle, hash.high(), place.length());
      demotion.promoted(handle);
      promoted.increment();
      promotedBytes.add(place.length());
    }
    return pin;
  }

  /// Runs something that blocks; not after [#stop].
  void offload(Runnable task) {
    readers.execute(task);
  }

  List<Stat> stats() {
    return List.of(
        Stat.counter("store-promoted", promoted.sum()),
        Stat.counter("store-promoted-bytes", promotedBytes.sum()),
        Stat.counter("store-promotions-refused", refused.sum()));
  }

  /// Ends what is under way, and brings nothing any more.
  void stop() throws InterruptedException {
    var _ = readers.shutdownNow();
    if (!readers.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
      LOG.log(Level.WARNING, "slow-disk-readers");
    }
  }
}
