// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The owners of one namespace, by name and by number. Numbers are dense from 0 and never used
/// again.
///
/// At most [#OWNERS_MAX] owners are remembered, about 0.3 KiB each. When one more comes, the owner
/// that holds nothing and was silent longest is forgotten: heard again, it is like one never seen,
/// and what was fenced is fenced no longer. If all hold something, the new one finds no room.
/// Numbers end at [#NUMBERS_MAX], which at a thousand new names a day is after two years and ten
/// months; each costs the index 16 B for good.
///
/// Written by the namespace's writer, read by any thread.
final class OwnerTable {
  /// The most owners remembered at a time.
  static final int OWNERS_MAX = 65_536;

  /// The most owners a namespace may have had since it was made.
  static final int NUMBERS_MAX = 1 << 20;

  /// One owner and how far its stream has come. Fields are written by the namespace's writer.
  static final class Owner {
    final String name;
    final int number;
    volatile long incarnation;
    volatile long seq;
    volatile boolean partial;

    /// Blocks of it were lost since it last began afresh; for the writer only.
    boolean lossy;

    /// It may hold blocks: it stored some since it last cleared all; for the writer only.
    boolean holding;

    Owner(String name, int number, long incarnation) {
      this.name = name;
      this.number = number;
      this.incarnation = incarnation;
    }
  }

  private final int ownersMax;
  private final int numbersMax;
  private final ConcurrentHashMap<String, Owner> byName = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<Integer, Owner> byNumber = new ConcurrentSkipListMap<>();

  /// Owners that hold nothing, the one silent longest first; for the writer only.
  private final LinkedHashSet<Owner> idle = new LinkedHashSet<>();

  private final AtomicInteger partialCount = new AtomicInteger();
  private volatile int numbers;

  OwnerTable() {
    this(OWNERS_MAX, NUMBERS_MAX);
  }

  OwnerTable(int ownersMax, int numbersMax) {
    this.ownersMax = ownersMax;
    this.numbersMax = numbersMax;
  }

  Optional<Owner> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  Optional<Owner> find(int number) {
    return Optional.ofNullable(byNumber.get(number));
  }

  /// A new owner that holds nothing; empty if there is no room.
  Optional<Owner> add(String name, long incarnation) {
    int number = numbers;
    if (number == numbersMax || (byName.size() == ownersMax && !forgetOne())) {
      return Optional.empty();
    }
    var owner = new Owner(name, number, incarnation);
    byNumber.put(number, owner);
    byName.put(name, owner);
    idle.add(owner);
    numbers = number + 1;
    return Optional.of(owner);
  }

  private boolean forgetOne() {
    if (idle.isEmpty()) {
      return false;
    }
    var owner = idle.removeFirst();
    setPartial(owner, false);
    byName.remove(owner.name);
    byNumber.remove(owner.number);
    return true;
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

  /// Owners there have been: one more than the largest number.
  int numbers() {
    return numbers;
  }

  /// The owners from a number on, in order.
  Collection<Owner> from(int number) {
    return byNumber.tailMap(number).values();
  }

  void setPartial(Owner owner, boolean partial) {
    if (owner.partial != partial) {
      owner.partial = partial;
      partialCount.addAndGet(partial ? 1 : -1);
    }
  }

  /// Whether any owner is partial. Costs the same however many there are.
  boolean anyPartial() {
    return partialCount.get() > 0;
  }
}
