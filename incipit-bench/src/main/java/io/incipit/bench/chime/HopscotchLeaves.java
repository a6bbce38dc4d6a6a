// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import io.incipit.bench.pool.Retry;

/// Leaves that are hopscotch tables: a search reads a neighbourhood or, by a guess, one entry; an
/// insert reads from the key's home to a hole. For one thread.
final class HopscotchLeaves extends Leaves {
  private static final int SLOTS = LeafLayout.SLOTS;
  private static final int NEAR = LeafLayout.NEIGHBOURHOOD;

  private long splits;
  private long keysAtSplit;

  HopscotchLeaves(Nodes nodes, Descent descent) {
    super(nodes, descent);
  }

  @Override
  Place searchAt(long leaf, long key) {
    int home = LeafLayout.home(key);
    if (guess(leaf, home, key)) {
      return Place.HERE;
    }
    for (int trial = 0; ; trial = nodes.again(trial, Retry.TORN)) {
      if (readNeighbourhood(leaf, home)) {
        if (note(leaf, key)) {
          return Place.HERE;
        }
        if (image.isSettled(home)) {
          return place(image, key);
        }
      }
    }
  }

  private boolean readNeighbourhood(long leaf, int home) {
    image.begin(leaf).readNeighbourhood(nodes.client, home);
    nodes.client.ring();
    return image.take();
  }

  /// Reads the one entry where a key may be, if there is a guess.
  ///
  /// @return whether it is there
  private boolean guess(long leaf, int home, long key) {
    var hotspots = nodes.hotspots;
    int slot = hotspots == null ? -1 : hotspots.guess(leaf, home, key);
    if (hotspots == null || slot < 0) {
      return false;
    }
    image.begin(leaf).readSlots(nodes.client, slot, slot);
    nodes.client.ring();
    boolean whole = image.take();
    if (whole && note(leaf, key)) {
      return true;
    }
    nodes.client.retry(whole ? Retry.WRONG_GUESS : Retry.TORN);
    if (whole) {
      hotspots.forget(leaf, slot);
    }
    return false;
  }

  /// Whether a key was found, which is then hot.
  private boolean note(long leaf, long key) {
    int slot = image.find(key);
    if (slot >= 0 && nodes.hotspots != null) {
      nodes.hotspots.found(leaf, slot, key);
    }
    return slot >= 0;
  }

  @Override
  Place lookLocked(long leaf, long key) {
    int home = LeafLayout.home(key);
    if (guess(leaf, home, key)) {
      return Place.HERE;
    }
    readNeighbourhood(leaf, home);
    return note(leaf, key) ? Place.HERE : place(image, key);
  }

  @Override
  Place putAt(long leaf, long key, long value) {
    int home = LeafLayout.home(key);
    long lock = nodes.lockOfLeaf(leaf);
    long word = nodes.lock(lock);
    image.begin(leaf);
    int last = readWindow(word, home);
    nodes.client.ring();
    image.take();
    var place = place(image, key);
    if (place == Place.MAYBE_RIGHT) {
      place = belongs(key, word) ? Place.HERE : Place.RIGHT;
    }
    if (place != Place.HERE) {
      nodes.unlock(lock, word);
      return place;
    }
    int slot = image.find(key);
    if (slot < 0 && nodes.config.repaired()) {
      slot = findBeyond(key, home);
    }
    if (slot >= 0) {
      rewrite(slot, last(value), word);
      return Place.HERE;
    }
    int hole = Hopscotch.firstHole(image, home);
    if (hole >= 0 && Hopscotch.makesRoom(image, home, hole)) {
      int max = Hopscotch.insert(image, key, last(value), hole, LockWord.maxSlot(word));
      writeBack(home, hole, LockWord.withMaxSlot(word, max));
    } else {
      readRest(home, last);
      split(key, last(value));
    }
    return Place.HERE;
  }

  /// Adds READs from a home to the first hole that the lock word knows of, and on until there are
  /// metadata among them; of the whole leaf if it knows of none.
  ///
  /// @return the last slot, past the end if it is round it
  private int readWindow(long word, int home) {
    int last = nodes.config.vacancy() ? LockWord.vacantFrom(word, home) : -1;
    if (last < 0) {
      image.readWhole(nodes.client);
      return home + SLOTS - 1;
    }
    if (!image.layout.replication) {
      image.readHeader(nodes.client);
    } else if (last - home + 1 < NEAR && home % NEAR != 0 && last / NEAR == home / NEAR) {
      last = (home / NEAR + 1) * NEAR;
    }
    image.readRound(nodes.client, home, last);
    return last;
  }

  /// Whether a key belongs to a locked leaf whose parent does not know yet that it was split: it
  /// does if a greater one is there.
  private boolean belongs(long key, long word) {
    for (int slot = 0; slot < SLOTS; slot++) {
      if (image.has(slot) && Long.compareUnsigned(image.key(slot), key) >= 0) {
        return true;
      }
    }
    if (image.isWhole()) {
      return false;
    }
    int max = LockWord.maxSlot(word);
    image.readSlots(nodes.client, max, max);
    nodes.client.ring();
    image.take();
    return Long.compareUnsigned(image.key(max), key) >= 0;
  }

  /// Looks for a key in those slots of its neighbourhood that the window did not reach, if its
  /// home's bitmap says that keys are there. As published, a key behind a hole is not seen.
  private int findBeyond(long key, int home) {
    int first = NEAR;
    int last = -1;
    for (int d = 0; d < NEAR; d++) {
      if (((image.bitmap(home) >>> d) & 1) != 0 && !image.has(Hopscotch.slot(home + d))) {
        first = Math.min(first, d);
        last = d;
      }
    }
    if (last < 0) {
      return -1;
    }
    if (home + first >= SLOTS) {
      image.readSlots(nodes.client, Hopscotch.slot(home + first), Hopscotch.slot(home + last));
    } else {
      image.readRound(nodes.client, home + first, home + last);
    }
    nodes.client.ring();
    image.take();
    return image.find(key);
  }

  /// Writes from a home to what was the first hole, and unlocks. Holes further on are forgotten.
  private void writeBack(int home, int hole, long lockWord) {
    long word = nodes.config.vacancy() ? lockWord : 0;
    int last = home + hole;
    for (int d = 0; d <= hole && nodes.config.vacancy(); d++) {
      word = LockWord.full(word, Hopscotch.slot(home + d));
    }
    long lock = nodes.lockOfLeaf(image.address());
    if (nodes.planted == ChimeFault.UNLOCK_FIRST) {
      nodes.addUnlock(lock, word);
    }
    if (last < SLOTS - 1) {
      image.writeSlots(nodes.client, home, last);
      nodes.addUnlock(lock, word);
    } else {
      if (last >= SLOTS) {
        image.writeSlots(nodes.client, 0, last - SLOTS);
      }
      image.writeToLock(nodes.client, home, word);
    }
    nodes.client.ring();
  }

  /// Reads what the window did not reach.
  private void readRest(int home, int last) {
    if (image.isWhole()) {
      return;
    }
    if (last + 1 < SLOTS) {
      image.readSlots(nodes.client, last + 1, SLOTS - 1);
    }
    int first = Math.max(0, last + 1 - SLOTS);
    if (first < home) {
      image.readSlots(nodes.client, first, home - 1);
    }
    nodes.client.ring();
    image.take();
  }

  /// How full leaves were that were split, at the mean: in [0, 1]; 0 if none was.
  double loadAtSplit() {
    return splits == 0 ? 0 : (double) keysAtSplit / SLOTS / splits;
  }

  private void split(long key, long value) {
    splits++;
    for (int slot = 0; slot < SLOTS; slot++) {
      keysAtSplit += image.key(slot) == 0 ? 0 : 1;
    }
    long right = nodes.allocateLeaf();
    if (!halve(right, key, value, Hopscotch.median(image, key, false))) {
      image.take();
      if (!halve(right, key, value, Hopscotch.median(image, key, true))) {
        throw new IllegalStateException("no room for key %d in either half".formatted(key));
      }
    }
    long splitKey = image.key(Hopscotch.maxSlot(image)) + 1;
    link(splitKey);
    image.nextVersion();
    boolean vacancy = nodes.config.vacancy();
    writeHalves(
        splitKey,
        vacancy ? Hopscotch.exactWord(image) : 0,
        vacancy ? Hopscotch.exactWord(other) : 0);
  }

  /// Moves keys above the median to the same slots of another leaf, and puts a key.
  ///
  /// @return whether there is room for it now
  private boolean halve(long right, long key, long value, long median) {
    other.clear(right);
    for (int slot = 0; slot < SLOTS; slot++) {
      long moved = image.key(slot);
      if (moved != 0 && Long.compareUnsigned(moved, median) > 0) {
        other.setEntry(slot, moved, image.value(slot));
        image.empty(slot);
      }
    }
    Hopscotch.fixBitmaps(image);
    Hopscotch.fixBitmaps(other);
    boolean left = Long.compareUnsigned(key, median) <= 0;
    return Hopscotch.insertAnywhere(left ? image : other, key, value);
  }
}
