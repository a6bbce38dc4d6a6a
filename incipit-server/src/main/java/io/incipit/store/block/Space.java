// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

import java.util.concurrent.atomic.LongAdder;

/// The blocks of one namespace under one contract: what is never mixed with others. Thread-safe.
public final class Space {
  private static final int FUTILE_READS = 64;
  private static final int FUTILE_BLOCKS = 1_024;

  private final String name;
  private final boolean wide;
  private final long seed;

  /// Blocks that were committed, and prefixes of which nothing was there, since some was.
  private final LongAdder committed = new LongAdder();

  private final LongAdder missed = new LongAdder();
  private volatile boolean open;

  /// In its table; -1 before that has a block of it. The writer's.
  private int number = -1;

  /// Whether its blocks are being removed.
  private volatile boolean leaving;

  /// @param name as in [BlockKey#space]
  /// @param wide whether identities have 16 bytes
  /// @param storeSeed of the store's hashes
  public Space(String name, boolean wide, long storeSeed) {
    this.name = name;
    this.wide = wide;
    this.seed = BlockKey.seed(name, storeSeed);
  }

  /// With what keys begin.
  public String name() {
    return name;
  }

  /// The namespace.
  public String namespace() {
    return BlockKey.namespace(name);
  }

  /// Whether identities have 16 bytes; else 8.
  public boolean wide() {
    return wide;
  }

  /// The number of a block in its store.
  public long id(long high, long low) {
    return BlockKey.id(seed, high, low);
  }

  /// Whether blocks may be put and read: the namespace has this contract.
  public boolean isOpen() {
    return open;
  }

  /// Lets blocks be put and read, or not any more.
  public void open(boolean opens) {
    open = opens;
  }

  /// Whether the blocks are being removed, since the namespace was dropped.
  public boolean isLeaving() {
    return leaving;
  }

  /// Says whether the blocks are being removed.
  public void leaving(boolean leaves) {
    leaving = leaves;
  }

  int number() {
    return number;
  }

  void number(int inTable) {
    number = inTable;
  }

  /// Blocks were committed.
  public void committed(long blocks) {
    committed.add(blocks);
  }

  /// A prefix was read.
  ///
  /// @param hit whether any of it was there
  public void read(boolean hit) {
    if (hit) {
      committed.reset();
      missed.reset();
    } else {
      missed.increment();
    }
  }

  /// Whether many blocks were put and many prefixes asked for since anything was found: whoever
  /// reads seems not to ask for what is written.
  public boolean isFutile() {
    return missed.sum() >= FUTILE_READS && committed.sum() >= FUTILE_BLOCKS;
  }
}
