// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;
import io.incipit.bench.pool.Transport;
import io.incipit.env.RandomSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;

/// Replays prompts: each is looked up and, where not preloaded, what is missing is put. Counts what
/// each look-up took; answers are compared with a set of hashes.
final class Replay {
  static final int LOCATION = 5;

  private final Chains chains;
  private final RunPool index;
  private final RunPoolClient[] clients;
  private final long[] hashes;
  private final long[] locations;
  private final HashSet<Long> known = new HashSet<>();
  private final boolean withLocations;
  private final PoolAnswer answer = new PoolAnswer();

  final double[] trips;
  final double[] requests;
  final double[] bytes;
  final double[] micros;
  double putTrips;
  double putRequests;
  double putBytes;
  int puts;

  Replay(Chains chains, RunPoolConfig config, int clientCount, long directoryBytes) {
    this.chains = chains;
    this.withLocations = config.locations();
    var pool = new MemoryPool(CostModel.DEFAULT);
    this.index = RunPool.create(pool, config);
    this.clients = new RunPoolClient[clientCount];
    Arrays.setAll(
        clients, i -> index.open(new PoolClient(pool, Transport.WHOLE, 16), directoryBytes));
    this.hashes = new long[chains.longest()];
    this.locations = new long[chains.longest()];
    this.trips = new double[chains.count()];
    this.requests = new double[chains.count()];
    this.bytes = new double[chains.count()];
    this.micros = new double[chains.count()];
  }

  /// Puts all blocks of all prompts.
  void preload(int client) {
    for (int i = 0; i < chains.count(); i++) {
      chains.fill(i, hashes);
      put(clients[client], clients[client].match(hashes, chains.length(i), answer), i);
    }
  }

  private void put(RunPoolClient client, int from, int request) {
    int count = chains.length(request);
    for (int i = from; i < count; i++) {
      known.add(hashes[i]);
      locations[i] = hashes[i] * LOCATION;
    }
    var before = client.client().traffic().snapshot();
    client.put(hashes, from, count, 1, 0, locations);
    var took = client.client().traffic().since(before);
    if (from < count) {
      puts++;
      putTrips += took.roundTrips();
      putRequests += took.requests();
      putBytes += took.bytes();
    }
  }

  /// Looks all prompts up.
  void run(boolean putting) {
    var random = RandomSource.seeded(5);
    double now = 0;
    for (int i = 0; i < chains.count(); i++) {
      chains.fill(i, hashes);
      var client = clients[random.nextInt(clients.length)];
      var wire = client.client();
      now += 1_000_000;
      wire.idleUntil(now);
      var before = wire.traffic().snapshot();
      double start = wire.nowNs();
      int count = chains.length(i);
      int found = client.match(hashes, count, answer);
      micros[i] = (wire.nowNs() - start) / 1e3;
      var took = wire.traffic().since(before);
      trips[i] = took.roundTrips();
      requests[i] = took.requests();
      bytes[i] = took.bytes();
      check(found, count);
      if (putting) {
        put(client, found, i);
      }
    }
  }

  private void check(int found, int count) {
    int expected = 0;
    while (expected < count && known.contains(hashes[expected])) {
      expected++;
    }
    assertThat(found).isEqualTo(expected);
    int covered = 0;
    for (int i = 0; i < answer.holders(); i++) {
      covered += answer.to(i) - answer.from(i);
    }
    assertThat(covered).isEqualTo(found);
    for (int i = 0; withLocations && i < found; i++) {
      if (answer.location(i) != hashes[i] * LOCATION) {
        assertThat(answer.location(i)).as("location of %d", i).isEqualTo(hashes[i] * LOCATION);
      }
    }
  }

  RunPool index() {
    return index;
  }

  long directoryBytes() {
    return clients[0].directoryBytes();
  }

  double bytesPerBlock() {
    return (double) index.bytes() / known.size();
  }

  String row(String name) {
    long stale = 0;
    for (var client : clients) {
      stale += client.client().traffic().retries(Retry.STALE);
    }
    return ("%-34s RTT %s | requests %s | bytes %s | us %s"
            + " | put %.2f %.1f %.0f | %.1f B/block, stale %d%n")
        .formatted(
            name,
            of(trips, "%.2f/%.0f/%.0f"),
            of(requests, "%.1f/%.0f/%.0f"),
            of(bytes, "%.0f/%.0f/%.0f"),
            of(micros, "%.2f/%.2f/%.2f"),
            putTrips / puts,
            putRequests / puts,
            putBytes / puts,
            bytesPerBlock(),
            stale);
  }

  private static String of(double[] values, String format) {
    return String.format(
        Locale.ROOT, format, mean(values), percentile(values, 0.5), percentile(values, 0.99));
  }

  static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }

  static double percentile(double[] values, double part) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[Math.min(sorted.length - 1, (int) (part * sorted.length))];
  }
}
