// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import java.util.ArrayList;

/// Makes room: takes what is free, else asks for victims until enough is, else moves values away
/// so that what is free lies in one piece.
///
/// One thread, the store's writer. Work is bounded by what is asked for: at most [#ATTEMPTS] times
/// as much is given up and moved, and [#KEPT_MAX] families are looked at in vain.
final class Room {
  private static final int ATTEMPTS = 4;
  private static final int KEPT_MAX = 256;

  private final HostStore store;
  private final Victims victims;
  private final Compaction compaction;
  private final Family family = new Family();

  /// Slots of what went with another value, and whose places are not free yet.
  private final ArrayList<Integer> ended = new ArrayList<>();

  private int kept;
  private long evicted;
  private long refusals;

  Room(HostStore store, Victims victims) {
    this.store = store;
    this.victims = victims;
    this.compaction = new Compaction(store, this);
  }

  /// Gives values up until the heap has room for what is known of one more.
  boolean makeMetadata(int charge) {
    kept = 0;
    while (store.metadataBytes() + charge > store.config.metadataBytes()) {
      if (!evictNext()) {
        refusals++;
        return false;
      }
    }
    return true;
  }

  /// A place for a value, or [Places#NONE] if no room can be made.
  long take(int length, int owner) {
    var places = store.places;
    kept = 0;
    int units = Places.units(length);
    long wanted = (long) units << Places.UNIT_LOG;
    long place = places.take(length, owner);
    long goal = wanted;
    for (int i = 0; i < ATTEMPTS && place == Places.NONE && goal <= places.totalBytes(); i++) {
      boolean more = true;
      while (place == Places.NONE && more && places.freeBytes() < goal) {
        more = evictNext();
        place = places.take(length, owner);
      }
      if (place == Places.NONE && places.freeBytes() >= wanted && compaction.clear(units)) {
        place = places.take(length, owner);
      }
      i = more ? i : ATTEMPTS;
      goal = Math.max(goal, places.freeBytes()) + wanted;
    }
    refusals += place == Places.NONE ? 1 : 0;
    return place;
  }

  /// Gives up the next family that can go.
  ///
  /// @return whether one went
  private boolean evictNext() {
    while (kept < KEPT_MAX) {
      family.clear();
      victims.next(family);
      if (family.size() == 0) {
        return false;
      }
      if (evict(family)) {
        return true;
      }
      kept++;
      victims.kept(family);
    }
    return false;
  }

  /// Gives values up, all of them or none.
  ///
  /// @return whether they are gone
  boolean evict(Family those) {
    boolean closed = close(those);
    if (closed) {
      end(those, Values.NONE);
    }
    return closed;
  }

  /// Gives a value up for which no place is left, and what has to go with it. The memory of that
  /// is free after [#freeEnded], that of the value itself is still taken.
  ///
  /// @return whether they are gone
  boolean evictWith(int slot) {
    family.clear();
    victims.with(store.values.handle(slot), family);
    if (family.size() == 0 || !close(family)) {
      return false;
    }
    end(family, slot);
    return true;
  }

  /// Closes all of a family, or nothing.
  private boolean close(Family those) {
    for (int i = 0; i < those.size(); i++) {
      boolean half = store.planted == StoreFault.HALF_FAMILY && i > 0;
      if (!close(those.slot(i))) {
        reopen(those, half ? 0 : i);
        return half;
      }
    }
    return true;
  }

  private void reopen(Family those, int count) {
    for (int i = 0; i < count; i++) {
      store.values.swap(those.slot(i), Values.CLOSING, Values.COMMITTED);
    }
  }

  /// Ends a closed family: nobody finds any of it before anybody is told, and all are told whatever
  /// the first telling throws.
  ///
  /// @param except whose slot and place the caller frees, with those of all others, later
  private void end(Family those, int except) {
    for (int i = 0; i < those.size(); i++) {
      int slot = those.slot(i);
      if (store.values.state(slot) == Values.CLOSING) {
        store.table.remove(store.values.hash(slot, store.config.seed()), slot);
        store.values.swap(slot, Values.CLOSING, Values.REMOVED);
        evicted++;
      }
    }
    tellFrom(those, 0, except);
  }

  private void tellFrom(Family those, int from, int except) {
    int told = from;
    try {
      while (told < those.size()) {
        told++;
        tell(those.slot(told - 1), except);
      }
    } finally {
      if (told < those.size()) {
        tellFrom(those, told, except);
      }
    }
  }

  private void tell(int slot, int except) {
    if (store.values.state(slot) != Values.REMOVED) {
      return;
    }
    try {
      store.gone(slot, Victims.Cause.EVICTED);
    } finally {
      if (except == Values.NONE) {
        store.free(slot);
      } else if (slot != except) {
        ended.add(slot);
      }
    }
  }

  /// Frees what went with values of [#evictWith], but for what is free already.
  void freeEnded() {
    for (int slot : ended) {
      if (store.values.state(slot) == Values.REMOVED) {
        store.free(slot);
      }
    }
    ended.clear();
  }

  /// Closes a committed value that is neither pinned nor leased.
  private boolean close(int slot) {
    var values = store.values;
    if (!values.swap(slot, Values.COMMITTED, Values.CLOSING)) {
      return false;
    }
    boolean leased = values.isLeased(slot, store.clock.nanoTime());
    if (leased && store.planted != StoreFault.IGNORE_LEASES) {
      values.swap(slot, Values.CLOSING, Values.COMMITTED);
      return false;
    }
    return true;
  }

  long evicted() {
    return evicted;
  }

  long moved() {
    return compaction.moved();
  }

  long refusals() {
    return refusals;
  }
}
