// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.bench.pool.LocalMemory;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// A run index in one-sided memory: which blocks of chains exist and who holds them. Blocks are
/// known by chained hashes of 64 bits, which are not 0. What unbranched blocks have in common is
/// kept once for all of them. For one thread at a time.
public final class RunPool {
  private final MemoryPool pool;
  private final RunPoolConfig config;
  private final Fault fault;
  private final long root;

  /// Who writes; null where clients do.
  private final @Nullable Owner owner;

  private final List<Regions> regions = new ArrayList<>();
  private double timeNs;

  private RunPool(MemoryPool pool, RunPoolConfig config, Transport transport, Fault fault) {
    this.pool = pool;
    this.config = config;
    this.fault = fault;
    this.root = pool.reserve(Layout.LINE, Layout.LINE);
    if (config.writing() == Writing.OWNER) {
      var memory = new LocalMemory(pool, transport);
      var own = regions(bytes -> pool.reserve(bytes, Layout.LINE));
      this.owner = new Owner(memory, own, root, config, fault);
    } else {
      this.owner = null;
      ClientAnchors.create(pool, root, config.anchorBuckets());
    }
  }

  private Regions regions(IntToLongFunction chunks) {
    var made = new Regions(chunks, fault == Fault.NO_QUARANTINE ? 0 : config.leaseNs());
    regions.add(made);
    return made;
  }

  /// Memory for a client that writes, cut off chunks that it asks the node for.
  Regions regionsOf(PoolClient client) {
    return regions(client::chunk);
  }

  /// An empty one.
  public static RunPool create(MemoryPool pool, RunPoolConfig config) {
    return create(pool, config, Transport.WHOLE, Fault.NONE);
  }

  /// One whose owner's accesses go through a transport, and that may have a fault.
  static RunPool create(MemoryPool pool, RunPoolConfig config, Transport transport, Fault fault) {
    return new RunPool(pool, config, transport, fault);
  }

  /// A client of it, through a client of its memory. Takes a round trip.
  ///
  /// @param directoryBytes that its directory may take; 0: it has none
  public RunPoolClient open(PoolClient client, long directoryBytes) {
    if (directoryBytes < 0) {
      throw new IllegalArgumentException(
          "directoryBytes: %d (expected: at least 0)".formatted(directoryBytes));
    }
    return new RunPoolClient(this, client, directoryBytes);
  }

  /// Bytes of all that it reserved: anchors, headers, holders, columns, what was freed, and slack.
  public long bytes() {
    long table = owner == null ? (long) config.anchorBuckets() * Layout.LINE : 0;
    return regions.stream().mapToLong(Regions::reservedBytes).sum() + table + Layout.LINE;
  }

  private Owner owner() {
    if (owner == null) {
      throw new IllegalStateException("writing: %s (expected: OWNER)".formatted(config.writing()));
    }
    return owner;
  }

  RunPoolConfig config() {
    return config;
  }

  Fault fault() {
    return fault;
  }

  long root() {
    return root;
  }

  MemoryPool pool() {
    return pool;
  }

  /// The time, as all clocks together say.
  double timeNs(double clientNs) {
    timeNs = Math.max(timeNs, clientNs);
    return timeNs;
  }

  /// Lets the owner do what a client's message says.
  ///
  /// @param answer where what the client is told goes, in which nothing may be awaited
  int message(PoolClient client, ToIntFunction<Owner> work, Runnable answer) {
    var writing = owner();
    writing.begin(timeNs(client.nowNs()));
    try {
      int result = work.applyAsInt(writing);
      answer.run();
      return result;
    } finally {
      writing.end();
    }
  }

  Reply reply() {
    return owner().reply();
  }
}
