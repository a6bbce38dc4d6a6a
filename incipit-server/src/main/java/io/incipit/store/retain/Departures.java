// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import io.incipit.block.Hash64;
import io.incipit.store.memory.Victims;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Blocks that left a store, or did not get into it: when, and why. One that falls on the place of
/// an older one takes it, so memory is what it is from the start: 20 B for each of [#PLACES], and
/// most of the last half as many are remembered.
///
/// For one thread, the store's writer; each call costs O(1).
public final class Departures {
  private static final int LOG = 16;

  /// Blocks that are remembered at most.
  public static final int PLACES = 1 << LOG;

  /// Why a block is not there.
  public enum Reason {
    /// Memory had no room for it.
    EVICTED,
    /// The file on disk that it was in was given up, and it was in no other place.
    RECLAIMED,
    /// Somebody removed it, or its time was over.
    REMOVED,
    /// Its namespace was dropped.
    DROPPED,
    /// Its key had another value.
    REPLACED,
    /// Its bytes were not what their checksum says.
    CORRUPT,
    /// Some of its parts were gone, so the others were removed.
    HALVED,
    /// The policy would have given it up at once, so it was not taken.
    DECLINED;

    static Reason of(Victims.Cause cause) {
      return switch (cause) {
        case EVICTED -> EVICTED;
        case REMOVED -> REMOVED;
        case REPLACED -> REPLACED;
        case CORRUPT -> CORRUPT;
      };
    }

    /// Whether a block that is left of some of its parts is removed because of it.
    private boolean ruins() {
      return this == CORRUPT || this == RECLAIMED;
    }

    /// Whether it may be no more than what follows from another.
    private boolean follows() {
      return this == EVICTED || this == REMOVED || this == HALVED;
    }
  }

  /// A block that left.
  ///
  /// @param timeNs when its last value went, by the clock of the store
  public record Departure(long timeNs, Reason reason) {}

  Departures() {}

  private final long[] ids = new long[PLACES];
  private final long[] times = new long[PLACES];

  /// Nothing for a place that nothing has fallen on.
  private final @Nullable Reason[] reasons = new @Nullable Reason[PLACES];

  /// Notes that a block left; what only follows from what is noted of it already changes nothing.
  void add(long id, long timeNs, Reason reason) {
    int place = place(id);
    var before = ids[place] == id ? reasons[place] : null;
    if (before == null || !before.ruins() || !reason.follows()) {
      ids[place] = id;
      times[place] = timeNs;
      reasons[place] = reason;
    }
  }

  /// A block has come again.
  void forget(long id) {
    int place = place(id);
    if (ids[place] == id) {
      reasons[place] = null;
    }
  }

  Optional<Departure> find(long id) {
    int place = place(id);
    var reason = reasons[place];
    return reason != null && ids[place] == id
        ? Optional.of(new Departure(times[place], reason))
        : Optional.empty();
  }

  private static int place(long id) {
    return (int) ((id * Hash64.GOLDEN) >>> (Long.SIZE - LOG));
  }
}
