// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// Makes room: takes what is free, else asks for victims until enough is, else moves values away
/// so that what is free lies in one piece.
///
/// One thread, the store's writer. Work is bounded by what is asked for: at most [#ATTEMPTS] times
/// as much is given up and moved, and [#KEPT_MAX] victims are looked at in vain.
final class Room {
  private static final int ATTEMPTS = 4;
  private static final int KEPT_MAX = 256;

  private final HostStore store;
  private final Victims victims;
  private final Compaction compaction;
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

  /// Gives up the next victim that can go.
  ///
  /// @return whether one went
  private boolean evictNext() {
    while (kept < KEPT_MAX) {
      long handle = victims.next();
      if (handle == Handle.NONE) {
        return false;
      }
      if (evict(handle)) {
        return true;
      }
      kept++;
      if (store.values.isNamed(handle, Values.COMMITTED)) {
        victims.kept(handle);
      }
    }
    return false;
  }

  private boolean evict(long handle) {
    int slot = Handle.slot(handle);
    if (!store.values.isNamed(handle, Values.COMMITTED) || !close(slot)) {
      return false;
    }
    unlink(slot);
    try {
      store.gone(handle);
    } finally {
      store.free(slot);
    }
    return true;
  }

  /// Closes a committed value that is neither pinned nor leased.
  boolean close(int slot) {
    var values = store.values;
    if (!values.swap(slot, Values.COMMITTED, Values.CLOSING)) {
      return false;
    }
    boolean leased = values.leaseNs(slot) - store.clock.nanoTime() > 0;
    if (leased && store.planted != StoreFault.IGNORE_LEASES) {
      values.swap(slot, Values.CLOSING, Values.COMMITTED);
      return false;
    }
    return true;
  }

  /// Takes a closed value out of the table: it is evicted.
  void unlink(int slot) {
    store.table.remove(store.hash(store.values.key(slot)), slot);
    evicted++;
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
