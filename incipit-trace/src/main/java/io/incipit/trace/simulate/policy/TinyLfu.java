// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.block.Hash64;
import io.incipit.policy.BlockTree;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.SlotQueues;

/// W-TinyLFU (Einziger, Friedman and Manes, TOS 2017) over leaves: new blocks pass a window of one
/// in a hundred, and stay after it only if a sketch has seen them more often than what they would
/// replace. A block with cached children stays, whatever the sketch says.
final class TinyLfu extends QueuePolicy {
  private static final int WINDOW = 0;
  private static final int PROBATION = 1;
  private static final int PROTECTED = 2;
  private static final int QUEUES = 3;
  private static final double WINDOW_SHARE = 0.01;
  private static final double PROTECTED_SHARE = 0.8;

  private final Sketch sketch;
  private final int capacity;
  private final int windowBlocks;
  private final int protectedBlocks;

  TinyLfu(PoolConfig config, BlockTree tree) {
    super(tree, QUEUES);
    this.capacity = config.capacity();
    this.sketch = new Sketch(capacity);
    this.windowBlocks = (int) Math.max(1, WINDOW_SHARE * capacity);
    this.protectedBlocks = (int) (PROTECTED_SHARE * (capacity - windowBlocks));
  }

  @Override
  public void touch(Path path) {
    for (int i = path.length() - 1; i >= 0; i--) {
      int slot = path.slot(i);
      sketch.add(path.id(i));
      switch (queues.queue(slot)) {
        case PROBATION, PROTECTED -> protect(slot);
        default -> queues.pushFront(WINDOW, slot);
      }
    }
    // While there is room nobody has to compete.
    int tooMany = Math.max(0, tree.cached() - capacity);
    while (queues.size(WINDOW) > windowBlocks + tooMany && queues.back(WINDOW) != SlotQueues.NONE) {
      queues.pushFront(PROBATION, queues.back(WINDOW));
    }
  }

  private void protect(int slot) {
    queues.pushFront(PROTECTED, slot);
    int oldest = queues.back(PROTECTED);
    if (queues.size(PROTECTED) > protectedBlocks && oldest != SlotQueues.NONE) {
      queues.pushFront(PROBATION, oldest);
    }
  }

  @Override
  public int victim() {
    while (queues.size(WINDOW) > windowBlocks && queues.back(WINDOW) != SlotQueues.NONE) {
      int candidate = queues.back(WINDOW);
      queues.pushFront(PROBATION, candidate);
      if (tree.isLeaf(candidate)) {
        return loser(candidate, queues.oldestLeaf(PROBATION, tree));
      }
    }
    int slot = queues.oldestLeaf(PROBATION, tree);
    slot = slot == SlotQueues.NONE ? queues.oldestLeaf(PROTECTED, tree) : slot;
    return slot == SlotQueues.NONE ? queues.oldestLeaf(WINDOW, tree) : slot;
  }

  private int loser(int candidate, int oldest) {
    return sketch.count(tree.id(candidate)) > sketch.count(tree.id(oldest)) ? oldest : candidate;
  }

  @Override
  public void evicted(int slot) {
    queues.remove(slot);
    tree.forget(slot);
  }

  /// How often ids were seen lately, more or less: a count-min sketch of 4-bit counters, all halved
  /// after ten times as many additions as the pool has blocks. 8 to 16 B a block of the pool.
  static final class Sketch {
    private static final int ROWS = 4;
    private static final int COUNTERS = 16;
    private static final int COUNT_MAX = 15;
    private static final long ADDITIONS_PER_BLOCK = 10;
    private static final long HALVES = 0x7777_7777_7777_7777L;

    private final long[] words;
    private final long additionsMax;
    private long additions;

    Sketch(int capacity) {
      words = new long[Math.max(8, Integer.highestOneBit(Math.max(1, capacity - 1)) << 1)];
      additionsMax = ADDITIONS_PER_BLOCK * capacity;
    }

    void add(long id) {
      for (int row = 0; row < ROWS; row++) {
        long hash = hash(id, row);
        int shift = shift(hash);
        int word = word(hash);
        if (((words[word] >>> shift) & COUNT_MAX) < COUNT_MAX) {
          words[word] += 1L << shift;
        }
      }
      additions++;
      if (additions == additionsMax) {
        halve();
      }
    }

    /// At least as often as it was seen, up to 15.
    int count(long id) {
      int least = COUNT_MAX;
      for (int row = 0; row < ROWS; row++) {
        long hash = hash(id, row);
        least = Math.min(least, (int) (words[word(hash)] >>> shift(hash)) & COUNT_MAX);
      }
      return least;
    }

    private void halve() {
      for (int i = 0; i < words.length; i++) {
        words[i] = (words[i] >>> 1) & HALVES;
      }
      additions /= 2;
    }

    private int word(long hash) {
      return (int) (hash >>> Integer.SIZE) & (words.length - 1);
    }

    private static int shift(long hash) {
      return (int) (hash & (COUNTERS - 1)) * 4;
    }

    /// The last two steps of [Hash64#mix], from another number for each row.
    private static long hash(long id, int row) {
      long mixed = (id + (row + 1) * Hash64.GOLDEN) * 0xBF58476D1CE4E5B9L;
      mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
      return mixed ^ (mixed >>> 31);
    }
  }
}
