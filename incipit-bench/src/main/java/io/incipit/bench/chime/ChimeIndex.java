// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.PoolIndex;
import org.jspecify.annotations.Nullable;

/// CHIME, or sherman-clv, as one client sees it. Keys are from 1 to 2^64 - 3, unsigned. A deleted
/// key stays, with the value 0. For one thread.
public final class ChimeIndex implements PoolIndex {
  private final Nodes nodes;
  private final @Nullable ComputeNode machine;
  private final Descent descent;
  private final Leaves leaves;
  private final Ranges ranges;

  private ChimeIndex(Nodes nodes, @Nullable ComputeNode machine) {
    this.nodes = nodes;
    this.machine = machine;
    descent = new Descent(nodes);
    leaves =
        nodes.config.hopscotch()
            ? new HopscotchLeaves(nodes, descent)
            : new PlainLeaves(nodes, descent);
    ranges = new Ranges(nodes, descent, leaves);
  }

  /// Writes an empty tree into a memory in which nothing is yet.
  ///
  /// @throws IllegalStateException if something is there
  public static void create(MemoryPool pool, ChimeConfig config) {
    if (pool.reserve(RootEntry.CHUNK, Nodes.ALIGNMENT) >= RootEntry.ADDRESS) {
      throw new IllegalStateException("memory in use (expected: none)");
    }
    var client = new PoolClient(pool);
    var nodes = new Nodes(client, config, ChimeFault.NONE);
    var root = nodes.image();
    long address = nodes.allocateLeaf();
    root.clear(address);
    root.setSibling(Nodes.ROOT_LEAF);
    root.setFences(0, Inner.NO_END);
    long word = 0;
    if (config.hopscotch()) {
      Hopscotch.insertAnywhere(root, Nodes.GHOST, 0);
      word = config.vacancy() ? Hopscotch.exactWord(root) : 0;
    }
    root.writeAllocated(client, word);
    client.ring();
    nodes.swapRoot(0, RootEntry.of(0, address));
  }

  /// A client of the tree in a memory.
  ///
  /// @param config as it was created; switches of the client itself may differ
  public static ChimeIndex open(PoolClient client, ChimeConfig config) {
    return open(client, config, null, ChimeFault.NONE);
  }

  /// A client that shares reads of single keys, and puts, with others on its machine.
  public static ChimeIndex open(PoolClient client, ChimeConfig config, ComputeNode machine) {
    return open(client, config, machine, ChimeFault.NONE);
  }

  static ChimeIndex open(
      PoolClient client, ChimeConfig config, @Nullable ComputeNode machine, ChimeFault planted) {
    return new ChimeIndex(new Nodes(client, config, planted), machine);
  }

  private static void check(long key) {
    if (key == 0 || Long.compareUnsigned(key, Nodes.GHOST) >= 0) {
      throw new IllegalArgumentException(
          "key: %s (expected: 1 to 2^64 - 3)".formatted(Long.toUnsignedString(key)));
    }
  }

  private static void checkAll(long from, int count) {
    check(from);
    long last = from + count - 1;
    check(Long.compareUnsigned(from, last) > 0 ? Nodes.GHOST : last);
  }

  @Override
  public long search(long key) {
    check(key);
    if (machine == null) {
      return leaves.search(key);
    }
    var joined = machine.joinRead(key);
    if (joined != null && !joined.hasFailed()) {
      return joined.value();
    }
    var flight = machine.begin(key, false, 0);
    try {
      long value = leaves.search(key);
      machine.endRead(flight, value);
      return value;
    } finally {
      machine.giveUp(flight);
    }
  }

  @Override
  public void range(long from, int count, long[] values, int at) {
    checkAll(from, count);
    ranges.range(from, count, values, at);
  }

  @Override
  public void lookup(long[] from, int[] counts, int stretches, long[] values) {
    if (!nodes.config.batched()) {
      PoolIndex.super.lookup(from, counts, stretches, values);
      return;
    }
    for (int i = 0; i < stretches; i++) {
      checkAll(from[i], counts[i]);
    }
    ranges.lookup(from, counts, stretches, values, 0);
  }

  @Override
  public void put(long key, long value) {
    check(key);
    if (machine == null) {
      leaves.put(key, value, null);
      return;
    }
    var joined = machine.joinWrite(key, value);
    if (joined != null && !joined.hasFailed()) {
      return;
    }
    var flight = machine.begin(key, true, value);
    try {
      leaves.put(key, value, flight);
      machine.endWrite(flight);
    } finally {
      machine.giveUp(flight);
    }
  }

  /// Sets the value of a key that has one.
  ///
  /// @return whether it had one
  public boolean update(long key, long value) {
    check(key);
    return replace(key, value);
  }

  @Override
  public boolean delete(long key) {
    check(key);
    return replace(key, 0);
  }

  private boolean replace(long key, long value) {
    boolean had = leaves.replace(key, value) != 0;
    if (machine != null) {
      machine.wrote(key);
    }
    return had;
  }

  /// Reads all inner nodes and keeps them, as far as the budget goes: a client that has warmed up,
  /// but has no hot places yet.
  public void warm() {
    descent.keepAll();
  }

  /// How full leaves were that this client split, at the mean; 0 if there were none.
  double loadAtSplit() {
    return leaves instanceof HopscotchLeaves tables ? tables.loadAtSplit() : 0;
  }

  @Override
  public PoolClient client() {
    return nodes.client;
  }

  @Override
  public long cacheBytes() {
    return nodes.cache.bytes() + (nodes.hotspots == null ? 0 : nodes.hotspots.bytes());
  }
}
