// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.event;

import java.util.ArrayList;
import java.util.List;

/// The events of one message, in order: an engine's order is the only right one, since a batch may
/// remove what it stored. Filled again for each message. For one thread.
public final class EventBatch {
  private final List<EngineEvent> pool = new ArrayList<>();
  private int count;

  /// Seconds since 1970 at which the engine made it, 0 if it does not say.
  double timeSeconds;

  /// Rank that it says it is of; -1 if it does not say.
  int rank = -1;

  /// Events whose tag nobody knows.
  int unknown;

  /// A batch that a decoder may fill.
  public EventBatch() {}

  void clear() {
    count = 0;
    timeSeconds = 0;
    rank = -1;
    unknown = 0;
  }

  /// The next event to be filled.
  EngineEvent add() {
    if (count == pool.size()) {
      pool.add(new EngineEvent());
    }
    var event = pool.get(count);
    count++;
    event.clear();
    return event;
  }

  public int size() {
    return count;
  }

  public EngineEvent get(int i) {
    if (i >= count) {
      throw new IndexOutOfBoundsException("event: %d (expected: 0 to %d)".formatted(i, count - 1));
    }
    return pool.get(i);
  }

  public double timeSeconds() {
    return timeSeconds;
  }

  public int rank() {
    return rank;
  }

  public int unknown() {
    return unknown;
  }
}
