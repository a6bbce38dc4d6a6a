// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import java.util.LinkedHashMap;
import java.util.Map;

/// Owners of one namespace whose publishes made the index fail: each has to wait, twice as long
/// every time, before it is listened to again. For the namespace's lane alone.
final class Backoff {
  /// How long the first wait is.
  static final long FIRST_NS = 1_000_000_000L;

  /// How long a wait is at most; who did no harm for so long after one begins anew.
  static final long LONGEST_NS = 600 * FIRST_NS;

  private static final int OWNERS_MAX = 1_024;

  private static final class Wait {
    long lengthNs;
    long untilNs;
  }

  private final Map<String, Wait> waits =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Wait> eldest) {
          return size() > OWNERS_MAX;
        }
      };

  /// Notes that a publish of an owner failed.
  void failed(String owner, long nowNs) {
    var wait = waits.remove(owner);
    if (wait == null || nowNs - wait.untilNs > LONGEST_NS) {
      wait = new Wait();
      wait.lengthNs = FIRST_NS;
    } else {
      wait.lengthNs = Math.min(LONGEST_NS, 2 * wait.lengthNs);
    }
    wait.untilNs = nowNs + wait.lengthNs;
    waits.put(owner, wait);
  }

  /// How long an owner still has to wait; 0 if it may publish.
  long leftNs(String owner, long nowNs) {
    var wait = waits.isEmpty() ? null : waits.get(owner);
    return wait == null ? 0 : Math.max(0, wait.untilNs - nowNs);
  }
}
