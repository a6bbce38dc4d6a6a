// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import java.util.List;

/// Which workers an answer is to have.
///
/// @param instances only these; all if empty
/// @param isByMedium whether each tier is counted alone, too
/// @param limit most workers
/// @param blocksMin with fewer leading blocks a worker is left out
record Wanted(List<InstanceId> instances, boolean isByMedium, int limit, int blocksMin) {
  /// Workers of an answer that says no limit.
  static final int LIMIT = 1_024;

  private static final int LIMIT_MAX = 65_536;
  private static final int INSTANCES_MAX = 1_024;

  Wanted {
    instances = List.copyOf(instances);
    if (instances.size() > INSTANCES_MAX) {
      throw new RefusalException(
          413,
          "instances: %d (expected: at most %d; or all, with limit)"
              .formatted(instances.size(), INSTANCES_MAX));
    }
  }

  static Wanted of(Body body, Dialect dialect, int blockTokens) {
    var one = body.instance("instance_id");
    var instances = one.map(List::of).orElseGet(() -> body.instances("instances"));
    int tokens = body.number("min_tokens", 0, Integer.MAX_VALUE).orElse(0);
    return new Wanted(
        instances,
        dialect == Dialect.CONDUCTOR,
        body.number("limit", 1, LIMIT_MAX).orElse(LIMIT),
        Math.ceilDiv(tokens, blockTokens));
  }

  /// Whether all are asked for.
  boolean isAll() {
    return instances.isEmpty();
  }
}
