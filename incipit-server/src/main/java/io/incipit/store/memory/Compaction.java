// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// Moves values out of a window of the line, so that all of it is free.
///
/// One thread, the store's writer. The window is the one with the least to move of those that a
/// cursor passes; a value that finds no other place is given up. What is read or written meanwhile
/// stays where it is, and no window has it.
final class Compaction {
  /// Extents that the cursor passes at least, to choose from.
  private static final int PASSED_MIN = 4096;

  /// How many times as many it passes until it finds any window.
  private static final int SEARCH_FACTOR = 16;

  private static final int NONE = Extents.NONE;

  private final HostStore store;
  private final Room room;
  private final Extents extents;

  /// Whether others read the memory by themselves.
  private final boolean shared;

  /// The extent that the next search begins at, if it is still one.
  private int cursor;

  private long moved;

  /// The window that is looked at: its first extent, its units, and those to move.
  private int left;

  private long length;
  private long cost;

  /// The window that was found.
  private int first;

  private int last;

  Compaction(HostStore store, Room room) {
    this.store = store;
    this.room = room;
    this.extents = store.places.extents;
    this.shared = store.memory.path().isPresent();
  }

  /// Frees a window of so many units.
  ///
  /// @return whether there is one now
  boolean clear(int units) {
    if (!find(units)) {
      return false;
    }
    boolean cleared = true;
    try {
      claimFree();
      for (int extent = first; cleared && extent != NONE; extent = following(extent)) {
        cleared = vacate(extent);
      }
    } finally {
      giveClaimed();
      room.freeEnded();
    }
    return cleared;
  }

  /// Finds the window with the least in use of those that the cursor passes.
  private boolean find(int units) {
    int right = extents.exists(cursor) ? cursor : extents.first();
    long best = Long.MAX_VALUE;
    long passedMax = Math.min(Math.max(PASSED_MIN, units), extents.count());
    long longest = Math.min(SEARCH_FACTOR * passedMax, 2L * extents.count());
    startWindow(right);
    for (long passed = 0; passed < (best == Long.MAX_VALUE ? longest : passedMax); passed++) {
      int next = after(right);
      boolean movable = isMovable(right);
      if (movable) {
        widen(right, units);
        if (length >= units && cost < best) {
          best = cost;
          first = left;
          last = right;
        }
      }
      if (!movable || next == extents.first()) {
        startWindow(next);
      }
      right = next;
    }
    cursor = right;
    return best != Long.MAX_VALUE;
  }

  private void startWindow(int extent) {
    left = extent;
    length = 0;
    cost = 0;
  }

  /// Takes one more extent into the window, and leaves out those that it does not need.
  private void widen(int right, int units) {
    length += extents.units(right);
    cost += cost(right);
    while (length - extents.units(left) >= units) {
      length -= extents.units(left);
      cost -= cost(left);
      left = extents.next(left);
    }
  }

  private int after(int extent) {
    int next = extents.next(extent);
    return next == NONE ? extents.first() : next;
  }

  private int following(int extent) {
    return extent == last ? NONE : extents.next(extent);
  }

  /// Units that would have to be moved.
  private int cost(int extent) {
    int owner = extents.owner(extent);
    if (owner >= 0) {
      return extents.units(extent);
    }
    int slab = Places.slabOf(owner);
    if (slab < 0) {
      return 0;
    }
    var cells = store.places.slabs.slab(slab);
    return Math.max(1, Slabs.SLAB_UNITS * cells.used / cells.cells.length);
  }

  private boolean isMovable(int extent) {
    int owner = extents.owner(extent);
    if (owner >= 0) {
      return isMovableValue(owner);
    }
    int slab = Places.slabOf(owner);
    if (slab >= 0) {
      for (int value : store.places.slabs.slab(slab).cells) {
        if (value >= 0 && !isMovableValue(value)) {
          return false;
        }
      }
    }
    return true;
  }

  /// A leased value may be moved, but not given up: it needs a place now. In memory that others
  /// read by themselves it stays: they were told where it is.
  private boolean isMovableValue(int slot) {
    var values = store.values;
    if (values.state(slot) != Values.COMMITTED) {
      return false;
    }
    if (values.pins(slot) > 0 && store.planted != StoreFault.MOVE_PINNED) {
      return false;
    }
    return !values.isLeased(slot, store.clock.nanoTime())
        || (!shared && Places.units(values.length(slot)) <= extents.largest());
  }

  private void claimFree() {
    for (int extent = first; extent != NONE; extent = following(extent)) {
      if (extents.owner(extent) == Extents.FREE) {
        extents.claim(extent);
      }
    }
  }

  private void giveClaimed() {
    int extent = first;
    while (extent != NONE) {
      int next = following(extent);
      if (extents.owner(extent) == Extents.CLAIMED) {
        extents.give(extent);
      }
      extent = next;
    }
  }

  /// Moves what is in an extent elsewhere, and claims it.
  private boolean vacate(int extent) {
    int owner = extents.owner(extent);
    if (owner >= 0) {
      return moveOrEvict(owner);
    }
    int number = Places.slabOf(owner);
    return number < 0 || vacate(store.places.slabs.slab(number));
  }

  private boolean vacate(Slabs.Slab slab) {
    var slabs = store.places.slabs;
    slabs.close(slab);
    boolean vacated = true;
    try {
      for (int cell = 0; vacated && cell < slab.cells.length; cell++) {
        vacated = slab.cells[cell] < 0 || moveOrEvict(slab.cells[cell]);
      }
    } finally {
      if (slab.used > 0) {
        slabs.reopen(slab);
      }
    }
    return vacated;
  }

  private boolean moveOrEvict(int slot) {
    var values = store.values;
    int length = values.length(slot);
    long from = values.place(slot);
    if (values.state(slot) == Values.REMOVED) {
      // It went with another of the window, and nobody has it any more.
      claim(slot, from, length);
      return true;
    }
    long to = store.places.take(length, slot);
    if (to == Places.NONE) {
      return evict(slot, from, length);
    }
    boolean movable = false;
    try {
      movable = copy(slot, to, length);
    } finally {
      if (!movable) {
        store.places.give(to, length);
      }
    }
    if (movable) {
      store.places.claim(from, length);
      moved++;
    }
    return movable;
  }

  /// Copies bytes, which nobody changes, and then says where they are while nobody reads.
  private boolean copy(int slot, long to, int length) {
    var values = store.values;
    long offset = store.places.offset(to);
    if (store.planted != StoreFault.MOVE_NOTHING) {
      store.memory.copy(values.offset(slot), offset, length);
    }
    if (store.planted == StoreFault.MOVE_PINNED) {
      values.place(slot, to, offset);
      return true;
    }
    if (!values.swap(slot, Values.COMMITTED, Values.CLOSING)) {
      return false;
    }
    // Nobody reads it now, so a lease that was given since it was looked at is seen here.
    boolean stays = shared && values.isLeased(slot, store.clock.nanoTime());
    if (!stays) {
      values.place(slot, to, offset);
    }
    values.swap(slot, Values.CLOSING, Values.COMMITTED);
    return !stays;
  }

  private boolean evict(int slot, long place, int length) {
    boolean gone = false;
    try {
      gone = room.evictWith(slot);
    } finally {
      if (gone || store.values.state(slot) == Values.REMOVED) {
        claim(slot, place, length);
      }
    }
    return gone;
  }

  private void claim(int slot, long place, int length) {
    store.forget(slot);
    store.places.claim(place, length);
  }

  long moved() {
    return moved;
  }
}
