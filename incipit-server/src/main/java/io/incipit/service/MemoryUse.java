// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import java.util.concurrent.atomic.AtomicLong;

/// What the indexes of all namespaces take together, and what shares the memory with them.
/// Thread-safe.
///
/// An index that meets the limit makes room, by leaving out its coldest leaves; what is beside the
/// indexes cannot, so it is refused a little before that, and then no index has to. Of a small part
/// it is sure, for which indexes make room.
final class MemoryUse {
  /// What is left to indexes, as a part of all: what was taken beside them comes to them later.
  private static final int SPARE_PARTS = 16;

  /// What may be taken beside indexes though they fill all, as a part of all.
  private static final int SURE_PARTS = 8;

  private final long limitBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong besideBytes = new AtomicLong();
  private final AtomicLong blocks = new AtomicLong();

  /// What is kept free for indexes that are below their floors.
  private final AtomicLong reservedBytes = new AtomicLong();

  MemoryUse(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  void add(long moreBytes, long moreBlocks) {
    bytes.addAndGet(moreBytes);
    blocks.addAndGet(moreBlocks);
  }

  void reserve(long moreBytes) {
    reservedBytes.addAndGet(moreBytes);
  }

  void addBeside(long moreBytes) {
    besideBytes.addAndGet(moreBytes);
  }

  /// Whether so much more may be taken beside the indexes.
  boolean admits(long moreBytes) {
    long beside = besideBytes.get() + moreBytes;
    return beside <= limitBytes / SURE_PARTS
        || beside + bytes.get() + reservedBytes.get() <= limitBytes - limitBytes / SPARE_PARTS;
  }

  long limitBytes() {
    return limitBytes;
  }

  /// Of the indexes.
  long bytes() {
    return bytes.get();
  }

  /// Of what is beside the indexes.
  long besideBytes() {
    return besideBytes.get();
  }

  /// What is kept free for indexes that are below their floors.
  long reservedBytes() {
    return reservedBytes.get();
  }

  long blocks() {
    return blocks.get();
  }
}
