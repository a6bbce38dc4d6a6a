// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.stream.Projection;

/// One namespace that exists: its projection, the lane that writes it, and what it takes of the
/// memory that all share.
final class Tenant {
  private final Projection projection;
  private final Lane lane;
  private final MemoryUse use;

  /// Written once, by whoever drops the namespace.
  private volatile boolean dropped;

  /// Whether the lane knows that there is something to sweep. For the lane alone.
  private boolean unswept;

  /// What [#use] was last told. Guarded by this.
  private long bytes;

  private long blocks;

  Tenant(Projection projection, Lane lane, MemoryUse use) {
    this.projection = projection;
    this.lane = lane;
    this.use = use;
    account();
  }

  Projection projection() {
    return projection;
  }

  Lane lane() {
    return lane;
  }

  boolean dropped() {
    return dropped;
  }

  /// Notes that there may be something to sweep, or that there is nothing.
  ///
  /// @return whether that is news
  boolean unswept(boolean unswept) {
    boolean news = this.unswept != unswept;
    this.unswept = unswept;
    return news;
  }

  /// Gives this namespace the memory that the others have left. For the lane alone.
  void limit() {
    projection.limitBytes(Math.max(0, use.limitBytes() - use.bytes() + bytes()));
  }

  /// Tells the shared account what this namespace takes now.
  synchronized void account() {
    if (!dropped) {
      var sizes = projection.snapshot();
      add(sizes.treeBytes() + sizes.byHashBytes(), sizes.blocks());
    }
  }

  /// Takes this namespace out of the shared account, for good.
  synchronized void drop() {
    if (!dropped) {
      add(0, 0);
      dropped = true;
    }
  }

  private void add(long bytesNow, long blocksNow) {
    use.add(bytesNow - bytes, blocksNow - blocks);
    bytes = bytesNow;
    blocks = blocksNow;
  }

  private synchronized long bytes() {
    return bytes;
  }
}
