// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

import java.util.concurrent.atomic.AtomicLong;
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

  /// What the contract says of it, once somebody has attached; empty if nothing.
  private volatile String salt = "";

  /// Where [its salt][#salt] is counted, of whom that does. The writer's.
  private int saltPlace;

  private final AtomicLong keys = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong blocks = new AtomicLong();

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

  /// The salt of the contract; empty if it has none, or nobody has attached under it yet.
  public String salt() {
    return salt;
  }

  /// Says what the contract has for a salt.
  public void salt(String ofContract) {
    salt = ofContract;
  }

  /// Where the salt is counted, 0 for nowhere. Writer.
  public int saltPlace() {
    return saltPlace;
  }

  /// Says where the salt is counted. Writer.
  public void saltPlace(int place) {
    saltPlace = place;
  }

  /// Parts of blocks have come to memory, or left it.
  ///
  /// @param more so many; negative if they left
  /// @param moreBytes of their values; negative if they left
  public void holds(long more, long moreBytes) {
    keys.addAndGet(more);
    bytes.addAndGet(moreBytes);
  }

  /// Parts of blocks that have a value in memory.
  public long keys() {
    return keys.get();
  }

  /// Bytes of their values.
  public long bytes() {
    return bytes.get();
  }

  /// Blocks that the store has, in memory or below.
  public long blocks() {
    return blocks.get();
  }

  void counts(long more) {
    blocks.addAndGet(more);
  }

  void countsNone() {
    blocks.set(0);
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
