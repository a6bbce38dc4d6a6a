// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import java.util.Arrays;

/// Evicted blocks that are remembered, as runs: blocks one below the other that have consecutive
/// ids, and were used last by the same request and equally often. About 45 B a run; ids that never
/// follow each other make each block a run of its own.
///
/// Blocks are evicted from the tail of a path to its head, so a run grows at its head, and a path
/// that comes back enters a run at its head or not at all. What is too much goes from the tails of
/// the oldest runs.
final class GhostRuns {
  private static final int RUNS_MIN = 64;

  private long blocksMax;

  /// Finds runs by the id of their first block.
  private final IdIndex heads = new IdIndex(RUNS_MIN);

  /// Runs by age.
  private final SlotQueues ages = new SlotQueues(1);

  private int[] lengths = new int[RUNS_MIN];
  private int[] depths = new int[RUNS_MIN];
  private int[] owners = new int[RUNS_MIN];
  private byte[] uses = new byte[RUNS_MIN];

  private long blocks;
  private int used;

  /// Runs below `used` that hold nothing, in a list through `lengths`.
  private int freed = IdIndex.NONE;

  GhostRuns(long blocksMax) {
    this.blocksMax = blocksMax;
    ages.resize(RUNS_MIN);
  }

  /// Says how many blocks are remembered from the next one on.
  void blocksMax(long most) {
    blocksMax = most;
  }

  /// Blocks that are remembered.
  long blocks() {
    return blocks;
  }

  /// Runs that they make.
  int runs() {
    return ages.size(0);
  }

  /// Remembers a block whose children are not cached any more.
  ///
  /// @param owner the request that used it last
  void add(long id, int depth, int owner, byte times) {
    int stale = heads.find(id);
    if (stale != IdIndex.NONE) {
      drop(stale);
    }
    int run = heads.find(id + 1);
    if (run != IdIndex.NONE && depths[run] == depth + 1 && isOf(run, owner, times)) {
      heads.remove(run);
      lengths[run]++;
    } else {
      run = free();
      lengths[run] = 1;
      owners[run] = owner;
      uses[run] = times;
      ages.pushFront(0, run);
    }
    depths[run] = depth;
    heads.put(run, id);
    blocks++;
    while (blocks > blocksMax) {
      cutTail(ages.back(0));
    }
  }

  private boolean isOf(int run, int owner, byte times) {
    return owners[run] == owner && uses[run] == times;
  }

  private int free() {
    if (freed != IdIndex.NONE) {
      int run = freed;
      freed = lengths[run];
      return run;
    }
    if (used == lengths.length) {
      grow();
    }
    used++;
    return used - 1;
  }

  private void grow() {
    int runs = used + (used >> 1);
    // All runs hold something when this is called, so all have a head but none to come.
    heads.grow(runs, used);
    ages.resize(runs);
    lengths = Arrays.copyOf(lengths, runs);
    depths = Arrays.copyOf(depths, runs);
    owners = Arrays.copyOf(owners, runs);
    uses = Arrays.copyOf(uses, runs);
  }

  /// Forgets the block at the tail of a run.
  private void cutTail(int run) {
    if (lengths[run] == 1) {
      drop(run);
      return;
    }
    lengths[run]--;
    blocks--;
  }

  private void drop(int run) {
    blocks -= lengths[run];
    heads.remove(run);
    ages.remove(run);
    lengths[run] = freed;
    freed = run;
  }

  /// Forgets what a path finds again, as it is about to be cached.
  ///
  /// @param from depth of the first block that is not cached
  /// @param ownersFound filled with the request that used each block last, by depth
  /// @param usesFound filled with how often each block was used, by depth
  /// @return depth of the first block that is not remembered either
  int take(long[] ids, int from, int length, int[] ownersFound, byte[] usesFound) {
    int depth = from;
    while (depth < length) {
      int run = heads.find(ids[depth]);
      if (run == IdIndex.NONE || depths[run] != depth) {
        break;
      }
      int shared = shared(run, ids, depth, length);
      Arrays.fill(ownersFound, depth, depth + shared, owners[run]);
      Arrays.fill(usesFound, depth, depth + shared, uses[run]);
      depth += shared;
      behead(run, shared);
    }
    return depth;
  }

  /// How many leading blocks of a run a path has.
  private int shared(int run, long[] ids, int depth, int length) {
    int most = Math.min(lengths[run], length - depth);
    int shared = 1;
    while (shared < most && ids[depth + shared] == ids[depth] + shared) {
      shared++;
    }
    return shared;
  }

  /// Forgets blocks at the head of a run.
  private void behead(int run, int count) {
    if (count == lengths[run]) {
      drop(run);
      return;
    }
    long head = heads.id(run) + count;
    heads.remove(run);
    int stale = heads.find(head);
    if (stale != IdIndex.NONE) {
      drop(stale);
    }
    heads.put(run, head);
    lengths[run] -= count;
    depths[run] += count;
    blocks -= count;
  }
}
