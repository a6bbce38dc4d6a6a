// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.block.Hash64;
import io.incipit.block.Stat;
import io.incipit.env.Clock;
import io.incipit.store.memory.Family;
import io.incipit.store.memory.Handle;
import io.incipit.store.memory.HostStore;
import io.incipit.store.memory.HostStore.Conflict;
import io.incipit.store.memory.Memory;
import io.incipit.store.memory.Pin;
import io.incipit.store.memory.Reservation;
import io.incipit.store.memory.StoreConfig;
import io.incipit.store.retain.PathGuess;
import io.incipit.store.retain.Retention;
import io.incipit.store.retain.RetentionConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;

/// Values by key: what a Redis would keep, and here is kept by whole families of keys.
///
/// Reads are for any thread and never wait. What changes the store runs inside of a [Change], one
/// at a time; methods that say *change* are called there only.
public final class Store implements AutoCloseable {
  /// The expiry of what does not expire.
  public static final long NEVER = HostStore.NEVER;

  /// An expiry for [#commit]: that of the value before.
  public static final long KEEP = -1;

  private static final int TESTED_A_TICK = 1 << 20;

  /// Tokens of a value, where nobody says: as many as LMCache's chunks have.
  private static final int CHUNK_TOKENS = 256;

  private final StoreOptions options;
  private final Clock clock;
  private final long seed;
  private final HostStore host;
  private final ChangeLane lane;
  private final Tombstones tombstones = new Tombstones();
  private final Retention retention;
  private final PathGuess paths;
  private final Visits visits = new Visits();
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder kept = new LongAdder();

  /// A store of all of `memory`, which it closes when it is closed.
  ///
  /// @param seed of the hashes of keys; not to be guessed
  public Store(StoreOptions options, Memory memory, Clock clock, long seed) {
    this.options = options;
    this.clock = clock;
    this.seed = Hash64.mix(seed);
    this.retention = new Retention(retention(options, seed), clock);
    var config =
        new StoreConfig(
            options.metadataBytes(),
            options.putTimeout().toNanos(),
            options.readLease().toNanos(),
            seed);
    this.host = new HostStore(config, memory, retention, clock);
    this.paths = new PathGuess(retention);
    this.lane = new ChangeLane(visits::tell, this::tick, clock);
  }

  private static RetentionConfig retention(StoreOptions options, long seed) {
    return new RetentionConfig(options.policy(), options.hostBytes(), CHUNK_TOKENS, seed);
  }

  /// Begins to run changes that take long.
  public void start() {
    lane.start();
  }

  private void tick() {
    host.sweep(TESTED_A_TICK);
    tombstones.sweep(clock.nanoTime());
    paths.tick(clock.nanoTime());
  }

  /// Runs a change at once, if nobody else has one to run and it does not take long.
  ///
  /// @return whether it was made
  public boolean now(Change change) {
    return visits.waiting() <= Visits.FEW && lane.now(change);
  }

  /// Hands a change to the store's thread, which calls [Change#made] in the end.
  public void later(Change change) {
    lane.later(change);
  }

  /// The clock that expiries are told by.
  public Clock clock() {
    return clock;
  }

  /// The family of a key.
  public KeyFamily family(byte[] key) {
    return KeyFamily.of(key, seed);
  }

  /// One client, whose requests in a row are guessed to be for one prompt. For one thread.
  public final class Visitor {
    private final PathGuess.Connection connection = paths.open();

    private Visitor() {}

    /// Pins the value of a key to read it, and counts a hit or a miss.
    public Optional<Pin> read(byte[] key) {
      var pin = host.pin(key);
      (pin.isPresent() ? hits : misses).increment();
      visits.asked(connection, clock.nanoTime(), family(key).id());
      return pin;
    }

    /// Whether a key has a value, which is then kept for a while: who asks will read it.
    public boolean exists(byte[] key) {
      var pin = read(key);
      if (pin.isEmpty()) {
        return false;
      }
      try (var found = pin.get()) {
        found.lease(options.readLease().toNanos());
      }
      return true;
    }

    /// The client is gone.
    public void leave() {
      visits.left(connection, clock.nanoTime());
    }
  }

  /// A client that comes.
  public Visitor visitor() {
    return new Visitor();
  }

  /// Pins the value of a key to look at it.
  public Optional<Pin> look(byte[] key) {
    return host.pin(key);
  }

  /// What a reader finds out of the value of a key.
  ///
  /// @param reader must not keep what it is given
  public <T> Optional<T> look(byte[] key, Function<Pin, T> reader) {
    return host.pin(key)
        .map(
            pin -> {
              try (pin) {
                return reader.apply(pin);
              }
            });
  }

  /// Whether a value is to be checked before it is sent.
  public boolean isStale(Pin pin) {
    return clock.nanoTime() - pin.checkedNs() >= options.verifyAge().toNanos();
  }

  /// As [HostStore#scan].
  public long scan(long cursor, int count, Consumer<byte[]> keys) {
    return host.scan(cursor, count, keys);
  }

  /// Room for a value. Change.
  ///
  /// @param patient whether room may be made for it
  /// @return empty if there is none
  public Optional<Reservation> reserve(byte[] key, int length, boolean patient) {
    return patient ? host.reserve(key, length) : host.reserveFree(key, length);
  }

  /// What to tell whoever finds no room.
  public String noRoom(long bytes) {
    return ("OOM the store has no room for %d bytes: what it holds is pinned, leased or unfinished"
            + " (store.host-limit: %d)")
        .formatted(bytes, host.snapshot().totalBytes());
  }

  /// Lets a key have a value that is complete. Change.
  ///
  /// @param visitor whose it is
  /// @param expiryNs when it is gone, by the clock; [#NEVER], or [#KEEP]
  /// @return whether the key has it, or one that it had before and that is as good; if not, the
  ///     value was given up for lack of time, and the key is as it was
  public boolean commit(Visitor visitor, byte[] key, Reservation value, long expiryNs) {
    var family = family(key);
    long expiry = expiryNs == KEEP ? look(key, Pin::expiryNs).orElse(NEVER) : expiryNs;
    var conflict = family.content() ? Conflict.KEEP : Conflict.REPLACE;
    long handle = host.commit(value, conflict, expiry);
    if (handle == Handle.NONE) {
      return false;
    }
    if (handle == value.handle()) {
      visitor.connection.stored(clock.nanoTime(), handle, family.id(), value.length());
      tombstones.take(name(key), clock.nanoTime());
    } else {
      kept.increment();
    }
    return true;
  }

  /// Gives room up. Change.
  public void abort(Reservation value) {
    host.abort(value);
  }

  /// Removes a key and all of its family. Change.
  ///
  /// @return whether it had a value; or was removed for a relative's sake within the last minute,
  ///     and is removed for the first time
  public boolean remove(byte[] key) {
    long nowNs = clock.nanoTime();
    boolean buried = tombstones.take(name(key), nowNs);
    long handle = host.handle(key);
    if (handle == Handle.NONE) {
      return host.remove(key) || buried;
    }
    for (var relative : relatives(family(key))) {
      if (!Arrays.equals(key, relative) && host.remove(relative)) {
        tombstones.bury(name(relative), nowNs);
      }
    }
    return host.remove(key);
  }

  /// The keys of a family that have a value.
  private List<byte[]> relatives(KeyFamily family) {
    if (!family.known()) {
      return List.of();
    }
    var members = new Family();
    retention.members(family.id(), members);
    var keys = new ArrayList<byte[]>();
    for (int i = 0; i < members.size(); i++) {
      keys.add(host.key(members.slot(i)));
    }
    return keys;
  }

  private long name(byte[] key) {
    return Hash64.chain(seed, key, 0, key.length);
  }

  /// Lets the value of a key expire, or not. Change.
  ///
  /// @param atNs by the clock, or [#NEVER]
  /// @return whether it has one
  public boolean expire(byte[] key, long atNs) {
    return host.expire(key, atNs);
  }

  /// Removes everything. Change.
  public void clear() {
    host.clear();
  }

  /// Keys that have a value.
  public long keys() {
    return host.snapshot().values();
  }

  /// Keys whose value expires.
  public long expiring() {
    return host.snapshot().expiring();
  }

  /// Bytes of the pool.
  public long totalBytes() {
    return host.snapshot().totalBytes();
  }

  /// Bytes of the pool that are taken.
  public long usedBytes() {
    return host.snapshot().usedBytes();
  }

  /// Sizes and counters, each of some moment.
  public List<Stat> stats() {
    var now = host.snapshot();
    return List.of(
        Stat.gauge("store-keys", now.values()),
        Stat.gauge("store-bytes", now.usedBytes()),
        Stat.gauge("store-limit-bytes", now.totalBytes()),
        Stat.gauge("store-value-bytes", now.valueBytes()),
        Stat.gauge("store-quarantined-bytes", now.quarantinedBytes()),
        Stat.gauge("store-metadata-bytes", now.metadataBytes()),
        Stat.gauge("store-metadata-limit-bytes", options.metadataBytes()),
        Stat.gauge("store-puts-open", now.reservations()),
        Stat.gauge("store-pressure", 100 * now.usedBytes() / now.totalBytes()),
        Stat.counter("store-hits", hits.sum()),
        Stat.counter("store-misses", misses.sum()),
        Stat.counter("store-puts-kept", kept.sum()),
        Stat.counter("store-evicted", now.evicted()),
        Stat.counter("store-expired", now.expired()),
        Stat.counter("store-abandoned", now.abandoned()),
        Stat.counter("store-moved", now.moved()),
        Stat.counter("store-corrupt", now.corrupt()),
        Stat.counter("store-refusals", now.refusals()),
        Stat.counter("store-visits-dropped", visits.dropped()),
        Stat.counter("store-changes-failed", lane.failures()));
  }

  /// Runs no more changes that take long.
  public void stop() throws InterruptedException {
    lane.stop();
  }

  /// Gives the memory back; nobody may have anything of it any more.
  @Override
  public void close() {
    host.close();
  }
}
