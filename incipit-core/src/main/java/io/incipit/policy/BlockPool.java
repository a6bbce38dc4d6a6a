// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import io.incipit.block.Hint;
import java.util.Arrays;

/// A bounded set of cached blocks and the policy that keeps it bounded. Knows blocks by id only: a
/// store keeps the bytes and does what the pool says, a simulation counts.
///
/// ```
/// offer(ids):  find the leading cached blocks      -> hits
///              enter the missing ones below them   (for this moment more than the capacity)
///              touch all, the tail first
///              evict leaves until the rest fits    -> evicted, some of this request perhaps
/// ```
///
/// The same calls give the same answers. For one thread; never blocks. A block costs O(1), and
/// O(log capacity) for policies that rank by a heap. Memory: 49 B a block of the tree, and what the
/// policy says; the pool has room for as many blocks as it held, remembered and was offered
/// at once, at most.
public final class BlockPool {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double SECONDS_PER_TURNOVER = 100;
  private static final int SLOTS_MIN = 256;

  private final PoolConfig config;
  private final BlockTree tree = new BlockTree(SLOTS_MIN);
  private final EvictionPolicy policy;
  private final EvictionPolicy.Path path = new EvictionPolicy.Path();
  private long[] evicted = new long[64];
  private int evictedCount;
  private long touched;

  /// An empty pool.
  ///
  /// @param policy makes who decides: [Hazard], [LeafLru], [S3Fifo], or another
  public BlockPool(PoolConfig config, EvictionPolicy.Factory policy) {
    this.config = config;
    this.policy = policy.make(config, tree);
    this.policy.resize(SLOTS_MIN);
    path.request = -1;
  }

  /// Looks a request up, admits what was missing, evicts what is too much.
  ///
  /// @param timeNs when it came, never less than before
  /// @param ids its blocks from the root; equal ids are equal whole prefixes
  /// @param length leading blocks of `ids` that may be cached
  /// @param tokens tokens of the prompt, those in blocks that may not be cached included
  /// @return leading blocks that were cached
  /// @throws IllegalArgumentException if an id occurs twice, or stood elsewhere before; the pool is
  ///     of no use then
  public int offer(long timeNs, long[] ids, int length, int tokens) {
    path.request++;
    path.seconds =
        config.timing() == PoolConfig.Timing.CLOCK
            ? timeNs / NANOS_PER_SECOND
            : touched * SECONDS_PER_TURNOVER / config.capacity();
    path.ids = ids;
    path.length = length;
    path.blocks = Math.ceilDiv(tokens, config.blockTokens());
    path.full = Math.min(length, tokens / config.blockTokens());
    evictedCount = 0;
    find();
    policy.arrive(path);
    enter();
    touched += length;
    trim();
    return path.hits;
  }

  private void find() {
    var ids = path.ids;
    if (path.slots.length < path.length) {
      path.slots = new int[2 * path.length];
    }
    int parent = BlockTree.NONE;
    path.hits = 0;
    path.known = 0;
    for (int i = 0; i < path.length; i++) {
      int slot = tree.find(parent, ids[i]);
      path.slots[i] = slot;
      if (slot != BlockTree.NONE) {
        requirePlace(i, parent);
        path.hits += path.hits == i && tree.isCached(slot) ? 1 : 0;
        path.known += path.known == i ? 1 : 0;
      }
      parent = slot;
    }
  }

  private void requirePlace(int i, int parent) {
    int slot = path.slots[i];
    if (tree.isCached(slot) && (tree.parent(slot) != parent || path.hits < i)) {
      throw new IllegalArgumentException(
          "ids[%d]: %d (expected: below the same block as before)".formatted(i, path.ids[i]));
    }
  }

  private void enter() {
    if (path.length == 0) {
      return;
    }
    int parent = path.hits == 0 ? BlockTree.NONE : path.slots[path.hits - 1];
    if (parent != BlockTree.NONE && path.hits < path.length && tree.isLeaf(parent)) {
      policy.leafLost(parent);
    }
    for (int i = path.hits; i < path.length; i++) {
      int slot = path.slots[i] == BlockTree.NONE ? add(i) : path.slots[i];
      path.slots[i] = slot;
      if (tree.isCached(slot)) {
        throw new IllegalArgumentException(
            "ids[%d]: %d (expected: once in a request)".formatted(i, path.ids[i]));
      }
      tree.settle(slot, parent, i);
      parent = slot;
    }
    policy.touch(path);
    if (path.hits < path.length) {
      policy.leafGained(parent);
    }
  }

  private int add(int i) {
    int again = tree.find(BlockTree.NONE, path.ids[i]);
    if (again != BlockTree.NONE) {
      return again;
    }
    if (tree.isFull()) {
      tree.grow();
      policy.resize(tree.slots());
    }
    return tree.add(path.ids[i]);
  }

  private void trim() {
    while (tree.cached() > config.capacity()) {
      int slot = policy.victim();
      note(tree.id(slot));
      policy.leafLost(slot);
      int parent = tree.parent(slot);
      tree.evict(slot);
      policy.evicted(slot);
      if (parent != BlockTree.NONE && tree.isLeaf(parent)) {
        policy.leafGained(parent);
      }
    }
  }

  private void note(long id) {
    if (evictedCount == evicted.length) {
      evicted = Arrays.copyOf(evicted, 2 * evictedCount);
    }
    evicted[evictedCount] = id;
    evictedCount++;
  }

  /// Number of the request that was offered last, for [#answered]; wraps.
  ///
  /// @return -1 before the first one
  public int lastRequest() {
    return path.request;
  }

  /// The answer to a request is complete. A hint: policies that know nothing to do with it, or do
  /// not remember the request, let it be.
  ///
  /// @param request as [#lastRequest] said after it was offered
  public void answered(int request, Answer answer) {
    policy.answered(request, answer);
  }

  /// Somebody who knows says what becomes of a path that was asked for. Policies that do not listen
  /// ignore it; for those that do it concerns only what the path's own session has, so a wrong hint
  /// costs that at most, and the next [#offer] of the path takes it back. A hint about a path of
  /// which a longer one was asked for since is late, and ignored; so is when to be back where the
  /// pool has no clock. O(length).
  ///
  /// @param timeNs when it was said, on the clock of [#offer]
  /// @param ids the blocks of the path from the root
  public void hint(long timeNs, long[] ids, int length, Hint hint) {
    if (hint instanceof Hint.Back && config.timing() != PoolConfig.Timing.CLOCK) {
      return;
    }
    int last = BlockTree.NONE;
    for (int i = 0; i < length; i++) {
      int slot = tree.find(last, ids[i]);
      if (slot == BlockTree.NONE || !tree.isCached(slot) || tree.parent(slot) != last) {
        break;
      }
      last = slot;
    }
    if (last != BlockTree.NONE) {
      policy.hinted(timeNs / NANOS_PER_SECOND, last, length, hint);
    }
  }

  /// Blocks that are cached, at most the capacity.
  public int blocks() {
    return tree.cached();
  }

  /// Whether a block is cached.
  public boolean holds(long id) {
    int slot = tree.find(BlockTree.NONE, id);
    return slot != BlockTree.NONE && tree.isCached(slot);
  }

  /// How many blocks the last [#offer] evicted.
  public int evicted() {
    return evictedCount;
  }

  /// Id of the `i`-th block that the last [#offer] evicted, children before their parents.
  public long evicted(int i) {
    return evicted[i];
  }
}
