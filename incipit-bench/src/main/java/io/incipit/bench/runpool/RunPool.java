// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.bench.pool.LocalMemory;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Transport;
import java.util.function.ToIntFunction;

/// A run index in one-sided memory: which blocks of chains exist and who holds them. Blocks are
/// known by chained hashes of 64 bits, which are not 0. What unbranched blocks have in common is
/// kept once for all of them. For one thread at a time.
public final class RunPool {
  private final MemoryPool pool;
  private final RunPoolConfig config;
  private final Fault fault;
  private final Regions regions;
  private final long root;
  private final Owner owner;
  private double timeNs;

  private RunPool(MemoryPool pool, RunPoolConfig config, Transport transport, Fault fault) {
    this.pool = pool;
    this.config = config;
    this.fault = fault;
    this.regions = new Regions(pool, fault == Fault.NO_QUARANTINE ? 0 : config.leaseNs());
    this.root = pool.reserve(Layout.LINE, Layout.LINE);
    var memory = new LocalMemory(pool, transport);
    this.owner = new Owner(memory, regions, root, config, fault);
  }

  /// An empty one.
  ///
  /// @throws IllegalArgumentException if clients are to write: that is not built
  public static RunPool create(MemoryPool pool, RunPoolConfig config) {
    return create(pool, config, Transport.WHOLE, Fault.NONE);
  }

  /// One whose owner's accesses go through a transport, and that may have a fault.
  static RunPool create(MemoryPool pool, RunPoolConfig config, Transport transport, Fault fault) {
    if (config.writing() != Writing.OWNER) {
      throw new IllegalArgumentException(
          "writing: %s (expected: OWNER)".formatted(config.writing()));
    }
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
    return regions.reservedBytes() + Layout.LINE;
  }

  /// Anchors, and buckets that they are in; for figures and tests.
  int anchorBuckets() {
    return owner.anchors().buckets();
  }

  long anchors() {
    return owner.anchors().count();
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
    owner.begin(timeNs(client.nowNs()));
    try {
      int result = work.applyAsInt(owner);
      answer.run();
      return result;
    } finally {
      owner.end();
    }
  }

  Reply reply() {
    return owner.reply();
  }
}
