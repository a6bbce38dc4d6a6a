// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

import io.incipit.store.Arrival;
import io.incipit.store.Store;
import io.incipit.store.block.Block;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Brings blocks from disk to memory before anybody reads them: four values at a time, and at most
/// a quarter of the memory altogether. What has come is kept as anything else is, by the policy.
///
/// Blocks are added by one event loop. From [#begin] on the store's readers drive it, one at a
/// time, and nobody waits for it.
final class Prefetch implements AutoCloseable {
  /// Of the memory that one may fill.
  private static final int PART = 4;

  private static final int AHEAD = 4;

  /// Values that are looked for while blocks are added.
  private static final int LOOKS_MAX = 16_384;

  private final Store store;
  private final Store.Visitor visitor;
  private final List<byte[]> missing = new ArrayList<>();
  private final ArrayDeque<Arrival> under = new ArrayDeque<>();

  /// Who wants a step, the one who does it included.
  private final AtomicInteger turns = new AtomicInteger();

  private long bytesLeft;
  private int looks;

  /// What was begun of those that are missing.
  private int next;

  private volatile boolean done;

  Prefetch(Store store, Store.Visitor visitor) {
    this.store = store;
    this.visitor = visitor;
    this.bytesLeft = store.totalBytes() / PART;
  }

  /// Adds a block, before the beginning.
  ///
  /// @return whether it is in memory or will be brought there; false if it is gone, or too much
  boolean add(Block block) {
    if (looks + block.parts() > LOOKS_MAX) {
      return false;
    }
    looks += block.parts();
    var more = new ArrayList<byte[]>();
    long bytes = 0;
    var key = block.key();
    for (int part = 0; part < block.parts(); part++) {
      var name = key.bytes(part);
      if (store.isInMemory(name)) {
        continue;
      }
      var found = store.find(name);
      if (found.isEmpty()) {
        return false;
      }
      bytes += found.get().length();
      more.add(name);
    }
    if (bytes > bytesLeft) {
      return false;
    }
    bytesLeft -= bytes;
    missing.addAll(more);
    return true;
  }

  /// Begins to bring what is missing.
  void begin() {
    turn();
  }

  /// Whether nothing more is brought.
  boolean isDone() {
    return done;
  }

  /// Does the next step, or leaves it to whoever does one. Any thread.
  private void turn() {
    if (turns.getAndIncrement() != 0) {
      return;
    }
    int seen;
    do {
      seen = turns.get();
      try {
        step();
      } catch (RuntimeException | OutOfMemoryError failure) {
        // It was worth a try; whoever wakes this has others to wake.
        done = true;
      }
    } while (!turns.compareAndSet(seen, 0));
  }

  private void step() {
    under.removeIf(Prefetch::isOver);
    while (!done && under.size() < AHEAD && next < missing.size()) {
      var key = missing.get(next);
      next++;
      if (!store.isInMemory(key)) {
        visitor.bring(key, this::turn).filter(arrival -> !isOver(arrival)).ifPresent(under::add);
      }
    }
    done |= under.isEmpty();
  }

  /// Lets go of what has arrived.
  private static boolean isOver(Arrival arrival) {
    if (!arrival.isDone()) {
      return false;
    }
    arrival.close();
    return true;
  }

  /// Begins to bring nothing more; what is under way arrives.
  @Override
  public void close() {
    done = true;
  }
}
