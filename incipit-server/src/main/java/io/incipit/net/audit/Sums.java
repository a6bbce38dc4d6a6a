// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What is denied again and again: of one kind, for one reason and from one address the first
/// [#LINES] of a second are lines of their own, and the others one line together. Thread-safe.
///
/// Beyond [#ADDRESSES_MAX] such threesomes in a second the addresses of the others are taken for
/// one, which has no name.
final class Sums {
  static final int LINES = 5;
  static final int ADDRESSES_MAX = 256;
  static final long SECOND_NS = 1_000_000_000L;

  private record Key(AuditEvent.Kind kind, String listener, String host, String reason) {
    static Key of(AuditEvent event, String host) {
      return new Key(event.kind(), event.origin().listener(), host, event.reason());
    }
  }

  /// A second of one key.
  private static final class Sum {
    private final long startedNs;
    private int said;
    private long unsaid;
    private long lastMillis;

    Sum(long startedNs) {
      this.startedNs = startedNs;
    }
  }

  private final Map<Key, Sum> sums = new HashMap<>();
  private final List<Line> over = new ArrayList<>();

  /// Whether an event is a line of its own; if not it is counted.
  synchronized boolean passes(AuditEvent event, long nowNs, long wallMillis) {
    var key = Key.of(event, event.origin().host());
    var sum = sums.get(key);
    if (sum == null && sums.size() >= ADDRESSES_MAX) {
      key = Key.of(event, "");
      sum = sums.get(key);
    }
    if (sum == null || nowNs - sum.startedNs >= SECOND_NS) {
      if (sum != null) {
        end(key, sum);
      }
      sum = new Sum(nowNs);
      sums.put(key, sum);
    }
    if (sum.said < LINES) {
      sum.said++;
      return true;
    }
    sum.unsaid++;
    sum.lastMillis = wallMillis;
    return false;
  }

  private void end(Key key, Sum sum) {
    if (sum.unsaid > 0) {
      var origin = new AuditEvent.Origin(key.listener, "", key.host, 0);
      var event = AuditEvent.of(key.kind, AuditEvent.Outcome.DENIED);
      over.add(new Line(sum.lastMillis, event.from(origin).since(key.reason), sum.unsaid));
    }
  }

  /// The lines of those seconds that are over, which are forgotten.
  ///
  /// @param all whether the others are taken for over
  synchronized List<Line> take(long nowNs, boolean all) {
    sums.entrySet()
        .removeIf(
            entry -> {
              boolean ends = all || nowNs - entry.getValue().startedNs >= SECOND_NS;
              if (ends) {
                end(entry.getKey(), entry.getValue());
              }
              return ends;
            });
    var taken = List.copyOf(over);
    over.clear();
    return taken;
  }
}
