// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The owners of one namespace, by name, by number and by slot.
///
/// An owner has a *slot*, dense from 0, by which the index knows it, and a *number* for the world:
/// the slot, and above it how many owners had that slot before. So a number belongs to one name as
/// long as the namespace exists, and slots do not run out.
///
/// ```
///  31           16              0
///  0 | generation | slot         |
/// ```
///
/// At most [#OWNERS_MAX] owners are remembered, about 0.3 KiB each. When one more comes, the owner
/// that holds nothing and was silent longest is forgotten, and the new one gets its slot: heard
/// again, the old one is like one never seen, and what was fenced is fenced no longer. If all hold
/// something, the new one finds no room. A slot that has had [#GENERATIONS_MAX] owners is retired,
/// which leaves room for 2 billion names in the life of a namespace.
///
/// Written by the namespace's writer, read by any thread.
final class OwnerTable {
  /// The most owners remembered at a time.
  static final int OWNERS_MAX = 65_536;

  /// The most owners of one slot.
  static final int GENERATIONS_MAX = 1 << 15;

  private static final int SLOT_BITS = 16;
  private static final int SLOTS_FIRST = 4;

  /// Memory of an owner with a name of 24 bytes, in four tables.
  private static final long OWNER_BYTES = 320;

  /// One owner and how far its stream has come. Fields are written by the namespace's writer.
  static final class Owner {
    final String name;
    final int slot;
    final int number;
    volatile long incarnation;
    volatile long seq;
    volatile boolean partial;

    /// The [OwnerTable#recoveries] at which it was partial last.
    private volatile int recovery;

    /// What the publish `seq` said; for the writer only.
    long digest;

    /// Blocks of it were lost since it last began afresh; for the writer only.
    boolean lossy;

    /// It may hold blocks: it stored some since it last cleared all; for the writer only.
    boolean holding;

    Owner(String name, int slot, int generation, long incarnation) {
      this.name = name;
      this.slot = slot;
      this.number = generation << SLOT_BITS | slot;
      this.incarnation = incarnation;
    }

    int generation() {
      return number >>> SLOT_BITS;
    }
  }

  private final int ownersMax;
  private final int generationsMax;
  private final ConcurrentHashMap<String, Owner> byName = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<Integer, Owner> byNumber = new ConcurrentSkipListMap<>();
  private volatile AtomicReferenceArray<@Nullable Owner> bySlot =
      new AtomicReferenceArray<>(SLOTS_FIRST);

  /// Owners that hold nothing, the one silent longest first; for the writer only.
  private final LinkedHashSet<Owner> idle = new LinkedHashSet<>();

  private final AtomicInteger partialOwners = new AtomicInteger();
  private volatile int slots;
  private volatile int version;
  private volatile int recoveries;

  /// Slots that are given to nobody any more; for the writer only.
  private int retired;

  OwnerTable() {
    this(OWNERS_MAX, GENERATIONS_MAX);
  }

  OwnerTable(int ownersMax, int generationsMax) {
    this.ownersMax = ownersMax;
    this.generationsMax = generationsMax;
  }

  Optional<Owner> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /// The owner of a slot, if it has one.
  Optional<Owner> inSlot(int slot) {
    return Optional.ofNullable(owner(slot));
  }

  /// Whether a slot is nobody's: it has had as many owners as it may.
  boolean isRetired(int slot) {
    return owner(slot) == null;
  }

  private @Nullable Owner owner(int slot) {
    var owners = bySlot;
    return slot < owners.length() ? owners.get(slot) : null;
  }

  /// The number of the owner of a slot. It is right for an answer of the index if [#version] is the
  /// same after as before the index was asked.
  int number(int slot) {
    var owner = owner(slot);
    return owner == null ? slot : owner.number;
  }

  /// The slot that a number names.
  static int slotOf(int number) {
    return number & (1 << SLOT_BITS) - 1;
  }

  /// Changes before a slot is given to another owner.
  int version() {
    return version;
  }

  /// A new owner that holds nothing; empty if there is no room. Its slot may have been another
  /// one's, that held nothing any more.
  Optional<Owner> add(String name, long incarnation) {
    if (byName.size() + retired < ownersMax) {
      return Optional.of(put(new Owner(name, slots, 0, incarnation)));
    }
    while (!idle.isEmpty()) {
      var gone = forgetOne();
      if (gone.generation() + 1 < generationsMax) {
        changeVersion();
        return Optional.of(put(new Owner(name, gone.slot, gone.generation() + 1, incarnation)));
      }
      changeVersion();
      bySlot.set(gone.slot, null);
      retired++;
    }
    return Optional.empty();
  }

  private void changeVersion() {
    int before = version;
    version = before + 1;
  }

  private Owner put(Owner owner) {
    if (owner.slot == bySlot.length()) {
      var larger = new AtomicReferenceArray<@Nullable Owner>(2 * bySlot.length());
      for (int i = 0; i < bySlot.length(); i++) {
        larger.set(i, bySlot.get(i));
      }
      bySlot = larger;
    }
    bySlot.set(owner.slot, owner);
    byNumber.put(owner.number, owner);
    byName.put(owner.name, owner);
    idle.add(owner);
    slots = Math.max(slots, owner.slot + 1);
    return owner;
  }

  private Owner forgetOne() {
    var owner = idle.removeFirst();
    setPartial(owner, false);
    byName.remove(owner.name);
    byNumber.remove(owner.number);
    return owner;
  }

  /// Notes that an owner was heard of, and whether it may hold blocks now.
  void heard(Owner owner, boolean holding) {
    owner.holding = holding;
    idle.remove(owner);
    if (!holding) {
      idle.add(owner);
    }
  }

  /// Owners remembered.
  int count() {
    return byName.size();
  }

  /// Slots that have had an owner: one more than the largest.
  int slots() {
    return slots;
  }

  /// Memory of all owners, in bytes.
  long bytes() {
    return count() * OWNER_BYTES;
  }

  /// The owners from a number on, in order. Numbers are unsigned; none has the highest bit.
  Collection<Owner> from(int number) {
    return number < 0 ? List.of() : byNumber.tailMap(number).values();
  }

  void setPartial(Owner owner, boolean partial) {
    if (owner.partial != partial) {
      if (!partial) {
        int before = recoveries;
        recoveries = before + 1;
        owner.recovery = before + 1;
      }
      owner.partial = partial;
      partialOwners.addAndGet(partial ? 1 : -1);
    }
  }

  /// Whether any owner is partial. Costs the same however many there are.
  boolean anyPartial() {
    return partialCount() > 0;
  }

  /// Owners that are partial now.
  int partialCount() {
    return partialOwners.get();
  }

  /// How often an owner has become whole again: to ask [#wasPartial] after an answer.
  int recoveries() {
    return recoveries;
  }

  /// Whether the owner of a number is partial, or was since `recoveries` was read.
  boolean wasPartial(int number, int recoveries) {
    var owner = owner(slotOf(number));
    return owner != null && (owner.partial || owner.recovery - recoveries > 0);
  }
}
