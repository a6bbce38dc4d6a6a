// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.block.Op;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// Owners of one namespace of which a publish was refused because the lane was full. What follows
/// it in their streams is refused too, until it comes: taken before it, it would leave a gap. The
/// last [#OWNERS_MAX] are remembered. Thread-safe.
final class BusyOwners {
  private static final int OWNERS_MAX = 16_384;

  /// The publish that was refused.
  private record Refused(long incarnation, long seq) {}

  /// Guarded by this.
  private final Map<String, Refused> refused =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Refused> eldest) {
          return size() > OWNERS_MAX;
        }
      };

  private final AtomicInteger count = new AtomicInteger();

  /// The number that has to come before a publish; 0 if the lane may have it.
  long awaited(Op.Publish op) {
    if (count.get() == 0 || op.changes().isEmpty() || op.isRebase()) {
      return 0;
    }
    synchronized (this) {
      var first = refused.get(op.owner());
      return first != null && op.incarnation() == first.incarnation && op.seq() > first.seq
          ? first.seq
          : 0;
    }
  }

  /// Notes that the lane took a publish.
  void taken(Op.Publish op) {
    if (count.get() > 0 && !op.changes().isEmpty()) {
      synchronized (this) {
        var first = refused.get(op.owner());
        if (first != null
            && (op.incarnation() > first.incarnation
                || (op.incarnation() == first.incarnation
                    && (op.isRebase() || op.seq() == first.seq)))) {
          refused.remove(op.owner());
          count.set(refused.size());
        }
      }
    }
  }

  /// Notes that a publish was refused.
  synchronized void refused(Op.Publish op) {
    if (!op.changes().isEmpty()) {
      var first = refused.get(op.owner());
      if (first == null || op.incarnation() > first.incarnation || op.isRebase()) {
        refused.remove(op.owner());
        refused.put(op.owner(), new Refused(op.incarnation(), op.seq()));
        count.set(refused.size());
      }
    }
  }
}
