// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import io.incipit.bench.pool.Retry;
import org.jspecify.annotations.Nullable;

/// Operations on single keys, in one kind of leaf. For one thread.
abstract sealed class Leaves permits PlainLeaves, HopscotchLeaves {
  /// Where a key is, as far as what was read of a leaf tells.
  enum Place {
    /// Here if anywhere.
    HERE,
    /// An old copy of the parent led here: go again.
    STALE,
    /// The leaf was split, and its parent does not know yet: if not here, on the right.
    MAYBE_RIGHT,
    /// On the right.
    RIGHT
  }

  final Nodes nodes;
  final Descent descent;
  final Parents parents;
  final LeafImage image;
  final LeafImage other;

  /// The write that others may give their values to, if there is one.
  private ComputeNode.@Nullable Flight combined;

  Leaves(Nodes nodes, Descent descent) {
    this.nodes = nodes;
    this.descent = descent;
    parents = new Parents(nodes, descent);
    image = nodes.image();
    other = nodes.image();
  }

  /// The value of a key; 0: none.
  final long search(long key) {
    descent.to(key);
    long leaf = descent.leaf();
    while (true) {
      var place = searchAt(leaf, key);
      if (place == Place.HERE) {
        int slot = image.find(key);
        return slot < 0 ? 0 : image.value(slot);
      }
      leaf = nextLeaf(place, key);
    }
  }

  /// Sets a key's value.
  ///
  /// @param flight whose value is taken at last instead of `value`
  final void put(long key, long value, ComputeNode.@Nullable Flight flight) {
    combined = flight;
    descent.to(key);
    long leaf = descent.leaf();
    for (var place = putAt(leaf, key, value);
        place != Place.HERE;
        place = putAt(leaf, key, value)) {
      leaf = nextLeaf(place, key);
    }
  }

  /// Sets the value of a key that has one.
  ///
  /// @return what it was; 0: it had none, and has none
  final long replace(long key, long value) {
    descent.to(key);
    long leaf = descent.leaf();
    while (true) {
      long word = nodes.lock(nodes.lockOfLeaf(leaf));
      var place = lookLocked(leaf, key);
      int slot = place == Place.HERE ? image.find(key) : -1;
      if (slot >= 0 && image.value(slot) != 0) {
        long old = image.value(slot);
        rewrite(slot, value, word);
        return old;
      }
      nodes.unlock(nodes.lockOfLeaf(leaf), word);
      if (place == Place.HERE) {
        return 0;
      }
      leaf = nextLeaf(place, key);
    }
  }

  /// The value that a put writes, at the time when it does.
  final long last(long value) {
    return combined == null ? value : combined.close();
  }

  private long nextLeaf(Place place, long key) {
    if (place == Place.STALE) {
      descent.dropParent();
      descent.to(key);
      return descent.leaf();
    }
    nodes.client.retry(Retry.HALF_SPLIT);
    return image.sibling();
  }

  /// Writes a new value into a slot of a locked leaf, and unlocks.
  final void rewrite(int slot, long value, long word) {
    image.setValue(slot, value);
    long lock = nodes.lockOfLeaf(image.address());
    if (nodes.planted == ChimeFault.UNLOCK_FIRST) {
      nodes.addUnlock(lock, word);
    }
    image.writeEntry(nodes.client, slot);
    if (nodes.planted != ChimeFault.UNLOCK_FIRST) {
      nodes.addUnlock(lock, word);
    }
    nodes.client.ring();
  }

  /// What the metadata of the leaf that was read say of a key that was not found there.
  ///
  /// @param leaf metadata of it are there
  final Place place(LeafImage leaf, long key) {
    if (nodes.planted == ChimeFault.NO_LEAF_CHECK) {
      return Place.HERE;
    }
    if (leaf.layout.fences) {
      boolean here =
          Long.compareUnsigned(leaf.low(), key) <= 0 && Long.compareUnsigned(key, leaf.high()) < 0;
      return here ? Place.HERE : descent.isFromCache() ? Place.STALE : Place.RIGHT;
    }
    long sibling = leaf.sibling();
    if (sibling == descent.next()) {
      return Place.HERE;
    }
    if (descent.isFromCache()) {
      return Place.STALE;
    }
    return sibling == 0 ? Place.HERE : Place.MAYBE_RIGHT;
  }

  /// Writes both halves of a leaf that is locked, and tells the parent.
  final void writeHalves(long splitKey, long leftWord, long rightWord) {
    if (nodes.planted == ChimeFault.LEFT_FIRST) {
      image.writeAllocated(nodes.client, leftWord);
      nodes.client.ring();
      other.writeAllocated(nodes.client, rightWord);
      nodes.client.ring();
    } else {
      other.writeAllocated(nodes.client, rightWord);
      nodes.client.ring();
      image.writeAllocated(nodes.client, leftWord);
      nodes.client.postUnsignalled();
    }
    parents.insert(1, splitKey, other.address());
  }

  /// Links a new right half to a left one.
  final void link(long splitKey) {
    long sibling = image.sibling();
    if (image.layout.fences) {
      other.setFences(splitKey, image.high());
      image.setFences(image.low(), splitKey);
    }
    other.setSibling(sibling == Nodes.ROOT_LEAF ? 0 : sibling);
    image.setSibling(other.address());
  }

  /// Reads of a leaf what is needed to say whether a key is there, until that is whole.
  ///
  /// @return [Place#HERE] also if it is found
  abstract Place searchAt(long leaf, long key);

  /// The same in a locked leaf.
  abstract Place lookLocked(long leaf, long key);

  /// Sets a key's value in a leaf, which it locks and unlocks.
  ///
  /// @return [Place#HERE] if that is done
  abstract Place putAt(long leaf, long key, long value);
}
