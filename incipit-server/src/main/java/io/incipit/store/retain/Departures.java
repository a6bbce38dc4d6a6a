// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import io.incipit.block.Hash64;
import io.incipit.store.memory.Victims;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Blocks that left a store: when, and why. One that falls on the place of an older one takes it,
/// so memory is what it is from the start: 20 B for each of [#PLACES], and most of the last half as
/// many are remembered.
public final class Departures {
  private static final int LOG = 16;

  /// Blocks that are remembered at most.
  static final int PLACES = 1 << LOG;

  /// A block that left.
  ///
  /// @param timeNs when its last value went, by the clock of the store
  public record Departure(long timeNs, Victims.Cause cause) {}

  Departures() {}

  private final long[] ids = new long[PLACES];
  private final long[] times = new long[PLACES];

  /// Nothing for a place that nothing has fallen on.
  private final Victims.@Nullable Cause[] causes = new Victims.@Nullable Cause[PLACES];

  void add(long id, long timeNs, Victims.Cause cause) {
    int place = place(id);
    ids[place] = id;
    times[place] = timeNs;
    causes[place] = cause;
  }

  Optional<Departure> find(long id) {
    int place = place(id);
    var cause = causes[place];
    return cause != null && ids[place] == id
        ? Optional.of(new Departure(times[place], cause))
        : Optional.empty();
  }

  private static int place(long id) {
    return (int) ((id * Hash64.GOLDEN) >>> (Long.SIZE - LOG));
  }
}
