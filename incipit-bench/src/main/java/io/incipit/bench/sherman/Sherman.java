// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.PoolIndex;
import io.incipit.bench.pool.Retry;
import io.incipit.bench.pool.Transport;

/// A client of a Sherman tree. A get reads a leaf, 1 round trip if the cache knows the leaf; a put
/// takes 3: lock, read, write and unlock. A delete sets the value to none: nothing is ever merged
/// or given back. For one thread.
public final class Sherman implements PoolIndex {
  private final PoolClient client;
  private final LevelOneCache cache;
  private final Descent descent;
  private final Writes writes;
  private final LeafReads leafReads;
  private final Ranges ranges;
  private final boolean batched;

  private Sherman(PoolClient client, ShermanConfig config, ComputeNode node, ShermanFault fault) {
    this.client = client;
    var store = new PageStore(client, config, fault);
    cache = new LevelOneCache(store.pages, config.cacheBytes());
    descent = new Descent(store, cache, config);
    writes = new Writes(store, cache, descent, new Lock(client, node, fault));
    leafReads = new LeafReads(store);
    ranges = new Ranges(store, cache, descent, config.repaired());
    batched = config.batched();
  }

  /// Makes an empty tree in a memory of its own, before clients come.
  ///
  /// @throws IllegalStateException if something was reserved in the memory
  public static void create(MemoryPool pool, ShermanConfig config) {
    long word = pool.reserve(Transport.LINE, Transport.LINE);
    if (word != PageStore.ROOT) {
      throw new IllegalStateException(
          "root at %d (expected: an unused memory, %d)".formatted(word, PageStore.ROOT));
    }
    var pages = new Pages(Layout.of(config.keyBytes()));
    long root = pool.reserve(pages.layout.pageBytes, Transport.LINE);
    pool.use(Transport.LINE + pages.layout.pageBytes);
    var page = new byte[pages.layout.pageBytes];
    pages.clear(page, 0, 0, Layout.UNBOUNDED);
    var founder = new PoolClient(pool);
    founder.write(root, page, 0, page.length);
    founder.writeLong(PageStore.ROOT, PageStore.rootWord(root, 0));
    founder.ring();
  }

  /// A client on a compute node of its own. Reads the word that names the root: 1 round trip.
  ///
  /// @param client with one queue pair: that what a batch writes is done in order keeps the tree
  ///     whole
  public static Sherman open(PoolClient client, ShermanConfig config) {
    return open(client, config, new ComputeNode());
  }

  /// A client on a compute node that it shares with others.
  public static Sherman open(PoolClient client, ShermanConfig config, ComputeNode node) {
    return open(client, config, node, ShermanFault.NONE);
  }

  static Sherman open(
      PoolClient client, ShermanConfig config, ComputeNode node, ShermanFault fault) {
    return new Sherman(client, config, node, fault);
  }

  @Override
  public long search(long key) {
    if (descent.cacheIsOn()) {
      long leaf = cache.leaf(key);
      if (leaf != 0) {
        if (leafReads.find(leaf, key, true)) {
          return leafReads.value();
        }
        descent.misled(key);
      }
    }
    long leaf = descent.page(key, 0);
    while (!leafReads.find(leaf, key, false)) {
      client.retry(Retry.HALF_SPLIT);
      leaf = descent.right(0, leaf, leafReads.sibling(), key);
    }
    return leafReads.value();
  }

  @Override
  public void range(long from, int count, long[] values, int at) {
    ranges.begin();
    ranges.add(from, count, at);
    ranges.run(values, false);
  }

  @Override
  public void put(long key, long value) {
    if (value == 0) {
      throw new IllegalArgumentException("value: 0 (expected: another; 0 is none)");
    }
    writes.store(key, value);
  }

  @Override
  public boolean delete(long key) {
    return writes.store(key, 0);
  }

  @Override
  public void lookup(long[] from, int[] counts, int stretches, long[] values) {
    if (!batched) {
      PoolIndex.super.lookup(from, counts, stretches, values);
      return;
    }
    ranges.begin();
    int at = 0;
    for (int i = 0; i < stretches; i++) {
      ranges.add(from[i], counts[i], at);
      at += counts[i];
    }
    ranges.run(values, true);
  }

  @Override
  public PoolClient client() {
    return client;
  }

  @Override
  public long cacheBytes() {
    return cache.bytes();
  }

  /// Pages that the cache holds.
  int cachedPages() {
    return cache.size();
  }

  /// The level of the root, as this client knows it; 0 is a leaf.
  int rootLevel() {
    return descent.rootLevel();
  }
}
