// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.env.RandomSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// A random program on a small store, beside what must be true: each value that was committed is
/// there with its bytes until it is said to be gone, and afterwards never again; what is pinned
/// keeps its bytes; what is leased is not evicted, nor anything of its family; and at the end all
/// memory is free.
final class StoreProgram {
  private static final long BYTES = 4 << 20;
  private static final int KEYS = 60;
  private static final int STALE_MAX = 200;

  /// The first keys have families of so many.
  private static final int FAMILIES = 10;

  private static final int FAMILY = 3;

  private record Held(Pin pin, StoreRig.Known known) {}

  private record Writing(Reservation reservation, Part part, int key, long version) {}

  private final RandomGenerator random;
  private final boolean failing;
  private final StoreRig rig;
  private final HostStore store;
  private final List<Held> held = new ArrayList<>();
  private final List<Writing> writing = new ArrayList<>();
  private final List<Long> stale = new ArrayList<>();
  private final Map<Long, Long> leases = new HashMap<>();

  /// By key: the handle of the value that a look-up must find.
  private final Map<Integer, Long> byKey = new HashMap<>();

  private long version;

  /// @param failing whether changes are made to fail at random points
  StoreProgram(long seed, boolean failing, StoreFault planted) {
    this.random = RandomSource.seeded(seed);
    this.failing = failing;
    this.rig = new StoreRig(new HostMemory(BYTES, false), 1 << 20, planted);
    this.store = rig.store;
  }

  /// Runs so many steps, then gives all back.
  void run(int steps) {
    try (rig) {
      for (int i = 0; i < steps; i++) {
        guarded(this::step);
        if (i % 64 == 0) {
          checkFound();
        }
      }
      rig.failures.failAt(0);
      checkFound();
      held.forEach(this::release);
      writing.forEach(w -> w.part().close());
      store.drain();
      rig.checkEmpties();
    }
  }

  /// A step that may fail half-way: what is gone was told, whatever it threw.
  private void guarded(Runnable step) {
    if (failing && random.nextInt(3) == 0) {
      rig.failures.failAt(1 + random.nextInt(8));
    }
    try {
      step.run();
    } catch (PlantedFailures.PlantedException failure) {
      assertFalse(rig.failures.isPending());
    }
    rig.failures.failAt(0);
  }

  private void step() {
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4 -> begin();
      case 5, 6, 7, 8 -> write();
      case 9, 10 -> hold();
      case 11, 12 -> let();
      case 13 -> removeSome();
      case 14 -> tryStale();
      default -> rare();
    }
  }

  private void rare() {
    switch (random.nextInt(8)) {
      case 0 -> corruptOne();
      case 1, 2 -> {
        rig.clock.advance(random.nextLong(StoreRig.RESERVE_NS));
        store.sweep(random.nextInt(1 << 20));
      }
      case 3, 4, 5 -> leaseOne();
      default -> store.sweep(0);
    }
  }

  private int length() {
    double log = random.nextInt(4) == 0 ? 20.5 : 17;
    return (int) Math.pow(2, log * random.nextDouble()) - random.nextInt(2);
  }

  private void begin() {
    int key = random.nextInt(KEYS);
    var before = Map.copyOf(leases);
    var pinned = held.stream().map(h -> h.pin().handle()).toList();
    var present = List.copyOf(rig.known.keySet());
    var families = Map.copyOf(rig.families);
    var reservation = Optional.<Reservation>empty();
    try {
      reservation = store.reserve(Payload.key(key), length());
    } finally {
      checkFamilies(families);
    }
    for (long handle : present) {
      if (!rig.known.containsKey(handle)) {
        assertFalse(pinned.contains(handle), "a pinned value was evicted");
        long until = before.getOrDefault(handle, rig.clock.nanoTime());
        assertTrue(until - rig.clock.nanoTime() <= 0, "a leased value was evicted");
      }
    }
    if (reservation.isPresent()) {
      if (reservation.get().length() == 0) {
        store.abort(reservation.get());
        return;
      }
      int to = reservation.get().length();
      int from = random.nextInt(4) == 0 ? random.nextInt(to) : 0;
      var part = reservation.get().part(from, to);
      writing.add(new Writing(reservation.get(), part, key, ++version));
    }
  }

  /// Nothing but eviction happened: of each family all are left, or none.
  private void checkFamilies(Map<Long, Long> before) {
    var gone = new HashSet<Long>();
    before.forEach((handle, family) -> addIf(!rig.known.containsKey(handle), gone, family));
    before.forEach(
        (handle, family) ->
            assertFalse(
                gone.contains(family) && rig.known.containsKey(handle),
                "half a family was evicted"));
  }

  private static void addIf(boolean holds, Set<Long> families, long family) {
    if (holds) {
      families.add(family);
    }
  }

  /// Goes on with what is being written: a stretch, the rest, nothing any more, or commits it.
  private void write() {
    if (writing.isEmpty()) {
      return;
    }
    int index = random.nextInt(writing.size());
    var one = writing.get(index);
    int stretch = Math.min(one.part().remaining(), 1 + random.nextInt(200_000));
    if (random.nextInt(30) == 0) {
      overrun(one, stretch);
    }
    put(one, one.part(), stretch);
    if (one.part().remaining() > 0 && random.nextInt(10) != 0) {
      return;
    }
    writing.remove(index);
    one.part().close();
    finish(one);
  }

  /// More than the part has room for, all of it the right bytes for where it would lie.
  private void overrun(Writing one, int stretch) {
    int at = one.part().to - one.part().remaining();
    if (stretch < one.part().remaining()) {
      return;
    }
    var bytes = Payload.bytes(one.key(), one.version(), at, one.part().to + 64);
    try {
      one.part().write(bytes);
    } catch (IllegalArgumentException refused) {
      assertEquals(0, bytes.position());
    }
  }

  private static void put(Writing one, Part part, int stretch) {
    int at = part.to - part.remaining();
    part.write(Payload.bytes(one.key(), one.version(), at, at + stretch));
  }

  private void finish(Writing one) {
    if (one.part().from > 0 && random.nextInt(8) != 0) {
      var front = one.reservation().part(0, one.part().from);
      try (front) {
        if (!front.isEnded()) {
          put(one, front, front.remaining());
        }
      }
    }
    boolean keep = random.nextBoolean();
    try {
      commit(one, keep ? HostStore.Conflict.KEEP : HostStore.Conflict.REPLACE);
    } finally {
      store.abort(one.reservation());
    }
  }

  private void commit(Writing one, HostStore.Conflict conflict) {
    long own = one.reservation().handle;
    long winner = Handle.NONE;
    try {
      winner = store.commit(one.reservation(), conflict);
    } finally {
      boolean done = store.values.isNamed(own, Values.COMMITTED);
      committed(one, conflict, done ? own : winner);
    }
  }

  private void committed(Writing one, HostStore.Conflict conflict, long winner) {
    if (winner == one.reservation().handle) {
      var known = new StoreRig.Known(one.key(), one.version(), one.reservation().length());
      var before = byKey.put(one.key(), winner);
      assertFalse(before != null && rig.known.containsKey(before), "replaced, but not gone");
      rig.known.put(winner, known);
      if (one.key() < FAMILIES * FAMILY) {
        rig.families.put(winner, (long) one.key() / FAMILY);
      }
      remember(winner);
    } else if (winner != Handle.NONE) {
      assertEquals(byKey.get(one.key()), winner);
      assertEquals(HostStore.Conflict.KEEP, conflict);
    }
  }

  private void remember(long handle) {
    stale.add(handle);
    if (stale.size() > STALE_MAX) {
      stale.removeFirst();
    }
  }

  private void hold() {
    int key = random.nextInt(KEYS);
    var pin = store.pin(Payload.key(key));
    var expected = byKey.get(key);
    boolean there = expected != null && rig.known.containsKey(expected);
    assertEquals(there, pin.isPresent(), "a look-up by key");
    if (pin.isPresent()) {
      assertEquals(expected, pin.get().handle());
      held.add(new Held(pin.get(), rig.known.get(pin.get().handle())));
    }
  }

  private void let() {
    if (!held.isEmpty() && (held.size() > 8 || random.nextBoolean())) {
      release(held.remove(random.nextInt(held.size())));
    }
  }

  private void release(Held one) {
    rig.failures.failAt(0);
    try (var pin = one.pin()) {
      StoreRig.check(pin, one.known());
    }
  }

  private void removeSome() {
    int key = random.nextInt(KEYS);
    var handle = byKey.get(key);
    boolean there = handle != null && rig.known.containsKey(handle);
    if (random.nextBoolean()) {
      assertEquals(there, store.remove(Payload.key(key)));
    } else if (handle != null) {
      assertEquals(there, store.remove(handle));
    }
    assertTrue(handle == null || !rig.known.containsKey(handle));
  }

  private void tryStale() {
    for (int i = 0; i < 10 && !stale.isEmpty(); i++) {
      long handle = stale.get(random.nextInt(stale.size()));
      var pin = store.pin(handle);
      assertEquals(rig.known.containsKey(handle), pin.isPresent(), "a look-up by handle");
      pin.ifPresent(
          p -> {
            try (p) {
              StoreRig.check(p, rig.known.get(handle));
            }
          });
    }
  }

  private void leaseOne() {
    var pin = store.pin(Payload.key(random.nextInt(KEYS)));
    if (pin.isPresent()) {
      try (var one = pin.get()) {
        long ns = random.nextLong(2 * StoreRig.LEASE_NS);
        one.lease(ns);
        long until = rig.clock.nanoTime() + Math.min(ns, StoreRig.LEASE_NS);
        leases.merge(one.handle(), until, (a, b) -> a - b > 0 ? a : b);
      }
    }
  }

  /// Flips a bit of a value that nobody else reads, and has it found.
  private void corruptOne() {
    var pin = store.pin(Payload.key(random.nextInt(KEYS)));
    if (pin.isEmpty()) {
      return;
    }
    long handle = pin.get().handle();
    try (var one = pin.get()) {
      if (one.length() == 0 || held.stream().anyMatch(h -> h.pin().handle() == handle)) {
        return;
      }
      rig.failures.failAt(0);
      int at = random.nextInt(one.length());
      var bytes = rig.memory.view(store.values.offset(Handle.slot(handle)) + at, 1);
      bytes.put(0, (byte) (bytes.get(0) ^ (1 << random.nextInt(8))));
      assertFalse(one.verify(at >>> Pieces.LOG), "a flipped bit");
    }
    assertTrue(store.pin(handle).isEmpty(), "quarantined, but pinned");
    store.drain();
    assertFalse(rig.known.containsKey(handle));
  }

  private void checkFound() {
    for (var entry : rig.known.entrySet()) {
      var pin = store.pin(Payload.key(entry.getValue().key()));
      try (var one = pin.orElseThrow()) {
        assertEquals(entry.getKey(), one.handle());
        StoreRig.check(one, entry.getValue());
      }
    }
  }
}
