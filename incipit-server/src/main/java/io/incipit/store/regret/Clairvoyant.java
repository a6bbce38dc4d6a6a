// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.regret;

import io.incipit.policy.IdIndex;
import io.incipit.policy.SlotHeap;
import java.util.Arrays;

/// What the clairvoyant policy finds of recorded requests: it evicts what is used again last.
///
/// Whoever uses a block uses all before it, so no block is used again later than one below it, and
/// what goes first is always a leaf: block by block, it is the simulator's `belady`, with the same
/// ranks. `RegretWindowTest` holds it against that.
///
/// It begins with what a block's first use found that the store had, or leaf-LRU: both had that
/// when the window began. So it finds at least what either finds, as long as both have the same
/// room. What both had lost before it begins without, too.
///
/// For one thread. O(uses log blocks); 70 B a use while it lasts.
final class Clairvoyant {
  /// Requests in their order.
  static final class Recorded {
    /// Of all, one request after the other.
    final long[] ids;

    /// Where each request begins in `ids`, and where the last one ends.
    final int[] starts;

    /// By request, leading blocks that are used and not counted; or [Sample#REMOVAL].
    final int[] froms;

    /// By request, leading blocks that somebody had.
    final int[] known;

    Recorded(int requests, int uses) {
      this.ids = new long[uses];
      this.starts = new int[requests + 1];
      this.froms = new int[requests];
      this.known = new int[requests];
    }

    int requests() {
      return froms.length;
    }
  }

  private static final int NEVER = Integer.MAX_VALUE;
  private static final int SLOTS_MIN = 256;

  private final Recorded recorded;
  private final int capacity;
  private final SlotHeap.Ranks ranks = new SlotHeap.Ranks();
  private final SlotHeap pool = new SlotHeap(ranks);

  /// By use, a number of its block.
  private final int[] slots;

  /// By use, the request that uses its block next, or [#NEVER].
  private final int[] nexts;

  private int distinct;
  private long stamp;

  /// @param capacity blocks that the pool holds, from 1
  Clairvoyant(Recorded recorded, int capacity) {
    this.recorded = recorded;
    this.capacity = capacity;
    this.slots = new int[recorded.ids.length];
    this.nexts = new int[recorded.ids.length];
    number();
    ranks.resize(distinct);
  }

  private void number() {
    var index = new IdIndex(SLOTS_MIN);
    for (int use = 0; use < slots.length; use++) {
      int slot = index.find(recorded.ids[use]);
      if (slot == IdIndex.NONE) {
        slot = distinct;
        if (distinct == index.slots()) {
          index.grow(2 * distinct, distinct);
        }
        index.put(slot, recorded.ids[use]);
        distinct++;
      }
      slots[use] = slot;
    }
  }

  /// Leading blocks that it finds, of all requests, those left out that do not count.
  long hits() {
    look();
    long hits = 0;
    for (int request = 0; request < recorded.requests(); request++) {
      int from = recorded.starts[request];
      int to = recorded.starts[request + 1];
      if (recorded.froms[request] == Sample.REMOVAL) {
        remove(from, to);
        continue;
      }
      int use = from;
      while (use < to && ranks.isIn(slots[use])) {
        use++;
      }
      hits += Math.max(0, use - from - recorded.froms[request]);
      use(from, to);
    }
    return hits;
  }

  /// Finds the next use of each use, from the last one back, and what was there at the start.
  private void look() {
    var next = new int[distinct];
    Arrays.fill(next, NEVER);
    var isKnown = new boolean[distinct];
    for (int request = recorded.requests() - 1; request >= 0; request--) {
      int from = recorded.starts[request];
      boolean removes = recorded.froms[request] == Sample.REMOVAL;
      for (int use = from; use < recorded.starts[request + 1]; use++) {
        nexts[use] = next[slots[use]];
      }
      for (int use = from; use < recorded.starts[request + 1]; use++) {
        next[slots[use]] = removes ? NEVER : request;
        isKnown[slots[use]] = !removes && use - from < recorded.known[request];
      }
    }
    start(next, isKnown);
  }

  /// The tails first: of blocks that are used again at the same time they go first.
  private void start(int[] next, boolean[] isKnown) {
    for (int use = slots.length - 1; use >= 0; use--) {
      int slot = slots[use];
      if (isKnown[slot]) {
        isKnown[slot] = false;
        enter(slot, next[slot]);
      }
    }
  }

  private void remove(int from, int to) {
    for (int use = from; use < to; use++) {
      if (ranks.isIn(slots[use])) {
        pool.remove(slots[use]);
      }
    }
  }

  /// Uses a path, the tail first, and gives up what is too much in the end.
  private void use(int from, int to) {
    for (int use = to - 1; use >= from; use--) {
      rank(slots[use], nexts[use]);
    }
    shrink();
  }

  private void enter(int slot, int next) {
    rank(slot, next);
    shrink();
  }

  private void rank(int slot, int next) {
    stamp++;
    ranks.of[slot] = SlotHeap.furthestFirst(next, stamp);
    if (ranks.isIn(slot)) {
      pool.update(slot);
    } else {
      pool.add(slot);
    }
  }

  private void shrink() {
    while (pool.size() > capacity) {
      pool.remove(pool.top());
    }
  }
}
