// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// What is counted of one source. Thread-safe.
final class SourceCounts {
  /// What is counted.
  enum Count {
    /// Messages applied.
    BATCHES,
    /// Events in them.
    EVENTS,
    /// Copies of blocks stored.
    STORED,
    /// Copies of blocks removed.
    REMOVED,
    /// How often the engine said that it holds nothing.
    CLEARED,
    /// Events with a tag that nobody knows.
    UNKNOWN_EVENTS,
    /// Blocks left aside: of other groups and kinds of layers, or elsewhere.
    ASIDE,
    /// Removals of blocks of which no copy was known.
    NOT_HELD,
    /// Blocks whose names are what the engine's algorithm makes of their tokens.
    VERIFIED,
    /// Blocks whose names are something else.
    CONTRADICTED,
    /// Copies that were dropped because the engine has no room for them.
    AGED,
    /// Blocks that found no room to wait for their parents.
    DROPPED,
    /// Blocks that were left out for want of memory.
    NO_ROOM,
    /// Events and messages that were refused.
    REFUSED,
    /// Messages that had been applied before.
    DUPLICATES,
    /// Messages of an earlier life that came late.
    STALE,
    /// Messages missing at a time.
    GAPS,
    /// Replays asked for.
    REPLAYS,
    /// How often all that the source held was forgotten.
    RESETS,
    /// New lives of the engine.
    RESTARTS
  }

  private final Map<Count, LongAdder> counts = new EnumMap<>(Count.class);
  private volatile String lastError = "";

  /// Begins at 0.
  SourceCounts() {
    for (var count : Count.values()) {
      counts.put(count, new LongAdder());
    }
  }

  void add(Count what, long more) {
    of(what).add(more);
  }

  long get(Count what) {
    return of(what).sum();
  }

  private LongAdder of(Count what) {
    return Objects.requireNonNull(counts.get(what));
  }

  /// Counts something that was refused, and keeps why.
  void refuse(String reason) {
    add(Count.REFUSED, 1);
    lastError = reason;
  }

  /// Says something in the place of a reason.
  void say(String text) {
    lastError = text;
  }

  /// Why something was refused last; empty if nothing was.
  String lastError() {
    return lastError;
  }
}
