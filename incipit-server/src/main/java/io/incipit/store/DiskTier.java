// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.block.Stat;
import io.incipit.env.Clock;
import io.incipit.env.RawDisk;
import io.incipit.store.disk.DiskConfig;
import io.incipit.store.disk.DiskSnapshot;
import io.incipit.store.disk.DiskStore;
import io.incipit.store.disk.DiskStore.Outcome;
import io.incipit.store.disk.record.KeyHash;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The tier `DISK` of a store: what is below its memory, and how values go there and come back.
///
/// A key's value is the one in memory, if there is one; what is on disk of the same key is the same
/// value, or its removal is under way.
final class DiskTier {
  /// Between two looks whether a full disk has room again.
  private static final long TICK_NS = 5_000_000_000L;

  /// Of values that are on their way to disk at a stop.
  private static final long FLUSHED_BYTES = 64L << 20;

  /// A value on its way at a stop.
  private record Copy(KeyHash hash, CompletableFuture<Outcome> outcome) {}

  final DiskStore disk;
  final DiskTenants tenants;

  private final Clock clock;
  private final long limitBytes;
  private final long metadataLimitBytes;
  private long tickedNs;

  private DiskTier(
      DiskStore disk, DiskTenants tenants, Clock clock, long limitBytes, long metadataLimitBytes) {
    this.limitBytes = limitBytes;
    this.metadataLimitBytes = metadataLimitBytes;
    this.disk = disk;
    this.tenants = tenants;
    this.clock = clock;
    this.tickedNs = clock.nanoTime();
  }

  /// Opens the files.
  ///
  /// @param metadataLimitBytes of heap, beyond which no more is taken
  static DiskTier open(DiskConfig config, long metadataLimitBytes, RawDisk raw, Clock clock)
      throws IOException {
    var tenants = new DiskTenants(clock);
    var disk = DiskStore.open(config, raw, clock, tenants, KeyFamily::name);
    return new DiskTier(disk, tenants, clock, config.capacityBytes(), metadataLimitBytes);
  }

  /// Does what waits. The store's writer, every now and then.
  void tick(Demotion demotion) {
    tenants.tell(one -> demotion.gaveUp(one.hash(), one.wrong()));
    demotion.tick(disk.metadataBytes() < metadataLimitBytes);
    if (clock.nanoTime() - tickedNs >= TICK_NS) {
      tickedNs = clock.nanoTime();
      tenants.tick();
      disk.tick();
    }
  }

  /// Copies all of a pool to disk that is not there and does not expire, as far as time allows.
  /// The store's writer; blocks.
  void flush(Demotion demotion, Duration most) throws InterruptedException {
    long deadlineNs = clock.nanoTime() + most.toNanos();
    var copies = new ArrayDeque<Copy>();
    var failed = new ArrayList<KeyHash>();
    for (int slot : demotion.uncopied()) {
      while (disk.waitingBytes() >= FLUSHED_BYTES && !copies.isEmpty()) {
        settle(copies.remove(), deadlineNs, failed);
      }
      boolean late = deadlineNs - clock.nanoTime() <= 0;
      var outcome = late ? CompletableFuture.completedFuture(Outcome.BUSY) : demotion.copy(slot);
      copies.add(new Copy(demotion.name(slot), outcome));
    }
    while (!copies.isEmpty()) {
      settle(copies.remove(), deadlineNs, failed);
    }
    // What is on its way still must not come after its relatives went.
    failed.forEach(demotion::remove);
    var removals = new ArrayList<>(demotion.takeRemovals());
    failed.forEach(hash -> removals.addAll(demotion.lostForGood(hash)));
    // Memory goes too: what disk gave up meanwhile, to make room, is in no tier any more. Removals
    // need room as well, so more may be given up for them.
    boolean inTime;
    do {
      inTime = haveEnded(removals, deadlineNs);
      removals.clear();
      tenants.tell(one -> removals.addAll(demotion.lostForGood(one.hash())));
    } while (inTime && !removals.isEmpty());
  }

  /// Waits for removals, but not beyond a time.
  private boolean haveEnded(List<CompletableFuture<Outcome>> removals, long deadlineNs)
      throws InterruptedException {
    try {
      long leftNs = Math.max(0, deadlineNs - clock.nanoTime());
      CompletableFuture.allOf(removals.toArray(CompletableFuture[]::new))
          .get(leftNs, TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException | TimeoutException _) {
      return false;
    }
  }

  private void settle(Copy copy, long deadlineNs, List<KeyHash> failed)
      throws InterruptedException {
    boolean durable = false;
    try {
      long leftNs = Math.max(0, deadlineNs - clock.nanoTime());
      durable = copy.outcome.get(leftNs, TimeUnit.NANOSECONDS) == Outcome.DURABLE;
    } catch (ExecutionException | TimeoutException _) {
      // It is not on disk then.
    }
    if (!durable) {
      failed.add(copy.hash);
    }
  }

  /// Sizes and counters, each of some moment.
  List<Stat> stats() {
    var now = disk.snapshot();
    return List.of(
        Stat.gauge("disk-keys", now.values()),
        Stat.gauge("disk-bytes", now.bytes()),
        Stat.gauge("disk-limit-bytes", limitBytes),
        Stat.gauge("disk-pressure", 100 * now.bytes() / limitBytes),
        Stat.gauge("disk-extents", now.extents()),
        Stat.gauge("disk-metadata-bytes", now.heapBytes()),
        Stat.gauge("disk-queue-bytes", now.queuedBytes()),
        Stat.gauge("disk-writable", now.mode() == DiskSnapshot.Mode.WRITABLE ? 1 : 0),
        Stat.gauge("disk-recovering", now.recovering() ? 1 : 0),
        Stat.gauge("disk-read-bytes-per-second", now.readBytesPerSecond()),
        Stat.gauge("disk-write-bytes-per-second", now.writtenBytesPerSecond()),
        Stat.counter("disk-bytes-read", now.readBytes()),
        Stat.counter("disk-bytes-written", now.writtenBytes()),
        Stat.counter("disk-syncs", now.syncs()),
        Stat.counter("disk-torn", now.torn()),
        Stat.counter("disk-foreign", now.foreign()),
        Stat.counter("disk-unknown-versions", now.unknown()),
        Stat.counter("disk-corrupt", now.corrupt()),
        Stat.counter("disk-unreadable", now.unreadable()),
        Stat.counter("disk-quarantined", now.quarantined()),
        Stat.counter("disk-reclaimed", now.reclaimed()),
        Stat.counter("disk-given-up", now.givenUp()),
        Stat.counter("disk-reinserted", now.reinserted()),
        Stat.counter("disk-refused", now.refused()),
        Stat.counter("disk-failed", now.failed()),
        Stat.counter("disk-scrubbed-bytes", now.scrubbed()));
  }

  /// What is known of the value of a key, by what is in memory.
  Optional<Store.Found> find(KeyHash hash) {
    var length = disk.length(hash);
    return length.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Store.Found(
                length.getAsInt(), Store.NEVER, DiskStore.MEMORY_BYTES, ~disk.birth(hash)));
  }

  /// Whether a key has a value on disk, by what is in memory.
  boolean has(KeyHash hash) {
    return disk.length(hash).isPresent();
  }

  /// What to tell whoever removed everything; empty if all is well.
  static String refusalOfClear(Outcome outcome) {
    return outcome == Outcome.DURABLE
        ? ""
        : "BUSY all is removed, but not all files could be deleted, and a restart may find some: %s"
            .formatted(outcome);
  }

  /// Whether a removal holds in this process only, until the disk takes it.
  static boolean isOwed(CompletableFuture<Outcome> removal) {
    return switch (removal.join()) {
      case DURABLE, NOTHING, SUPERSEDED -> false;
      default -> true;
    };
  }

  /// What to tell whoever asked for copies that have ended; empty if all are durable.
  static String refusal(List<CompletableFuture<Outcome>> copies) {
    return copies.stream()
        .map(DiskTier::refusal)
        .filter(refusal -> !refusal.isEmpty())
        .findFirst()
        .orElse("");
  }

  private static String refusal(CompletableFuture<Outcome> copy) {
    var outcome = copy.join();
    return outcome == Outcome.DURABLE || outcome == Outcome.SUPERSEDED
        ? ""
        : "BUSY the value is in memory and not on disk: %s (store.durability: disk)"
            .formatted(outcome);
  }
}
