// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.env.RandomSource;
import io.incipit.policy.StorePool;
import io.incipit.store.memory.Family;
import io.incipit.store.memory.HostMemory;
import io.incipit.store.memory.HostStore;
import io.incipit.store.memory.ManualClock;
import io.incipit.store.memory.Payload;
import io.incipit.store.memory.Pin;
import io.incipit.store.memory.StoreConfig;
import io.incipit.store.memory.Victims;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// A random program on a small store and what decides for it, beside what must be true of what is
/// evicted: all members of a block or none, none that is pinned, no block with another below it,
/// what nobody reaches first, no more than is needed; and room is refused only if nothing can go.
///
/// Block b is below block (b - 1) / 3, and has a family of b % 3 + 1 members, all of one size.
final class RetentionProgram implements Victims, AutoCloseable {
  /// What a member that refuses to be told throws.
  private static final class TellingException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final int BLOCKS = 120;
  private static final int VALUES = 128;
  private static final int VALUE_BYTES = 1024;
  private static final long HOUR_NS = 3_600_000_000_000L;
  private static final int MEMBERS_MAX = 3;

  private final RandomGenerator random;
  private final ManualClock clock = new ManualClock();
  private final Retention retention;
  private final HostStore store;
  private boolean failing;

  /// Whether anything is pinned: if not, the next victim is known better.
  private final boolean pinning;

  /// By block, the handles of its members that are there, by member.
  private final Map<Integer, Map<Integer, Long>> present = new HashMap<>();

  private final List<Pin> pins = new ArrayList<>();
  private final Set<Integer> hard = new HashSet<>();

  /// The block that room is made for.
  private int incoming;

  private boolean incomingLost;

  /// Blocks of which something was removed, and that were not asked for or put since.
  private final Set<Integer> lost = new HashSet<>();

  /// Blocks that came although they were declined: nothing holds what is above them.
  private final Set<Integer> declined = new HashSet<>();

  /// Blocks that the change that runs has evicted something of.
  private final Set<Integer> evicted = new TreeSet<>();

  /// Whether one of those was declined: these go before all others.
  private boolean evictedDeclined;

  RetentionProgram(long seed, KeepPolicy policy, boolean failing, RetainFault planted) {
    this.random = RandomSource.seeded(seed);
    this.failing = failing;
    this.pinning = random.nextBoolean();
    long bytes = (long) VALUES * VALUE_BYTES;
    this.retention = new Retention(new RetentionConfig(policy, bytes, 16, seed), clock, planted);
    this.store =
        new HostStore(
            new StoreConfig(1 << 30, HOUR_NS, HOUR_NS, 7),
            new HostMemory(bytes, false),
            this,
            clock);
  }

  void run(int steps) {
    for (int i = 0; i < steps; i++) {
      step();
    }
    failing = false;
    pins.forEach(Pin::close);
    pins.clear();
    hard.forEach(block -> retention.unpin(block));
    hard.clear();
    for (int block = 1; block < BLOCKS; block++) {
      for (int member = 0; member < MEMBERS_MAX; member++) {
        store.remove(key(block, member));
      }
    }
    assertTrue(present.isEmpty(), "removed, but not told");
    assertEquals(0, store.snapshot().usedBytes());
    assertEquals(0, retention.blocks());
  }

  private void step() {
    clock.advance(random.nextLong(200_000_000));
    int block = 1 + random.nextInt(BLOCKS - 1);
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> askAndPut(block);
      case 4, 5 -> {
        // What no path had would be a path of its own, and the model knows none of those.
        if (present.containsKey(block)) {
          putOne(block, random.nextInt(family(block)));
        }
      }
      case 6, 7 -> removeOne(block);
      case 8, 9, 10 -> pinOne(block);
      case 11, 12 -> {
        if (!pins.isEmpty()) {
          pins.remove(random.nextInt(pins.size())).close();
        }
      }
      case 13 -> {
        if (pinning && hard.size() < 3) {
          hard.add(block);
          retention.pin(block, true, clock.nanoTime() + 100 * HOUR_NS);
        }
      }
      case 14 -> {
        hard.remove(block);
        retention.unpin(block);
      }
      default -> clock.advance(random.nextLong(StepLeap.NS));
    }
  }

  /// Beyond what is awaited.
  private static final class StepLeap {
    static final long NS = 90_000_000_000L;
  }

  private static int family(int block) {
    return block % MEMBERS_MAX + 1;
  }

  private static int parent(int block) {
    return (block - 1) / 3;
  }

  private static byte[] key(int block, int member) {
    return Payload.key(block * MEMBERS_MAX + member);
  }

  private void askAndPut(int tip) {
    var path = new ArrayList<Integer>();
    for (int block = tip; block > 0; block = parent(block)) {
      path.addFirst(block);
    }
    var ids = path.stream().mapToLong(block -> block).toArray();
    int leading = 0;
    while (leading < ids.length && present.containsKey((int) ids[leading])) {
      leading++;
    }
    var there = Set.copyOf(present.keySet());
    path.stream().filter(block -> !there.contains(block)).forEach(lost::remove);
    path.forEach(declined::remove);
    assertEquals(leading, retention.asked(clock.nanoTime(), ids, ids.length));
    for (int block : path) {
      // What was there and went meanwhile is on no path any more, and would become one of its own.
      boolean isOnPath = !there.contains(block) || present.containsKey(block);
      for (int member = 0; isOnPath && member < family(block); member++) {
        putOne(block, member);
      }
    }
  }

  private void putOne(int block, int member) {
    incoming = block;
    boolean admitted = retention.admits(block);
    if (!admitted && random.nextBoolean()) {
      return;
    }
    // Long enough for what the last one held to be tried again.
    clock.advance(pinning ? 0 : 2 * StorePool.HELD_NS);
    incomingLost = isBelowLost(block);
    var before = Map.copyOf(present);
    boolean refused = false;
    evicted.clear();
    evictedDeclined = false;
    try {
      var room = store.reserve(key(block, member), VALUE_BYTES);
      refused = room.isEmpty();
      room.ifPresent(
          value -> {
            try (var part = value.part(0, VALUE_BYTES)) {
              part.write(Payload.bytes(block, member, 0, VALUE_BYTES));
            }
            long handle = store.commit(value, HostStore.Conflict.REPLACE);
            present.computeIfAbsent(block, _ -> new HashMap<>()).put(member, handle);
            if (!admitted) {
              declined.add(block);
            }
            retention.stored(handle, block, VALUE_BYTES);
            lost.remove(block);
          });
    } catch (TellingException told) {
      assertTrue(failing);
    }
    check(before.keySet(), refused && retention.admits(block));
  }

  private void check(Set<Integer> before, boolean refused) {
    assertTrue(evicted.size() <= 1, "more was evicted than is needed: " + evicted);
    for (int block : evicted) {
      assertFalse(present.containsKey(block), "half of a family was evicted: " + block);
      assertFalse(hard.contains(block), "a block was evicted that is pinned hard");
      for (int child = 3 * block + 1; child <= 3 * block + 3; child++) {
        assertFalse(
            present.containsKey(child) && !declined.contains(child),
            "a block was evicted with one below it");
      }
      // What room is made for is held meanwhile, and what is lost beside it waits with it. A put
      // that failed leaves a block that is lost as well once it was awaited for too long.
      boolean first = evictedDeclined || incomingLost || isBelowLost(block);
      if (!pinning && !failing && !first) {
        before.forEach(other -> assertFalse(isBelowLost(other), "unreachable, but kept: " + other));
      }
    }
    if (refused) {
      present
          .keySet()
          .forEach(block -> assertFalse(canGo(block), "refused, but could go: " + block));
    }
  }

  private boolean isBelowLost(int block) {
    int above = block;
    while (above > 0 && !lost.contains(above)) {
      above = parent(above);
    }
    return above > 0;
  }

  private boolean canGo(int block) {
    boolean tip = true;
    for (int child = 3 * block + 1; child <= 3 * block + 3; child++) {
      tip &= !present.containsKey(child);
    }
    var handles = present.get(block).values();
    return tip
        && block != incoming
        && !hard.contains(block)
        && pins.stream().noneMatch(pin -> handles.contains(pin.handle()));
  }

  private void removeOne(int block) {
    try {
      store.remove(key(block, random.nextInt(family(block))));
    } catch (TellingException told) {
      assertTrue(failing);
    }
  }

  private void pinOne(int block) {
    if (pinning && pins.size() < 40) {
      int member = random.nextInt(family(block));
      store.pin(key(block, member)).ifPresent(pins::add);
    }
  }

  @Override
  public void next(Family family) {
    retention.next(family);
  }

  @Override
  public void with(long handle, Family family) {
    retention.with(handle, family);
  }

  @Override
  public void kept(Family family) {
    retention.kept(family);
  }

  @Override
  public void gone(long handle, int length, Cause cause) {
    int block = 0;
    for (var entry : present.entrySet()) {
      if (entry.getValue().containsValue(handle)) {
        block = entry.getKey();
      }
    }
    assertTrue(block > 0, "gone: unknown, or told twice");
    assertTrue(
        cause != Cause.EVICTED || pins.stream().noneMatch(pin -> pin.handle() == handle),
        "a pinned value was evicted");
    var members = present.get(block);
    members.values().remove(handle);
    if (members.isEmpty()) {
      present.remove(block);
    }
    boolean wasDeclined = members.isEmpty() && declined.remove(block);
    if (cause == Cause.EVICTED) {
      evicted.add(block);
      evictedDeclined |= wasDeclined;
    } else if (cause == Cause.REMOVED) {
      lost.add(block);
    }
    retention.gone(handle, length, cause);
    if (failing && cause != Cause.REPLACED && random.nextInt(4) == 0) {
      throw new TellingException();
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
