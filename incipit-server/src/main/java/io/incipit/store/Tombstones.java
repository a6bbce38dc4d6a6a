// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import java.time.Duration;
import java.util.LinkedHashMap;

/// Names of values that were removed because a relative was: whoever removes them too is to hear
/// that they were there. LMCache counts its bytes down only then, and asks for the same names
/// again and again if it does not hear it; it may come to them days later.
///
/// The newest [#MAX] are kept, each for [#KEPT_NS]. By 64 bits of hash; one taken for another
/// costs a wrong 1 for a 0. One thread, the store's writer.
final class Tombstones {
  static final int MAX = 65_536;
  static final long KEPT_NS = Duration.ofDays(7).toNanos();

  /// When each was buried, oldest first.
  private final LinkedHashMap<Long, Long> buried = new LinkedHashMap<>();

  void bury(long name, long nowNs) {
    buried.remove(name);
    buried.put(name, nowNs);
    if (buried.size() > MAX) {
      buried.pollFirstEntry();
    }
  }

  /// Forgets a name.
  ///
  /// @return whether it was there, and not too long
  boolean take(long name, long nowNs) {
    var since = buried.isEmpty() ? null : buried.remove(name);
    return since != null && nowNs - since < KEPT_NS;
  }

  /// Drops those that are too old.
  void sweep(long nowNs) {
    while (!buried.isEmpty() && nowNs - buried.firstEntry().getValue() >= KEPT_NS) {
      buried.pollFirstEntry();
    }
  }

  int count() {
    return buried.size();
  }
}
