// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The owners of one namespace, by name and by number. Numbers are dense from 0 and never used
/// again.
///
/// Written by the namespace's writer, read by any thread.
final class OwnerTable {
  /// The most owners a namespace may have had.
  static final int OWNERS_MAX = 65_536;

  /// One owner and how far its stream has come. Fields are written by the namespace's writer.
  static final class Owner {
    final String name;
    final int number;
    volatile long incarnation;
    volatile long seq;
    volatile boolean partial;

    Owner(String name, int number, long incarnation) {
      this.name = name;
      this.number = number;
      this.incarnation = incarnation;
    }
  }

  private final ConcurrentHashMap<String, Owner> byName = new ConcurrentHashMap<>();
  private volatile Owner[] byNumber = new Owner[0];
  private volatile int count;
  private final AtomicInteger partialCount = new AtomicInteger();

  Optional<Owner> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  Owner add(String name, long incarnation) {
    var owner = new Owner(name, count, incarnation);
    var owners = byNumber;
    if (count == owners.length) {
      owners = Arrays.copyOf(owners, Math.max(16, 2 * owners.length));
    }
    owners[count] = owner;
    byNumber = owners;
    count = owner.number + 1;
    byName.put(name, owner);
    return owner;
  }

  int count() {
    return count;
  }

  Owner get(int number) {
    return byNumber[number];
  }

  void setPartial(Owner owner, boolean partial) {
    if (owner.partial != partial) {
      owner.partial = partial;
      partialCount.addAndGet(partial ? 1 : -1);
    }
  }

  /// Whether an eligible owner is partial.
  boolean anyPartial(Eligible eligible) {
    if (partialCount.get() == 0) {
      return false;
    }
    for (int number = 0; number < count; number++) {
      if (byNumber[number].partial && eligible.acceptsOwner(number)) {
        return true;
      }
    }
    return false;
  }
}
