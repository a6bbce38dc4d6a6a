// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.record.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// The files of a store by their numbers. Thread-safe.
final class Extents {
  private final ConcurrentSkipListMap<Long, Extent> byNumber = new ConcurrentSkipListMap<>();

  void add(Extent extent) {
    byNumber.put(extent.number, extent);
  }

  void remove(Extent extent) {
    byNumber.remove(extent.number);
  }

  /// An extent that is held for reading, or none if there is none any more.
  @Nullable Extent retain(long number) {
    var extent = byNumber.get(number);
    return extent != null && extent.retain() ? extent : null;
  }

  /// The extent with the least number that is at least this one, held for reading.
  @Nullable Extent retainFrom(long number) {
    for (var extent : byNumber.tailMap(number).values()) {
      if (extent.retain()) {
        return extent;
      }
    }
    return null;
  }

  /// All, the newest first.
  List<Extent> newestFirst() {
    return new ArrayList<>(byNumber.descendingMap().values());
  }

  void live(long place, int length) {
    var extent = byNumber.get(Place.file(place));
    if (extent != null) {
      extent.live.addAndGet(Extent.weight(length));
    }
  }

  void dead(long place, int length) {
    var extent = byNumber.get(Place.file(place));
    if (extent != null) {
      extent.live.addAndGet(-Extent.weight(length));
    }
  }

  /// What all take of the capacity.
  long bytes() {
    return byNumber.values().stream().mapToLong(Extent::bytes).sum();
  }

  int count() {
    return byNumber.size();
  }

  /// The extents whose loss costs least, the least first: with little in them, seldom read, old.
  ///
  /// @param active number of the one that must stay
  List<Extent> victims(long active, int countMax) {
    var victims =
        byNumber.values().stream()
            .filter(extent -> extent.number != active)
            .sorted(Comparator.comparingDouble(Extents::worth))
            .limit(countMax)
            .toList();
    byNumber.values().forEach(extent -> extent.heat.updateAndGet(heat -> heat / 2));
    return victims;
  }

  /// Live share, times what of it is read.
  private static double worth(Extent extent) {
    double live = (double) extent.live.get() / Math.max(1, extent.bytes());
    return live * (1 + (double) extent.heat.get() * Place.UNIT / Math.max(1, extent.bytes()));
  }
}
