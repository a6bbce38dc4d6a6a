// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.store.retain.PathGuess;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// What clients asked for, on its way from event loops to the store's writer, who tells the policy.
/// In order for each client. Whatever is too much is left out and counted: it costs the policy a
/// guess, and nobody a value.
final class Visits {
  /// Visits that may wait; each takes some 50 B.
  private static final int MAX = 65_536;

  /// Visits that a change which must not take long may find waiting.
  static final int FEW = 1_024;

  /// @param id of the family that was asked for
  private record Visit(PathGuess.Connection connection, long timeNs, long id, boolean last) {}

  /// What is done about a visit.
  interface Listener {
    /// A client asked for a value.
    ///
    /// @param id of its family
    void asked(PathGuess.Connection connection, long timeNs, long id);
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
    if (waiting.get() >= MAX) {
      dropped.increment();
      return;
    }
    add(new Visit(connection, timeNs, id, false));
  }

  /// A client is gone. Any thread.
  void left(PathGuess.Connection connection, long timeNs) {
    add(new Visit(connection, timeNs, 0, true));
  }

  private void add(Visit visit) {
    waiting.incrementAndGet();
    queue.add(visit);
  }

  /// Tells all that waits. Writer.
  void tell() {
    for (var visit = queue.poll(); visit != null; visit = queue.poll()) {
      waiting.decrementAndGet();
      if (visit.last) {
        visit.connection.close();
      } else {
        listener.asked(visit.connection, visit.timeNs, visit.id);
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
