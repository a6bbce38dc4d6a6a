// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.block.Hash64;
import io.incipit.block.Tier;
import io.incipit.ingest.chain.OwnChain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;

/// What one engine holds, by the engine's names: for each block the name that it has here, its
/// parent, and how many copies there are in each tier. Engines keep several copies of a block, and
/// announce and remove each.
///
/// Open addressing with linear probing over slots in the order of mixed hashes, at most 13 of 16
/// full, growing by an eighth: 44 to 50 B a block. A block without copies has no entry. For one
/// thread.
final class CopyTable {
  /// No entry.
  static final int NONE = -1;

  private static final int SLOT_BYTES = 36;
  private static final int SLOTS_MIN = 16;
  private static final int FULL = 13;
  private static final int FULL_OF = 16;
  private static final int COUNT_BITS = 7;
  private static final int COUNT_MAX = (1 << COUNT_BITS) - 1;
  private static final int ALL_COUNTS = (1 << (COUNT_BITS * Tier.COUNT)) - 1;

  /// Beside the counts: that the name was made of the engine's name.
  private static final int BORROWED = ALL_COUNTS + 1;

  private final long seed;

  private long[] keys = new long[SLOTS_MIN];
  private long[] parents = new long[SLOTS_MIN];
  private long[] highs = new long[SLOTS_MIN];
  private long[] lows = new long[SLOTS_MIN];

  /// Seven bits a tier; 0 where there is no entry.
  private int[] counts = new int[SLOTS_MIN];

  private int size;

  /// Copies beyond [#COUNT_MAX], by hash, one number a tier.
  private final Map<Long, long[]> beyond = new HashMap<>();

  /// Holds nothing.
  ///
  /// @param seed of the order of the slots, so that nobody can choose blocks that crowd
  CopyTable(long seed) {
    this.seed = seed;
  }

  /// The entry of a block, valid until the next change; [#NONE] if there is none.
  int find(long hash) {
    for (int slot = home(hash); ; slot = next(slot)) {
      if (counts[slot] == 0) {
        return NONE;
      }
      if (keys[slot] == hash) {
        return slot;
      }
    }
  }

  long high(int slot) {
    return highs[slot];
  }

  long low(int slot) {
    return lows[slot];
  }

  /// The engine's name of a block's parent; 0 if there is none, or nobody said.
  long parent(int slot) {
    return parents[slot];
  }

  /// Whether a block's name was made of the engine's, for want of its tokens.
  boolean isBorrowed(int slot) {
    return (counts[slot] & BORROWED) != 0;
  }

  /// Gives a block a name that was made of its tokens.
  void rename(int slot, long high, long low, long parent) {
    highs[slot] = high;
    lows[slot] = low;
    parents[slot] = parent;
    counts[slot] &= ~BORROWED;
  }

  /// Copies of a block in a tier.
  long copies(int slot, Tier tier) {
    int count = (counts[slot] >>> shift(tier)) & COUNT_MAX;
    return count < COUNT_MAX || beyond.isEmpty() ? count : count + more(slot, tier);
  }

  private long more(int slot, Tier tier) {
    var more = beyond.get(keys[slot]);
    return more == null ? 0 : more[tier.code()];
  }

  /// Adds the first copy of a block that has none.
  ///
  /// @param borrowed whether its name was made of the engine's
  void add(long hash, long parent, OwnChain name, Tier tier, boolean borrowed) {
    if ((long) FULL_OF * (size + 1) > (long) FULL * keys.length) {
      grow();
    }
    int slot = free(hash);
    keys[slot] = hash;
    parents[slot] = parent;
    highs[slot] = name.high();
    lows[slot] = name.low();
    counts[slot] = (1 << shift(tier)) | (borrowed ? BORROWED : 0);
    size++;
  }

  private int free(long hash) {
    int slot = home(hash);
    while (counts[slot] != 0) {
      slot = next(slot);
    }
    return slot;
  }

  /// Adds a copy.
  ///
  /// @return how many there are now in that tier
  long increment(int slot, Tier tier) {
    int count = (counts[slot] >>> shift(tier)) & COUNT_MAX;
    if (count < COUNT_MAX) {
      counts[slot] += 1 << shift(tier);
      return count + 1L;
    }
    var more = beyond.computeIfAbsent(keys[slot], _ -> new long[Tier.COUNT]);
    more[tier.code()]++;
    return count + more[tier.code()];
  }

  /// Takes a copy away, and with the last one in any tier the entry.
  ///
  /// @return how many are left in that tier; -1 if there was none
  long decrement(int slot, Tier tier) {
    int count = (counts[slot] >>> shift(tier)) & COUNT_MAX;
    if (count == 0) {
      return -1;
    }
    long more = count < COUNT_MAX ? 0 : more(slot, tier);
    if (more > 0) {
      lessBeyond(slot, tier);
      return count + more - 1;
    }
    counts[slot] -= 1 << shift(tier);
    if ((counts[slot] & ALL_COUNTS) == 0) {
      remove(slot);
    }
    return count - 1L;
  }

  private void lessBeyond(int slot, Tier tier) {
    var more = Objects.requireNonNull(beyond.get(keys[slot]));
    more[tier.code()]--;
    for (long its : more) {
      if (its > 0) {
        return;
      }
    }
    beyond.remove(keys[slot]);
  }

  /// Closes the hole: what probing put behind it moves up.
  private void remove(int slot) {
    size--;
    int hole = slot;
    counts[hole] = 0;
    for (int i = next(hole); counts[i] != 0; i = next(i)) {
      int home = home(keys[i]);
      boolean stays = hole <= i ? hole < home && home <= i : hole < home || home <= i;
      if (!stays) {
        keys[hole] = keys[i];
        parents[hole] = parents[i];
        highs[hole] = highs[i];
        lows[hole] = lows[i];
        counts[hole] = counts[i];
        counts[i] = 0;
        hole = i;
      }
    }
  }

  private void grow() {
    var old = this.counts;
    var oldKeys = keys;
    var oldParents = parents;
    var oldHighs = highs;
    var oldLows = lows;
    allocate(Math.addExact(keys.length, keys.length / 8));
    for (int i = 0; i < old.length; i++) {
      if (old[i] != 0) {
        int slot = free(oldKeys[i]);
        keys[slot] = oldKeys[i];
        parents[slot] = oldParents[i];
        highs[slot] = oldHighs[i];
        lows[slot] = oldLows[i];
        counts[slot] = old[i];
      }
    }
  }

  private void allocate(int slots) {
    keys = new long[slots];
    parents = new long[slots];
    highs = new long[slots];
    lows = new long[slots];
    counts = new int[slots];
  }

  private int home(long hash) {
    long mixed = Hash64.mix(hash ^ seed);
    return (int) (((mixed >>> Integer.SIZE) * keys.length) >>> Integer.SIZE);
  }

  private int next(int slot) {
    return slot + 1 == keys.length ? 0 : slot + 1;
  }

  private static int shift(Tier tier) {
    return COUNT_BITS * tier.code();
  }

  /// Blocks with a copy.
  int size() {
    return size;
  }

  /// Memory in bytes.
  long bytes() {
    return (long) SLOT_BYTES * keys.length;
  }

  /// Passes each block by the engine's name, in no order.
  void forEach(LongConsumer action) {
    for (int i = 0; i < keys.length; i++) {
      if (counts[i] != 0) {
        action.accept(keys[i]);
      }
    }
  }

  /// Blocks in the order of slots.
  ///
  /// @param from the first slot
  /// @param limit most blocks
  HeldPage page(int from, int limit) {
    var blocks = new ArrayList<HeldPage.Block>();
    for (int i = Math.max(0, from); i < keys.length; i++) {
      if (blocks.size() == limit) {
        return new HeldPage(blocks, i);
      }
      if (counts[i] != 0) {
        blocks.add(new HeldPage.Block(keys[i], parents[i], tiers(i), highs[i]));
      }
    }
    return new HeldPage(blocks, HeldPage.END);
  }

  private int tiers(int slot) {
    int mask = 0;
    for (var tier : Tier.values()) {
      mask |= copies(slot, tier) > 0 ? tier.mask() : 0;
    }
    return mask;
  }

  /// Forgets all.
  void clear() {
    allocate(SLOTS_MIN);
    size = 0;
    beyond.clear();
  }
}
