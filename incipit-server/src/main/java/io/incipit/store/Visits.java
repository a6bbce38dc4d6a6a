// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.block.Hint;
import io.incipit.store.retain.PathGuess;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// What clients asked for, on its way from event loops to the store's writer, who tells the policy.
/// In order for each client. Whatever is too much is left out and counted: it costs the policy a
/// guess, and nobody a value.
final class Visits {
  /// Visits that may wait, a path for as many as it has ids; each takes some 50 B.
  private static final int MAX = 65_536;

  /// What one change tells, about.
  private static final int TOLD_A_CHANGE = 16_384;

  /// Visits that a change which must not take long may find waiting.
  static final int FEW = 1_024;

  private sealed interface Visit {
    /// What it counts for.
    default int weight() {
      return 1;
    }
  }

  /// @param id of the family that was asked for
  private record Asked(PathGuess.Connection connection, long timeNs, long id) implements Visit {}

  private record Left(PathGuess.Connection connection, long timeNs) implements Visit {}

  /// A path that a client asked for, or of which it said what becomes.
  private static final class Named implements Visit {
    final long timeNs;
    final long[] ids;
    final int blockTokens;
    final Hint hint;

    Named(long timeNs, long[] ids, int blockTokens, Hint hint) {
      this.timeNs = timeNs;
      this.ids = ids;
      this.blockTokens = blockTokens;
      this.hint = hint;
    }

    @Override
    public int weight() {
      return Math.max(1, ids.length);
    }
  }

  /// What is done about a visit.
  interface Listener {
    /// A client asked for a value.
    ///
    /// @param id of its family
    void asked(PathGuess.Connection connection, long timeNs, long id);

    /// A client asked for a path that it named, or said what becomes of it.
    ///
    /// @param ids of the families from the root
    /// @param blockTokens of each of them
    void named(long timeNs, long[] ids, int blockTokens, Hint hint);
  }

  private final Listener listener;
  private final ConcurrentLinkedQueue<Visit> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder dropped = new LongAdder();

  Visits(Listener listener) {
    this.listener = listener;
  }

  /// A client asked for a value. Any thread.
  void asked(PathGuess.Connection connection, long timeNs, long id) {
    addUnlessFull(new Asked(connection, timeNs, id));
  }

  /// A client asked for a path that it named, or said what becomes of it. Any thread.
  ///
  /// @param ids not changed by anybody from here on
  void named(long timeNs, long[] ids, int blockTokens, Hint hint) {
    addUnlessFull(new Named(timeNs, ids, blockTokens, hint));
  }

  private void addUnlessFull(Visit visit) {
    if (waiting.get() >= MAX) {
      dropped.increment();
    } else {
      add(visit);
    }
  }

  /// A client is gone. Any thread.
  void left(PathGuess.Connection connection, long timeNs) {
    add(new Left(connection, timeNs));
  }

  private void add(Visit visit) {
    waiting.addAndGet(visit.weight());
    queue.add(visit);
  }

  /// Tells what waits, or much of it. Writer.
  void tell() {
    int told = 0;
    while (told < TOLD_A_CHANGE) {
      var visit = queue.poll();
      if (visit == null) {
        return;
      }
      told += visit.weight();
      waiting.addAndGet(-visit.weight());
      switch (visit) {
        case Asked(var connection, long timeNs, long id) -> listener.asked(connection, timeNs, id);
        case Left(var connection, _) -> connection.close();
        case Named path -> listener.named(path.timeNs, path.ids, path.blockTokens, path.hint);
      }
    }
  }

  /// Visits that wait.
  int waiting() {
    return waiting.get();
  }

  /// Visits that were left out.
  long dropped() {
    return dropped.sum();
  }
}
