// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.block.ErrorCode;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.quota.Limits;
import io.incipit.quota.Quotas;
import io.incipit.stream.Projection;
import java.util.concurrent.atomic.AtomicBoolean;

/// One namespace that exists: its projection, the lane that writes it, and what it takes of the
/// memory that all share.
final class HostedNamespace {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /// What a namespace takes beside what it counts: scratch of its writer, counters, its name. One
  /// with a block counts 2.4 KB of the 8.1 that it takes of a heap.
  private static final long SCRATCH_BYTES = 11L << 9;

  private final Projection projection;
  private final Lane lane;
  private final MemoryUse use;
  private final Quotas quotas;
  private final BusyOwners busy = new BusyOwners();

  /// For the lane alone.
  private final Backoff backoff = new Backoff();

  /// Whether a change has failed and the index is not replaced yet. For the lane alone.
  private boolean broken;

  /// Written once, by whoever drops the namespace.
  private volatile boolean dropped;

  /// Whether the lane knows that there is something to sweep. For the lane alone.
  private boolean unswept;

  /// Whether the lane is to look whether there is too much.
  private final AtomicBoolean untidy = new AtomicBoolean();

  /// What [#use] was last told. Guarded by this.
  private long bytes;

  private long blocks;

  /// What of its floor is kept free for it.
  private long reserved;

  HostedNamespace(Projection projection, Lane lane, MemoryUse use, Quotas quotas) {
    this.projection = projection;
    this.lane = lane;
    this.use = use;
    this.quotas = quotas;
    account();
  }

  Projection projection() {
    return projection;
  }

  Lane lane() {
    return lane;
  }

  BusyOwners busy() {
    return busy;
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

  /// Notes that the lane is to look whether there is too much, or that it does. For any thread.
  ///
  /// @return whether that is news
  boolean untidy(boolean now) {
    return untidy.getAndSet(now) != now;
  }

  /// Applies a publish, in the memory that others have left. For the lane alone.
  ///
  /// An exception leaves the namespace broken, which [#mend] ends, and its owner has to wait.
  Reply publish(Op.Publish op, long nowNs) {
    long leftNs = backoff.leftNs(op.owner(), nowNs);
    if (leftNs > 0) {
      return new Reply.Refused(
          ErrorCode.BUSY,
          "%d a publish of %s failed (expected: a re-base in %d s)"
              .formatted(
                  projection.expectedSeq(op.owner()),
                  op.owner(),
                  1 + (leftNs - 1) / NANOS_PER_SECOND));
    }
    try {
      limit();
      return projection.publish(op);
    } catch (RuntimeException | Error failure) {
      broken = true;
      backoff.failed(op.owner(), nowNs);
      throw failure;
    }
  }

  /// What others have, and what is kept free for them, this namespace cannot have; but its floor it
  /// can.
  private synchronized void limit() {
    var limits = limits();
    long others = use.besideBytes() + use.bytes() - bytes + use.reservedBytes() - reserved;
    long left = Math.max(limits.indexFloor(), use.limitBytes() - others) - SCRATCH_BYTES;
    projection.limit(Math.max(0, left), limits.blocks());
  }

  private Limits limits() {
    return quotas.of(projection.namespace().name());
  }

  /// Sweeps one slice, in the memory that others have left. For the lane alone.
  ///
  /// An exception leaves the namespace broken, which [#mend] ends.
  ///
  /// @return whether there is more to do
  boolean sweep() {
    try {
      limit();
      return projection.sweep();
    } catch (RuntimeException | Error failure) {
      broken = true;
      throw failure;
    }
  }

  /// Replaces the index if a change of it has failed. For the lane alone.
  void mend() {
    if (broken) {
      projection.restart();
      broken = false;
    }
  }

  /// Tells the shared account what this namespace takes now.
  synchronized void account() {
    if (!dropped) {
      add(SCRATCH_BYTES + projection.bytes(), projection.snapshot().blocks());
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
    long reservedNow = bytesNow == 0 ? 0 : Math.max(0, limits().indexFloor() - bytesNow);
    use.reserve(reservedNow - reserved);
    reserved = reservedNow;
  }
}
