// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Tier;
import io.incipit.policy.BlockPool;
import io.incipit.policy.LeafLru;
import io.incipit.policy.PoolConfig;
import io.incipit.trace.BlockIds;
import io.incipit.trace.TraceRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/// One client of a replay, and the owner of what it publishes. Looks a request up, publishes what
/// was missing, goes on to the next.
final class ReplayClient implements Callable<ReplayCounts> {
  private final String owner;
  private final ReplayOptions options;
  private final RequestFeed feed;
  private final ReplayTarget target;
  private final Pace pace;
  private final Optional<BlockPool> held;
  private final ReplayCounts counts = new ReplayCounts();
  private long seq;

  ReplayClient(
      String owner, ReplayOptions options, RequestFeed feed, ReplayTarget target, Pace pace) {
    this.owner = owner;
    this.options = options;
    this.feed = feed;
    this.target = target;
    this.pace = pace;
    this.held =
        options.capacity().isPresent()
            ? Optional.of(pool(options.capacity().getAsInt()))
            : Optional.empty();
  }

  private static BlockPool pool(int capacity) {
    // The order of use does not depend on what a block is in tokens.
    return new BlockPool(PoolConfig.of(capacity, 1), (_, tree) -> new LeafLru(tree));
  }

  @Override
  public ReplayCounts call() throws IOException, InterruptedException {
    try {
      for (var next = feed.next(); next.isPresent(); next = feed.next()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        replay(next.get());
      }
      return counts;
    } finally {
      feed.stop();
    }
  }

  private void replay(TraceRequest request) throws IOException, InterruptedException {
    var ids =
        options.tails() == Tails.ALL ? request.ids() : request.ids().first(request.fullBlocks());
    var chain = BlockNames.chain(ids);
    target.begin(request.timeNs());
    long due = pace.await(request.timeNs());
    long began = pace.clock().nanoTime();
    int hits = target.match(chain);
    counts.time(pace.clock().nanoTime() - (options.speed().isPaced() ? due : began));
    publish(ids, chain, hits);
    counts.busyNs += pace.clock().nanoTime() - began;
    counts.count(request, hits);
  }

  private void publish(BlockIds ids, BlockChain chain, int hits) throws IOException {
    var changes = new ArrayList<Change>(2);
    if (hits < chain.length()) {
      var parent = chain.slice(Math.max(0, hits - 1), hits);
      changes.add(new Change.Store(Tier.HOST, parent, chain.slice(hits, chain.length())));
    }
    held.ifPresent(pool -> evict(pool, ids, changes));
    if (!changes.isEmpty()) {
      seq++;
      target.publish(owner, seq, changes);
    }
  }

  private static void evict(BlockPool pool, BlockIds ids, List<Change> changes) {
    var entering = new long[ids.length()];
    ids.copyTo(entering);
    pool.offer(0, entering, entering.length, entering.length);
    if (pool.evicted() > 0) {
      var evicted = new long[pool.evicted()];
      Arrays.setAll(evicted, pool::evicted);
      changes.add(new Change.Remove(Tier.HOST, BlockNames.chain(evicted, evicted.length)));
    }
  }
}
