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
  private static final double SECONDS_PER_TURNOVER = 100;

  private final PoolConfig config;
  private final PathTree paths;
  private long[] evicted = new long[64];
  private int evictedCount;
  private long touched;

  /// An empty pool.
  ///
  /// @param policy makes who decides: [Hazard], [LeafLru], [S3Fifo], or another
  public BlockPool(PoolConfig config, EvictionPolicy.Factory policy) {
    this.config = config;
    this.paths = new PathTree(config, policy);
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
    double seconds =
        config.timing() == PoolConfig.Timing.CLOCK
            ? PathTree.seconds(timeNs)
            : touched * SECONDS_PER_TURNOVER / config.capacity();
    evictedCount = 0;
    int hits = paths.arrive(seconds, ids, length, tokens);
    int entered = paths.enter();
    if (entered < length) {
      throw new IllegalArgumentException(
          "ids[%d]: %d (expected: once in a request)".formatted(entered, ids[entered]));
    }
    touched += length;
    while (paths.tree.cached() > config.capacity()) {
      int slot = paths.policy.victim();
      note(paths.tree.id(slot));
      paths.evict(slot);
    }
    return hits;
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
    return paths.path.request;
  }

  /// The answer to a request is complete. A hint: policies that know nothing to do with it, or do
  /// not remember the request, let it be.
  ///
  /// @param request as [#lastRequest] said after it was offered
  public void answered(int request, Answer answer) {
    paths.policy.answered(request, answer);
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
    paths.hint(PathTree.seconds(timeNs), ids, length, hint);
  }

  /// Blocks that are cached, at most the capacity.
  public int blocks() {
    return paths.tree.cached();
  }

  /// Whether a block is cached.
  public boolean holds(long id) {
    return paths.slot(id) != BlockTree.NONE;
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
