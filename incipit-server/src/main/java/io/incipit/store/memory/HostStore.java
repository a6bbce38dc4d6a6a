// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import io.incipit.block.Hash64;
import io.incipit.env.Clock;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// Values in memory outside of the heap, by key: the bytes of the tier `HOST`.
///
/// One thread at a time, the writer, reserves, commits, removes and sweeps; whoever hands the store
/// from one writer to the next orders them. Any thread looks up, pins and leases, without a lock,
/// and writes the parts of what was reserved for it. An event loop therefore hands a lane two small
/// tasks for a value, and neither the bytes that come in nor those that go out wait for the lane.
///
/// A change that throws (a victim's call, memory for a record) has not happened, but for values
/// that were given up before; what [Victims#gone] throws comes when the change is as good as done.
public final class HostStore implements AutoCloseable {
  /*
   * Vocabulary
   *   line      the pool's bytes, from 0 on           Places, Extents, Slabs
   *   place     a stretch of the line with an owner: an extent, or a cell of a slab
   *   slot      the record of a value, and the owner of its place           Values
   *   entry     what leads from a key's hash to its slot                    EntryTable
   *
   * Life of a value: reserve (slot, place; no entry), parts, commit (checksums, entry), pins,
   * removal (entry, then state), last pin gone, place and slot free. The entry goes first and the
   * generation with the slot, so neither key nor handle lead to a place that is used again.
   */

  /// What becomes of a value whose key has one already.
  public enum Conflict {
    /// The first one stays.
    KEEP,
    /// The new one takes its place; who reads the old one finishes with it.
    REPLACE
  }

  /// The expiry of what does not expire.
  public static final long NEVER = Values.NEVER;

  /// How often a look-up that met a change of its key begins again.
  private static final int TURNS_MAX = 64;

  /// Slots that one call of [#scrub] looks at.
  private static final int SCRUBBED_SLOTS_MAX = 1 << 16;

  final StoreConfig config;
  final Memory memory;
  final Clock clock;
  final Values values;
  final Places places;
  final EntryTable table;
  final StoreFault planted;
  private final Room room;
  private final Quarantine quarantine;
  private final Expiry expiry;

  /// Open ones, in the order of their deadlines.
  private final LinkedHashSet<Reservation> reservations = new LinkedHashSet<>();

  private final LongAdder corrupt = new LongAdder();
  private final Victims victims;
  /// The next of the slots that lost their last pin, of those taken over already.
  private int released = Values.NONE;

  /// The slot that was scrubbed last.
  private int scrubbed;

  private long metadataBytes;
  private long valueBytes;
  private long abandoned;

  /// Values that can be found.
  private long committed;

  /// Makes a store of all whole units of `memory`, which it closes when it is closed.
  public HostStore(StoreConfig config, Memory memory, Victims victims, Clock clock) {
    this(config, memory, victims, clock, FaultPoints.NONE, StoreFault.NONE);
  }

  HostStore(
      StoreConfig config,
      Memory memory,
      Victims victims,
      Clock clock,
      FaultPoints faults,
      StoreFault planted) {
    this.config = config;
    this.memory = memory;
    this.clock = clock;
    this.planted = planted;
    this.victims = victims;
    this.values = new Values(faults, planted);
    this.places = new Places(memory.bytes(), faults);
    this.table = new EntryTable(faults);
    this.room = new Room(this, victims);
    this.quarantine = new Quarantine(this);
    this.expiry = new Expiry(this);
  }

  /// Reserves room for a value. Writer.
  ///
  /// Costs the taking of what is free, or the eviction of at most four times what is wanted, and
  /// the moving of as much.
  ///
  /// @param key not changed by anybody from here on
  /// @return none if there is no room and none can be made: the sender is to be told `BUSY`
  /// @throws IllegalArgumentException if `length` is not in `[0, 256 MiB]`, or the key is longer
  ///     than 1 KiB
  public Optional<Reservation> reserve(byte[] key, int length) {
    return reserve(key, length, true);
  }

  /// As [#reserve(byte\[\], int)], but if there is no room none is made. That costs the same for
  /// values of any size.
  public Optional<Reservation> reserveFree(byte[] key, int length) {
    return reserve(key, length, false);
  }

  private Optional<Reservation> reserve(byte[] key, int length, boolean makeRoom) {
    checkSizes(key, length);
    drain();
    int charge = StoreConfig.heapBytes(key.length, length);
    boolean fits = metadataBytes + charge <= config.metadataBytes();
    if (!fits && !(makeRoom && room.makeMetadata(charge))) {
      return Optional.empty();
    }
    int slot = values.reserve(key, length);
    long place = Places.NONE;
    try {
      place = makeRoom ? room.take(length, slot) : places.take(length, slot);
      if (place != Places.NONE) {
        return Optional.of(open(key, slot, place, charge));
      }
      values.free(slot);
    } catch (RuntimeException | Error failure) {
      if (place != Places.NONE) {
        places.give(place, length);
      }
      values.free(slot);
      throw failure;
    }
    return Optional.empty();
  }

  private Reservation open(byte[] key, int slot, long place, int charge) {
    long offset = places.offset(place);
    values.place(slot, place, offset);
    long deadline = clock.nanoTime() + config.reserveNs();
    var reservation = new Reservation(this, key, hash(key), slot, offset, deadline);
    reservations.add(reservation);
    metadataBytes += charge;
    valueBytes += reservation.length;
    return reservation;
  }

  private static void checkSizes(byte[] key, int length) {
    if (length < 0 || length > Places.LENGTH_MAX) {
      throw new IllegalArgumentException(
          "length: %d (expected: [0, %d])".formatted(length, Places.LENGTH_MAX));
    }
    if (key.length > 1024) {
      throw new IllegalArgumentException(
          "key.length: %d (expected: <= 1024)".formatted(key.length));
    }
  }

  /// Makes a complete value readable by its key. Writer.
  ///
  /// @return the handle of the value that the key now has: the other one if there was one to be
  ///     kept; [Handle#NONE] if bytes are missing, or the reservation had ended
  public long commit(Reservation reservation, Conflict conflict) {
    return commit(reservation, conflict, NEVER);
  }

  /// As [#commit(Reservation, Conflict)].
  ///
  /// @param expiryNs when it is gone, by [Clock#nanoTime], or [#NEVER]
  public long commit(Reservation reservation, Conflict conflict, long expiryNs) {
    drain();
    if (!reservations.contains(reservation) || !reservation.isComplete()) {
      return Handle.NONE;
    }
    int before = slotOf(reservation.key, reservation.hash);
    if (before != Values.NONE
        && conflict == Conflict.KEEP
        && values.state(before) == Values.COMMITTED
        && !expiry.isPast(before)) {
      abort(reservation);
      return values.handle(before);
    }
    if (before == Values.NONE) {
      table.reserve(reservation.hash);
    }
    reservation.finishChecksums();
    int slot = reservation.slot;
    expiry.set(slot, expiryNs);
    if (!values.commit(slot, reservation.checksums, clock.nanoTime())) {
      return Handle.NONE;
    }
    reservations.remove(reservation);
    committed++;
    if (before == Values.NONE) {
      table.add(reservation.hash, slot);
    } else {
      table.replace(reservation.hash, before, slot);
    }
    victims.came(reservation.handle, reservation.length);
    if (before != Values.NONE) {
      end(before, Victims.Cause.REPLACED);
    }
    return reservation.handle;
  }

  /// Whether [#commit] of a reservation would find all bytes there. Writer.
  public boolean isReady(Reservation reservation) {
    return reservations.contains(reservation) && reservation.isComplete();
  }

  /// Gives a reservation up. Writer. Does nothing if it has ended.
  public void abort(Reservation reservation) {
    if (!reservations.remove(reservation) || planted == StoreFault.LEAK_UNFINISHED) {
      return;
    }
    int slot = reservation.slot;
    long generation = Handle.generation(reservation.handle);
    if (values.end(slot, generation, Values.RESERVED, Values.REMOVED) == 0) {
      free(slot);
    }
  }

  /// Removes the value of a key, pinned and leased or not. Writer.
  ///
  /// @return whether there was one
  public boolean remove(byte[] key) {
    drain();
    int slot = slotOf(key, hash(key));
    if (slot == Values.NONE) {
      return false;
    }
    boolean past = expiry.isPast(slot);
    return remove(slot) && !past;
  }

  /// Lets the value of a key expire, or not. Writer.
  ///
  /// @param atNs by [Clock#nanoTime], or [#NEVER]
  /// @return whether there is one
  public boolean expire(byte[] key, long atNs) {
    drain();
    int slot = slotOf(key, hash(key));
    if (slot == Values.NONE || values.state(slot) != Values.COMMITTED || expiry.isPast(slot)) {
      return false;
    }
    expiry.set(slot, atNs);
    return true;
  }

  /// Removes the value that a handle names. Writer.
  ///
  /// @return whether there was one
  public boolean remove(long handle) {
    drain();
    return values.isNamed(handle, Values.COMMITTED) && remove(Handle.slot(handle));
  }

  boolean remove(int slot) {
    table.remove(values.hash(slot, config.seed()), slot);
    return end(slot, Victims.Cause.REMOVED);
  }

  /// Ends a committed value that no entry leads to.
  private boolean end(int slot, Victims.Cause cause) {
    long handle = values.handle(slot);
    long generation = Handle.generation(handle);
    int pins = values.end(slot, generation, Values.COMMITTED, Values.REMOVED);
    if (pins == Values.NONE) {
      return false;
    }
    try {
      gone(slot, cause);
    } finally {
      if (pins == 0 || planted == StoreFault.FREE_PINNED) {
        free(slot);
      }
    }
    return true;
  }

  /// A committed value is no more.
  void gone(int slot, Victims.Cause cause) {
    committed--;
    victims.gone(values.handle(slot), values.length(slot), cause);
  }

  /// Gives the place and the slot of what is no more back. There are no pins.
  void free(int slot) {
    long place = values.place(slot);
    int length = values.length(slot);
    forget(slot);
    places.give(place, length);
    if (planted == StoreFault.FREE_TWICE) {
      places.give(place, length);
    }
  }

  /// Gives the slot of what is no more back, and leaves its place.
  void forget(int slot) {
    metadataBytes -= StoreConfig.heapBytes(values.keyLength(slot), values.length(slot));
    valueBytes -= values.length(slot);
    expiry.set(slot, NEVER);
    values.free(slot);
  }

  /// Pins the value of a key. Any thread. One that is just being moved is waited for, not long: if
  /// the writer stands still in between, it is a miss.
  public Optional<Pin> pin(byte[] key) {
    long hash = hash(key);
    for (int turn = 0; turn < TURNS_MAX; turn++) {
      var lookup = new Lookup(key);
      int slot = table.find(hash, lookup);
      if (slot != Values.NONE) {
        return pinned(slot);
      }
      if (!lookup.changed) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /// Pins the value that a handle names. Any thread; waits as [#pin(byte\[\])] does.
  public Optional<Pin> pin(long handle) {
    return values.pinIfNamed(handle, Values.COMMITTED)
        ? pinned(Handle.slot(handle))
        : Optional.empty();
  }

  private Optional<Pin> pinned(int slot) {
    if (expiry.isPast(slot)) {
      values.unpin(slot);
      return Optional.empty();
    }
    return Optional.of(new Pin(this, slot));
  }

  /// The name of the value of a key, or [Handle#NONE]. Writer.
  public long handle(byte[] key) {
    int slot = slotOf(key, hash(key));
    boolean there = slot != Values.NONE && values.state(slot) == Values.COMMITTED;
    return there && !expiry.isPast(slot) ? values.handle(slot) : Handle.NONE;
  }

  /// Whether a handle names a value that can be found. Writer.
  public boolean has(long handle) {
    return values.isNamed(handle, Values.COMMITTED);
  }

  /// Gives values up as if there were no room: all of them or, if one is pinned or leased, none.
  /// Writer.
  ///
  /// @return whether they are gone
  public boolean evict(Family those) {
    drain();
    return room.evict(those);
  }

  /// Whether the value in a slot is neither pinned nor leased now. Writer.
  public boolean isIdle(int slot) {
    return values.pins(slot) == 0 && !values.isLeased(slot, clock.nanoTime());
  }

  /// The name of the value in a slot. Writer.
  public long handle(int slot) {
    return values.handle(slot);
  }

  /// Bytes of the value in a slot. Writer.
  public int length(int slot) {
    return values.length(slot);
  }

  /// When the value in a slot is gone, or [#NEVER]. Writer.
  public long expiryNs(int slot) {
    return values.expiry(slot);
  }

  /// Hands out the slots of all values, in no order. Writer.
  public void forEach(IntConsumer slots) {
    for (int slot = 0; slot < values.slots(); slot++) {
      if (values.state(slot) == Values.COMMITTED && !expiry.isPast(slot)) {
        slots.accept(slot);
      }
    }
  }

  /// The file that the pool is, by which other processes read it, if it is one.
  public Optional<String> path() {
    return memory.path();
  }

  /// Bytes of the pool.
  public long totalBytes() {
    return places.totalBytes();
  }

  /// Bytes of the pool that are taken.
  public long usedBytes() {
    return places.usedBytes();
  }

  /// The key of the value in a slot. Writer, of what [Victims] tells of.
  public byte[] key(int slot) {
    return values.key(slot);
  }

  /// Hands out keys that have a value, in an order that changes of others do not change: a key that
  /// has a value all the time is met once, any other at most once. Any thread.
  ///
  /// @param cursor 0 to begin, or what the call before returned
  /// @param count about as many keys, if there are
  /// @return where to go on, or 0 at the end
  public long scan(long cursor, int count, Consumer<byte[]> keys) {
    return table.scan(
        cursor,
        count,
        (hash, slot) -> {
          if (values.pin(slot, Values.COMMITTED) != 0) {
            var key = values.key(slot);
            boolean there = !expiry.isPast(slot);
            values.unpin(slot);
            if (there && EntryTable.isSame(hash, hash(key))) {
              keys.accept(key);
            }
          }
        });
  }

  /// Removes all values. Writer.
  public void clear() {
    drain();
    for (int slot = 0; slot < values.slots(); slot++) {
      if (values.state(slot) == Values.COMMITTED) {
        remove(slot);
      }
    }
  }

  /// Pins the first slot that has the key; a pin is taken before the key is read.
  private final class Lookup implements EntryTable.Matcher {
    private final byte[] key;

    /// Whether an entry led to what is not the key's value, or no longer.
    private boolean changed;

    Lookup(byte[] key) {
      this.key = key;
    }

    @Override
    public boolean matches(int slot) {
      if (values.pin(slot, Values.COMMITTED) == 0) {
        changed = true;
        return false;
      }
      if (values.isKey(slot, key)) {
        return true;
      }
      values.unpin(slot);
      changed = true;
      return false;
    }
  }

  /// The slot that the entry of a key leads to. Writer.
  private int slotOf(byte[] key, long hash) {
    return table.find(hash, slot -> values.isKey(slot, key));
  }

  /// Bytes of the pool that a value of a length takes.
  public static int takenBytes(int length) {
    return Places.bytes(length);
  }

  /// Bytes of the metadata that a value and its key take.
  public static int heapBytes(int keyLength, int length) {
    return StoreConfig.heapBytes(keyLength, length);
  }

  long hash(byte[] key) {
    return Hash64.chain(config.seed(), key, 0, key.length);
  }

  /// Does what waits: gives up reservations that are late, frees what has lost its last pin, and
  /// tests at most `bytesMax` of memory that is kept apart. Writer, every now and then.
  public void sweep(int bytesMax) {
    drain();
    long now = clock.nanoTime();
    while (!reservations.isEmpty() && now - reservations.getFirst().deadlineNs >= 0) {
      abort(reservations.getFirst());
      abandoned++;
    }
    quarantine.test(bytesMax);
    expiry.sweep();
  }

  /// Frees what lost its last pin, and sets apart what was found to be wrong.
  void drain() {
    while (released != Values.NONE || values.hasReleased()) {
      int slot = released == Values.NONE ? values.takeReleased() : released;
      released = values.nextReleased(slot);
      if (values.state(slot) == Values.QUARANTINED) {
        table.remove(values.hash(slot, config.seed()), slot);
        quarantine.add(slot);
        gone(slot, Victims.Cause.CORRUPT);
      } else if (planted != StoreFault.FREE_PINNED) {
        free(slot);
      }
    }
  }

  /// Compares values with their checksums in turn, those whose last check is old, until their bytes
  /// are as many or all have been looked at once. One that is found wrong is never pinned again.
  /// One thread at a time, beside the writer.
  ///
  /// @param ageNs how old the last check of a value has to be
  /// @return bytes verified; more than `bytesMax` by less than one value
  public long scrub(long bytesMax, long ageNs) {
    long bytes = 0;
    int slots = values.slots();
    for (int i = Math.min(slots, SCRUBBED_SLOTS_MAX); i > 0 && bytes < bytesMax; i--) {
      scrubbed = scrubbed + 1 < slots ? scrubbed + 1 : 0;
      if (values.state(scrubbed) == Values.COMMITTED
          && values.pin(scrubbed, Values.COMMITTED) != 0) {
        try (var pin = new Pin(this, scrubbed)) {
          if (clock.nanoTime() - pin.checkedNs() >= ageNs) {
            pin.verify(0, pin.length());
            bytes += Math.max(1, pin.length());
          }
        }
      }
    }
    return bytes;
  }

  /// Keeps a value from ever being pinned again. Whoever found it wrong has pinned it.
  void quarantine(long handle) {
    int slot = Handle.slot(handle);
    long generation = Handle.generation(handle);
    if (values.end(slot, generation, Values.COMMITTED, Values.QUARANTINED) != Values.NONE) {
      corrupt.increment();
    }
  }

  /// Bytes of heap in the tables, without keys and checksums.
  long heapBytes() {
    return values.heapBytes()
        + places.extents.heapBytes()
        + places.slabs.heapBytes()
        + table.heapBytes();
  }

  long metadataBytes() {
    return metadataBytes;
  }

  /// Numbers, each of some moment. Any thread.
  public StoreSnapshot snapshot() {
    return new StoreSnapshot(
        places.totalBytes(),
        places.usedBytes(),
        valueBytes,
        quarantine.bytes(),
        values.used(),
        committed,
        metadataBytes,
        reservations.size(),
        room.evicted(),
        room.moved(),
        abandoned,
        expiry.expired(),
        expiry.count(),
        corrupt.sum(),
        room.refusals());
  }

  /// Gives the memory back. Writer, when nobody has a pin, a part or a view any more.
  @Override
  public void close() {
    memory.close();
  }
}
