// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.pool.PoolClient;
import io.incipit.env.RandomSource;
import java.util.List;
import java.util.random.RandomGenerator;

/// Clients of one memory, among whom requests are dealt out by chance. One is done before the next
/// begins, so that clients find each other's changes but never wait for each other: queues between
/// clients are not modelled. For one thread.
///
/// @param <T> what a client asks through
final class Clients<T> {
  private static final long SEED = 16;

  private final List<T> all;
  private final List<PoolClient> ends;
  private final RandomGenerator random = RandomSource.seeded(SEED);
  private int last;

  /// @param ends the end that each of them has, in the same order
  Clients(List<T> all, List<PoolClient> ends) {
    this.all = all;
    this.ends = ends;
  }

  /// Who does what comes next.
  ///
  /// @param timeNs when that came
  T next(double timeNs) {
    double before = ends.get(last).nowNs();
    last = all.size() == 1 ? 0 : random.nextInt(all.size());
    ends.get(last).idleUntil(Math.max(timeNs, before));
    return all.get(last);
  }

  List<T> all() {
    return all;
  }
}
