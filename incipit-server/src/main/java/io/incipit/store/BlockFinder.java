// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.store.disk.DiskStore;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// Finds the blocks that were on disk at the start, on a thread of its own. It reads the header of
/// each record, so it begins when somebody attaches: stores without blocks are spared it.
final class BlockFinder {
  /// How often it is asked whether the disk has been scanned.
  private static final long AGAIN_NS = 10_000_000;

  private static final int FOUND_A_CHANGE = 512;

  private final DiskStore disk;
  private final Blocks blocks;
  private final Promotion.Changes changes;
  private final AtomicBoolean started = new AtomicBoolean();
  private final Thread thread;
  private volatile boolean stopping;
  private volatile boolean ended;

  /// @param changes runs something as a change of the store
  BlockFinder(DiskStore disk, Blocks blocks, Promotion.Changes changes) {
    this.disk = disk;
    this.blocks = blocks;
    this.changes = changes;
    this.thread = Thread.ofPlatform().name("store-finder").daemon().unstarted(this::run);
  }

  /// Begins, once. Any thread.
  ///
  /// @return whether it has ended
  boolean start() {
    if (started.compareAndSet(false, true)) {
      thread.start();
    }
    return ended;
  }

  /// Whether it has begun and not ended. Any thread.
  boolean isFinding() {
    return thread.isAlive();
  }

  private void run() {
    while (disk.isRecovering() && !stopping) {
      LockSupport.parkNanos(AGAIN_NS);
    }
    long cursor = 0;
    do {
      var keys = new ArrayList<byte[]>();
      cursor = stopping ? 0 : disk.scan(cursor, FOUND_A_CHANGE, keys::add);
      if (!changes.run(() -> keys.forEach(blocks::found))) {
        // What was found is found again.
        changes.run(() -> keys.forEach(blocks::found));
      }
    } while (cursor != 0);
    if (!stopping) {
      changes.run(
          () -> {
            ended = true;
            blocks.foundAll();
          });
    }
  }

  /// Ends what is under way.
  void stop() throws InterruptedException {
    stopping = true;
    if (thread.isAlive()) {
      LockSupport.unpark(thread);
      thread.join();
    }
  }
}
