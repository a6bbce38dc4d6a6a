// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Consumer;

/// The blocks of which a store has all parts, by their numbers. What is here is what the store
/// answers for; values without an entry are parts of something unfinished or broken.
///
/// One writer at a time changes it; any thread looks up, and waits for single entries at most.
/// Memory: 48 B a place, and half to all places but a quarter are taken: 64 to 96 B a block.
public final class BlockTable {
  /*
   * Open addressing with linear probing; what is removed is closed up again, so there are no
   * tombstones. A place is taken if its info is not 0.
   *
   *   info   uses (14 bits) | parts - 1 (12 bits) | tiers told (4 bits) | root | taken (a bit each)
   */
  private static final int PLACES_MIN = 1 << 6;
  private static final int BYTES_EACH = 5 * Long.BYTES + 2 * Integer.BYTES;
  private static final int TAKEN = 1;
  private static final int ROOT = 1 << 1;
  private static final int TIERS_SHIFT = 2;
  private static final int TIERS = 0xf;
  private static final int PARTS_SHIFT = 6;
  private static final int PARTS = 0xfff;
  private static final int USES_SHIFT = 18;

  /// The most uses of a block that are counted.
  public static final int USES_MAX = (1 << 14) - 1;

  private static final class Places {
    final int mask;
    final long[] ids;
    final long[] high;
    final long[] low;
    final long[] parentHigh;
    final long[] parentLow;
    final int[] spaces;
    final int[] infos;

    Places(int count) {
      mask = count - 1;
      ids = new long[count];
      high = new long[count];
      low = new long[count];
      parentHigh = new long[count];
      parentLow = new long[count];
      spaces = new int[count];
      infos = new int[count];
    }

    /// The place of a number, or the free one where it would be.
    int find(long id) {
      int place = (int) (id ^ (id >>> 32)) & mask;
      while (infos[place] != 0 && ids[place] != id) {
        place = (place + 1) & mask;
      }
      return place;
    }

    void copy(Places from, int source, int target) {
      ids[target] = from.ids[source];
      high[target] = from.high[source];
      low[target] = from.low[source];
      parentHigh[target] = from.parentHigh[source];
      parentLow[target] = from.parentLow[source];
      spaces[target] = from.spaces[source];
      infos[target] = from.infos[source];
    }

    Places grown() {
      var grown = new Places(2 * infos.length);
      for (int i = 0; i < infos.length; i++) {
        if (infos[i] != 0) {
          grown.copy(this, i, grown.find(ids[i]));
        }
      }
      return grown;
    }

    void remove(int place) {
      int hole = place;
      int next = (hole + 1) & mask;
      while (infos[next] != 0) {
        int home = (int) (ids[next] ^ (ids[next] >>> 32)) & mask;
        if (((next - home) & mask) >= ((next - hole) & mask)) {
          copy(this, next, hole);
          hole = next;
        }
        next = (next + 1) & mask;
      }
      infos[hole] = 0;
    }
  }

  private final StampedLock lock = new StampedLock();
  private volatile Places places = new Places(PLACES_MIN);
  private final AtomicInteger size = new AtomicInteger();

  /// By number. Only ever grows; changed by a copy.
  private volatile List<Space> spaces = List.of();

  /// An empty one.
  public BlockTable() {}

  /// The block with a number. Any thread.
  public Optional<Block> find(long id) {
    long stamp = lock.tryOptimisticRead();
    if (stamp != 0) {
      var block = read(id);
      if (lock.validate(stamp)) {
        return block;
      }
    }
    stamp = lock.readLock();
    try {
      return read(id);
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /// Whether there is a block with a number. Any thread.
  public boolean has(long id) {
    return find(id).isPresent();
  }

  private Optional<Block> read(long id) {
    var now = places;
    int place = now.find(id);
    // A space that is not there yet was put there just now, so this read counts for nothing.
    return now.infos[place] == 0 || now.spaces[place] >= spaces.size()
        ? Optional.empty()
        : Optional.of(block(now, place));
  }

  private Block block(Places now, int place) {
    int info = now.infos[place];
    return new Block(
        spaces.get(now.spaces[place]),
        now.high[place],
        now.low[place],
        (info & ROOT) != 0,
        now.parentHigh[place],
        now.parentLow[place],
        ((info >>> PARTS_SHIFT) & PARTS) + 1,
        (info >>> TIERS_SHIFT) & TIERS);
  }

  /// Adds a block that is not there. Writer.
  public void add(Block block) {
    if (4 * (size.get() + 1) > 3 * places.infos.length) {
      places = places.grown();
    }
    int space = number(block.space());
    long stamp = lock.writeLock();
    try {
      var now = places;
      int place = now.find(block.id());
      now.ids[place] = block.id();
      now.high[place] = block.high();
      now.low[place] = block.low();
      now.parentHigh[place] = block.parentHigh();
      now.parentLow[place] = block.parentLow();
      now.spaces[place] = space;
      now.infos[place] =
          ((block.parts() - 1) << PARTS_SHIFT)
              | (block.tiers() << TIERS_SHIFT)
              | (block.root() ? ROOT : 0)
              | TAKEN;
      size.incrementAndGet();
      block.space().counts(1);
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  private int number(Space space) {
    if (space.number() < 0) {
      var more = new ArrayList<>(spaces);
      more.add(space);
      space.number(spaces.size());
      spaces = List.copyOf(more);
    }
    return space.number();
  }

  /// Counts a use of a block, up to [#USES_MAX] since it came. Writer.
  ///
  /// @return whether it is there
  public boolean use(long id) {
    var now = places;
    int place = now.find(id);
    if (now.infos[place] == 0) {
      return false;
    }
    if (now.infos[place] >>> USES_SHIFT < USES_MAX) {
      now.infos[place] += 1 << USES_SHIFT;
    }
    return true;
  }

  /// Uses of a block since it came; 0 if it is not there. Writer.
  public int uses(long id) {
    var now = places;
    return now.infos[now.find(id)] >>> USES_SHIFT;
  }

  /// Notes in which tiers the index was told that a block is. Writer.
  public void tell(long id, int tiers) {
    long stamp = lock.writeLock();
    try {
      var now = places;
      int place = now.find(id);
      if (now.infos[place] != 0) {
        now.infos[place] = (now.infos[place] & ~(TIERS << TIERS_SHIFT)) | (tiers << TIERS_SHIFT);
      }
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /// Removes a block, if it is there. Writer.
  public void remove(long id) {
    long stamp = lock.writeLock();
    try {
      var now = places;
      int place = now.find(id);
      if (now.infos[place] != 0) {
        spaces.get(now.spaces[place]).counts(-1);
        now.remove(place);
        size.decrementAndGet();
      }
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /// Removes all blocks. Writer.
  public void clear() {
    long stamp = lock.writeLock();
    try {
      places = new Places(PLACES_MIN);
      size.set(0);
      spaces.forEach(Space::countsNone);
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /// Hands out the blocks of a space, those before others first: whatever is handed out between
  /// is not changed. Writer; costs some 100 ns a block of the table.
  public void forEach(Space space, Consumer<Block> blocks) {
    var now = places;
    int number = space.number();
    var seen = new boolean[now.infos.length];
    var above = new int[64];
    for (int i = 0; i < now.infos.length && number >= 0; i++) {
      int depth = 0;
      int place = i;
      while (now.infos[place] != 0 && now.spaces[place] == number && !seen[place]) {
        seen[place] = true;
        if (depth == above.length) {
          above = Arrays.copyOf(above, 2 * depth);
        }
        above[depth] = place;
        depth++;
        if ((now.infos[place] & ROOT) == 0) {
          place = now.find(space.id(now.parentHigh[place], now.parentLow[place]));
        }
      }
      for (int k = depth - 1; k >= 0; k--) {
        blocks.accept(block(now, above[k]));
      }
    }
  }

  /// Blocks. Any thread.
  public int size() {
    return size.get();
  }

  /// Bytes of heap. Any thread.
  public long heapBytes() {
    return (long) places.infos.length * BYTES_EACH;
  }
}
