// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import io.incipit.bench.pool.Retry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks for many keys at once: what is to be read of each leaf goes into one batch, and what must
/// be read again into the next.
///
/// Of a leaf all of whose keys are wanted, all is read; of any other, each key's neighbourhood or
/// the one slot where it is guessed to be. As published, only leaves below kept parents are read,
/// and whatever was not found is then searched, one key after the other. Repaired, missing parents
/// are read first, and a leaf that is the right one and has no such key is an answer. For one
/// thread.
final class Ranges {
  private final Nodes nodes;
  private final Descent descent;
  private final Leaves leaves;
  private final Segments segments;
  private final List<Part> pool = new ArrayList<>();
  private List<Part> pending = new ArrayList<>();
  private List<Part> again = new ArrayList<>();
  private int used;

  /// Keys found in the stretches asked for, by where their values go.
  private boolean[] found = new boolean[64];

  Ranges(Nodes nodes, Descent descent, Leaves leaves) {
    this.nodes = nodes;
    this.descent = descent;
    this.leaves = leaves;
    segments = new Segments(nodes.leaves);
  }

  /// Values of stretches of consecutive keys, all in one batch.
  ///
  /// @param at where the first value goes
  void lookup(long[] from, int[] counts, int stretches, long[] values, int at) {
    used = 0;
    pending.clear();
    int end = at;
    for (int i = 0; i < stretches; i++) {
      end += counts[i];
    }
    clear(values, at, end);
    int next = at;
    for (int i = 0; i < stretches; i++) {
      plan(from[i], counts[i], next, counts[i] == 1);
      next += counts[i];
    }
    run(values);
    if (!nodes.config.repaired()) {
      next = at;
      for (int i = 0; i < stretches; i++) {
        if (counts[i] > 1) {
          searchMissing(from[i], counts[i], values, next);
        }
        next += counts[i];
      }
    }
  }

  /// Values of consecutive keys.
  void range(long from, int count, long[] values, int at) {
    used = 0;
    pending.clear();
    clear(values, at, at + count);
    plan(from, count, at, false);
    run(values);
    if (!nodes.config.repaired()) {
      searchMissing(from, count, values, at);
    }
  }

  private void clear(long[] values, int from, int to) {
    Arrays.fill(values, from, to, 0);
    if (found.length < to) {
      found = new boolean[Math.max(to, 2 * found.length)];
    }
    Arrays.fill(found, from, to, false);
  }

  private void searchMissing(long from, int count, long[] values, int at) {
    for (int i = 0; i < count; i++) {
      if (!found[at + i]) {
        values[at + i] = leaves.search(from + i);
      }
    }
  }

  /// Finds the leaves of a stretch, and adds their READs.
  private void plan(long from, int count, int at, boolean single) {
    boolean exact = single || nodes.config.repaired();
    long end = from + count;
    long key = from;
    while (Long.compareUnsigned(key, end) < 0) {
      var parent = nodes.cache.nextAboveLeaves(key);
      boolean cached = parent != null && parent.covers(key);
      if (!cached) {
        if (exact) {
          parent = descent.parentOf(key);
          cached = descent.isFromCache();
        } else if (parent == null || Long.compareUnsigned(parent.low(), end) >= 0) {
          return;
        } else {
          key = parent.low();
          cached = true;
        }
      }
      if (parent == null) {
        addRoot(key, (int) (end - key), at + (int) (key - from));
        return;
      }
      key = addLeaves(parent, cached, key, end, at + (int) (key - from), exact, single);
    }
  }

  private void addRoot(long key, int count, int at) {
    var part = part(key, count, at);
    part.leaf = descent.leaf();
    part.next = Nodes.ROOT_LEAF;
    part.parent = null;
    part.cached = false;
    part.exact = true;
    part.single = count == 1;
    part.whole = false;
    read(part);
  }

  /// Adds those leaves of a parent where keys from `key` on belong.
  ///
  /// @return the first key that belongs elsewhere
  private long addLeaves(
      Inner parent, boolean cached, long key, long end, int at, boolean exact, boolean single) {
    long first = key;
    for (int i = parent.indexOf(key); ; i++) {
      boolean last = i + 1 >= parent.count() || Long.compareUnsigned(parent.highOf(i), end) >= 0;
      long to = Long.compareUnsigned(parent.highOf(i), end) < 0 ? parent.highOf(i) : end;
      var part = part(first, (int) (to - first), at + (int) (first - key));
      part.leaf = parent.child(i);
      part.next = parent.next(i);
      part.parent = parent;
      part.cached = cached;
      part.exact = exact;
      part.single = single;
      part.whole = to == parent.highOf(i) && first == parent.lowOf(i);
      read(part);
      first = to;
      if (last) {
        return first;
      }
    }
  }

  private Part part(long from, int count, int at) {
    if (used == pool.size()) {
      pool.add(new Part(nodes.image()));
    }
    var part = pool.get(used++);
    part.from = from;
    part.count = count;
    part.at = at;
    part.guess = true;
    pending.add(part);
    return part;
  }

  /// Adds the READs of a part to the batch.
  private void read(Part part) {
    var image = part.image.begin(part.leaf);
    part.guessed = false;
    if (!nodes.config.hopscotch()) {
      if (part.single) {
        image.readWhole(nodes.client);
      } else {
        image.readAllocated(nodes.client);
      }
    } else if (part.whole) {
      image.readWhole(nodes.client);
    } else {
      segments.clear();
      for (int i = 0; i < part.count; i++) {
        if (!found[part.at + i]) {
          addSlots(part, part.from + i);
        }
      }
      if (!nodes.config.replication()) {
        image.readHeader(nodes.client);
      }
      segments.read(image, nodes.client);
    }
  }

  private void addSlots(Part part, long key) {
    int home = LeafLayout.home(key);
    var hotspots = nodes.hotspots;
    int guess = hotspots == null || !part.guess ? -1 : hotspots.guess(part.leaf, home, key);
    part.guessed |= guess >= 0;
    segments.add(guess < 0 ? home : guess, guess < 0 ? LeafLayout.NEIGHBOURHOOD : 1);
  }

  /// Posts the batch, and others while something has to be read again.
  private void run(long[] values) {
    for (int round = 0; !pending.isEmpty(); round++) {
      nodes.client.ring();
      var parts = pending;
      pending = again;
      again = parts;
      for (var part : parts) {
        var cause = part.image.take() ? scan(part, values) : Retry.TORN;
        if (cause != null) {
          nodes.again(round, cause);
          repeat(part, cause);
        }
      }
      parts.clear();
    }
  }

  /// Adds to the next batch what is needed of a part again.
  private void repeat(Part part, Retry cause) {
    if (cause == Retry.STALE) {
      if (part.parent != null) {
        nodes.cache.drop(part.parent);
      }
      plan(part.from, part.count, part.at, part.single);
      return;
    }
    if (cause == Retry.HALF_SPLIT) {
      part.leaf = part.image.sibling();
    }
    part.guess = cause != Retry.WRONG_GUESS && part.guess;
    pending.add(part);
    read(part);
  }

  /// Takes the values of a part's keys.
  ///
  /// @return why something has to be read again; null if nothing has
  private @Nullable Retry scan(Part part, long[] values) {
    var image = part.image;
    boolean missing = false;
    boolean settled = true;
    boolean wrong = false;
    for (int i = 0; i < part.count; i++) {
      long key = part.from + i;
      if (found[part.at + i]) {
        continue;
      }
      int slot = image.find(key);
      if (slot >= 0) {
        values[part.at + i] = image.value(slot);
        found[part.at + i] = true;
        if (nodes.hotspots != null) {
          nodes.hotspots.found(part.leaf, slot, key);
        }
      } else if (nodes.config.hopscotch()) {
        int home = LeafLayout.home(key);
        boolean read = !part.guessed || hasNeighbourhood(image, home);
        wrong |= !read;
        settled &= !read || (part.exact ? image.isSettled(home) : image.isJustified(home));
        missing = true;
      } else {
        missing = true;
      }
    }
    if (!missing) {
      return null;
    }
    if (!settled) {
      return Retry.TORN;
    }
    if (wrong) {
      return Retry.WRONG_GUESS;
    }
    return part.exact ? elsewhere(part) : null;
  }

  private static boolean hasNeighbourhood(LeafImage image, int home) {
    for (int d = 0; d < LeafLayout.NEIGHBOURHOOD; d++) {
      if (!image.has(Hopscotch.slot(home + d))) {
        return false;
      }
    }
    return true;
  }

  /// Whether keys that are not in a part's leaf may be elsewhere.
  ///
  /// @return null if not
  private @Nullable Retry elsewhere(Part part) {
    var image = part.image;
    if (nodes.planted == ChimeFault.NO_LEAF_CHECK) {
      return null;
    }
    boolean here =
        image.layout.fences
            ? Long.compareUnsigned(part.from + part.count - 1, image.high()) < 0
            : image.sibling() == part.next || (!part.cached && image.sibling() == 0);
    if (here) {
      return null;
    }
    return part.cached ? Retry.STALE : Retry.HALF_SPLIT;
  }
}
