// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// How often each address failed in a row to say who it is, and how long its next answer waits.
/// Thread-safe.
///
/// At most [#ADDRESSES_MAX] addresses are known, those that failed last. The networks of 64 bits
/// that providers give away count as one address.
final class FailureTable {
  static final int ADDRESSES_MAX = 65_536;

  /// Failures that cost nothing.
  private static final int FREE = 5;

  private static final long FIRST_NS = 1_000_000_000L;
  private static final long MOST_NS = 30 * FIRST_NS;

  /// After so long without a failure an address begins afresh.
  private static final long FORGOTTEN_NS = 600 * FIRST_NS;

  private static final int COUNT_MAX = 1_000;
  private static final int NETWORK_GROUPS = 4;

  private record Failures(int count, long lastNs) {}

  private final Map<String, Failures> byAddress =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > ADDRESSES_MAX;
        }
      };

  /// How long the next answer to an address waits.
  synchronized long delayNs(String address, long nowNs) {
    var failures = byAddress.get(network(address));
    if (failures == null || failures.count < FREE || nowNs - failures.lastNs > FORGOTTEN_NS) {
      return 0;
    }
    return Math.min(MOST_NS, FIRST_NS << Math.min(failures.count - FREE, 10));
  }

  /// Notes what came of an attempt.
  synchronized void note(String address, boolean right, long nowNs) {
    var network = network(address);
    if (right) {
      byAddress.remove(network);
      return;
    }
    var before = byAddress.get(network);
    int count =
        before != null && nowNs - before.lastNs <= FORGOTTEN_NS
            ? Math.min(before.count + 1, COUNT_MAX)
            : 1;
    byAddress.put(network, new Failures(count, nowNs));
  }

  /// Addresses that are known.
  synchronized int size() {
    return byAddress.size();
  }

  /// The first 64 bits of an address with colons, written in full as Java does; else the address.
  private static String network(String address) {
    var groups = address.split(":", -1);
    return groups.length > NETWORK_GROUPS
        ? String.join(":", Arrays.copyOf(groups, NETWORK_GROUPS))
        : address;
  }
}
