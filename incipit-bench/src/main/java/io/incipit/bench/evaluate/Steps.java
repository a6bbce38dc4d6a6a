// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Traffic;
import io.incipit.env.Clock;
import java.util.Arrays;

/// What a client did for one request, operation by operation; used again for the next request. For
/// one thread.
final class Steps {
  private Step[] kinds = new Step[64];
  private long[] roundTrips = new long[64];
  private long[] requests = new long[64];
  private long[] bytes = new long[64];
  private double[] ns = new double[64];
  private double[] measuredNs = new double[64];
  private final Clock clock = Clock.system();
  private int count;

  private long roundTripsBefore;
  private long requestsBefore;
  private long bytesBefore;
  private double nsBefore;
  private long startNs;

  void clear() {
    count = 0;
  }

  /// An operation begins.
  void begin(PoolClient client) {
    var traffic = client.traffic();
    roundTripsBefore = trips(traffic);
    requestsBefore = traffic.requests() + traffic.messages();
    bytesBefore = traffic.bytes();
    nsBefore = client.nowNs();
    startNs = clock.nanoTime();
  }

  /// A message whose answer is awaited is a round trip already; that for a chunk is none yet.
  private static long trips(Traffic traffic) {
    return traffic.roundTrips() + traffic.messages() - traffic.answers();
  }

  /// The operation that began last has ended.
  void end(Step kind, PoolClient client) {
    long took = clock.nanoTime() - startNs;
    var traffic = client.traffic();
    add(
        kind,
        trips(traffic) - roundTripsBefore,
        traffic.requests() + traffic.messages() - requestsBefore,
        traffic.bytes() - bytesBefore,
        client.nowNs() - nsBefore);
    measuredNs[count - 1] = took;
  }

  /// An operation of which this is known.
  void add(Step kind, long trips, long asked, long moved, double took) {
    if (count == kinds.length) {
      kinds = Arrays.copyOf(kinds, 2 * count);
      roundTrips = Arrays.copyOf(roundTrips, 2 * count);
      requests = Arrays.copyOf(requests, 2 * count);
      bytes = Arrays.copyOf(bytes, 2 * count);
      ns = Arrays.copyOf(ns, 2 * count);
      measuredNs = Arrays.copyOf(measuredNs, 2 * count);
    }
    kinds[count] = kind;
    roundTrips[count] = trips;
    requests[count] = asked;
    bytes[count] = moved;
    ns[count] = took;
    measuredNs[count] = took;
    count++;
  }

  int count() {
    return count;
  }

  Step kind(int i) {
    return kinds[i];
  }

  long roundTrips(int i) {
    return roundTrips[i];
  }

  long requests(int i) {
    return requests[i];
  }

  long bytes(int i) {
    return bytes[i];
  }

  /// What it took: modelled over one-sided memory, else measured.
  double ns(int i) {
    return ns[i];
  }

  /// Time that passed while the client was at it.
  double measuredNs(int i) {
    return measuredNs[i];
  }
}
