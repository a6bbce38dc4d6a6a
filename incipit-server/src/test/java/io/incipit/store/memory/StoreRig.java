// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Optional;

/// A store with a clock, failures, and victims in the order in which they were written; what is
/// kept goes to the end.
final class StoreRig implements Victims, AutoCloseable {
  static final long RESERVE_NS = 30_000_000_000L;
  static final long LEASE_NS = 60_000_000_000L;

  private static final long NO_FAMILY = -1;

  /// A committed value.
  record Known(int key, long version, int length) {}

  final ManualClock clock = new ManualClock();
  final PlantedFailures failures = new PlantedFailures();
  final HostStore store;
  final Memory memory;

  /// What is committed, by handle, the next victim first.
  final LinkedHashMap<Long, Known> known = new LinkedHashMap<>();

  /// By handle, the number of its family; values that are in none go alone.
  final LinkedHashMap<Long, Long> families = new LinkedHashMap<>();

  StoreRig(Memory memory, long metadataBytes, StoreFault planted) {
    this(memory, Optional.empty(), metadataBytes, planted);
  }

  /// Over memory that others read by a path, if any.
  StoreRig(Memory memory, Optional<String> path) {
    this(memory, path, 64 << 20, StoreFault.NONE);
  }

  private StoreRig(Memory memory, Optional<String> path, long metadataBytes, StoreFault planted) {
    this.memory = memory;
    this.store =
        new HostStore(
            new StoreConfig(metadataBytes, RESERVE_NS, LEASE_NS, 42),
            new PlantedFailures.FailingMemory(memory, path, failures),
            this,
            clock,
            failures,
            planted);
  }

  static StoreRig ofBytes(long bytes) {
    return new StoreRig(new HostMemory(bytes, false), 64 << 20, StoreFault.NONE);
  }

  static StoreRig ofLengths(long bytes) {
    return new StoreRig(new LengthsMemory(bytes), 1L << 40, StoreFault.NONE);
  }

  /// Puts a value with its payload.
  ///
  /// @return its handle, or [Handle#NONE] if there was no room
  long put(int key, long version, int length) {
    var reservation = store.reserve(Payload.key(key), length);
    return reservation.isPresent() ? fill(reservation.get(), key, version) : Handle.NONE;
  }

  private long fill(Reservation reservation, int key, long version) {
    if (reservation.length() > 0) {
      try (var part = reservation.part(0, reservation.length())) {
        part.write(Payload.bytes(key, version, 0, reservation.length()));
      }
    }
    long handle = store.commit(reservation, HostStore.Conflict.REPLACE);
    known.put(handle, new Known(key, version, reservation.length()));
    return handle;
  }

  /// Puts a value whose bytes are not said, for memories that keep none.
  long putLength(byte[] key, int length) {
    var reservation = store.reserve(key, length);
    if (reservation.isEmpty()) {
      return Handle.NONE;
    }
    if (length > 0) {
      try (var part = reservation.get().part(0, length)) {
        part.wrote(length);
      }
    }
    return store.commit(reservation.get(), HostStore.Conflict.REPLACE);
  }

  /// Reads a value and compares each byte and each checksum.
  static void check(Pin pin, Known known) {
    assertEquals(known.length(), pin.length());
    assertEquals(-1, Payload.wrongAt(pin.bytes(0, pin.length()), known.key(), known.version(), 0));
    for (int piece = 0; piece < pin.pieces(); piece++) {
      assertEquals(true, pin.verify(piece), "piece " + piece);
    }
  }

  /// Checks all that is known to be there, by key.
  void checkAll() {
    for (var entry : known.entrySet()) {
      Optional<Pin> pin = store.pin(Payload.key(entry.getValue().key()));
      try (var held = pin.orElseThrow()) {
        assertEquals(entry.getKey(), held.handle());
        check(held, entry.getValue());
      }
    }
  }

  /// Removes all, and finds all memory free and in one piece.
  void checkEmpties() {
    for (long handle : Arrays.asList(known.keySet().toArray(Long[]::new))) {
      store.remove(handle);
    }
    clock.advance(RESERVE_NS);
    store.sweep(1 << 30);
    checkEmpty();
  }

  void checkEmpty() {
    var now = store.snapshot();
    assertEquals(0, now.usedBytes(), "usedBytes");
    assertEquals(0, now.valueBytes(), "valueBytes");
    assertEquals(0, now.metadataBytes(), "metadataBytes");
    assertEquals(0, now.objects(), "objects");
    assertEquals(0, now.reservations(), "reservations");
    assertEquals(0, now.quarantinedBytes(), "quarantinedBytes");
    assertEquals(0, store.places.slabs.count(), "slabs");
    assertEquals(1, store.places.extents.count(), "extents");
    assertEquals(store.places.extents.total(), store.places.extents.free(), "free units");
    assertEquals(0, known.size(), "values that nobody said are gone");
  }

  @Override
  public void next(Family family) {
    failures.reach();
    if (!known.isEmpty()) {
      with(known.firstEntry().getKey(), family);
    }
  }

  @Override
  public void with(long handle, Family family) {
    family.add(Handle.slot(handle));
    long group = families.getOrDefault(handle, NO_FAMILY);
    for (var entry : families.entrySet()) {
      if (entry.getValue() == group && entry.getKey() != handle && group != NO_FAMILY) {
        family.add(Handle.slot(entry.getKey()));
      }
    }
  }

  @Override
  public void kept(Family family) {
    for (int i = 0; i < family.size(); i++) {
      long handle = store.values.handle(family.slot(i));
      var value = known.get(handle);
      if (value != null) {
        known.putLast(handle, value);
      }
    }
  }

  @Override
  public void gone(long handle, int length, Cause cause) {
    families.remove(handle);
    var value = known.remove(handle);
    if (value == null && memory instanceof HostMemory) {
      throw new AssertionError("gone: unknown or told twice: " + handle);
    }
    if (value != null && value.length() != length) {
      throw new AssertionError("gone: another length: " + length);
    }
    failures.reach();
  }

  @Override
  public void close() {
    store.close();
  }
}
