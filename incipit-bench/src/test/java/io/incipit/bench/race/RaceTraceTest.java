// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.TraceIds;
import io.incipit.bench.pool.Traffic;
import io.incipit.block.Hash64;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The conversation trace on one client: all ids of a request are looked up, then those not seen
/// are put. Beside it what a model of such a table gave, mean, p50 and p99 of requests, within 2%.
final class RaceTraceTest {
  private static final int IDS = 182_790;
  private static final double NEAR = 0.02;

  private final boolean[] seen = new boolean[IDS];
  private final List<Traffic> lookups = new ArrayList<>();
  private final List<Traffic> puts = new ArrayList<>();
  private int wrong;

  private static long key(int id) {
    return Hash64.mix(id + Hash64.GOLDEN);
  }

  private void replay(Race client, List<int[]> requests) {
    for (var ids : requests) {
      var keys = Arrays.stream(ids).mapToLong(RaceTraceTest::key).toArray();
      var counts = new int[ids.length];
      Arrays.fill(counts, 1);
      var values = new long[ids.length];
      var before = client.client().traffic().snapshot();
      client.lookup(keys, counts, ids.length, values);
      lookups.add(client.client().traffic().since(before));
      for (int i = 0; i < ids.length; i++) {
        wrong += values[i] == (seen[ids[i]] ? ids[i] + 1 : 0) ? 0 : 1;
      }
      put(client, Arrays.stream(ids).filter(id -> !seen[id]).toArray());
    }
  }

  private void put(Race client, int[] ids) {
    if (ids.length > 0) {
      var keys = Arrays.stream(ids).mapToLong(RaceTraceTest::key).toArray();
      var before = client.client().traffic().snapshot();
      client.putAll(keys, Arrays.stream(ids).mapToLong(id -> id + 1).toArray(), ids.length);
      puts.add(client.client().traffic().since(before));
      for (int id : ids) {
        seen[id] = true;
      }
    }
  }

  private static double mean(List<Traffic> all, ToLongFunction<Traffic> part) {
    return all.stream().mapToLong(part).average().orElseThrow();
  }

  private static void assertSpread(
      List<Traffic> all, ToLongFunction<Traffic> part, double mean, long p50, long p99) {
    assertThat(mean(all, part)).isCloseTo(mean, within(NEAR * mean));
    var sorted = all.stream().mapToLong(part).sorted().toArray();
    assertThat(sorted[sorted.length / 2]).isEqualTo(p50);
    assertThat(sorted[sorted.length * 99 / 100]).isEqualTo(p99);
  }

  @ParameterizedTest
  @CsvSource({
    "64, 0, false, 1, 1, 1, 48, 28, 334, 3069, 1792, 21376",
    "64, 0, true, 1, 1, 1, 48, 28, 334, 3069, 1792, 21376",
    "128, 0, false, 1, 1, 1, 48, 28, 334, 6138, 3584, 42752",
    "64, 8, false, 1.4, 1, 4, 26.6, 16, 222, 1701, 1024, 14208",
    "64, 8, true, 2.1, 2, 5, 48, 28, 334, 3069, 1792, 21376"
  })
  void inline_costsWhatTheModelSays(
      int bucketBytes,
      int firstBatch,
      boolean preloaded,
      double trips,
      long tripsP50,
      long tripsP99,
      double requests,
      long requestsP50,
      long requestsP99,
      double bytes,
      long bytesP50,
      long bytesP99)
      throws IOException {
    var config = RaceConfig.forKeys(IDS, 8, bucketBytes).withFirstBatch(firstBatch);
    var client = replayed(config, preloaded);

    assertThat(wrong).isZero();
    assertSpread(lookups, Traffic::roundTrips, trips, tripsP50, tripsP99);
    assertSpread(lookups, Traffic::requests, requests, requestsP50, requestsP99);
    assertSpread(lookups, Traffic::bytes, bytes, bytesP50, bytesP99);
    if (!preloaded) {
      // 46 in the model, in which a CAS sets a value too: here 15 WRITEs more, not waited for.
      assertThat(mean(puts, Traffic::roundTrips)).isCloseTo(2, within(0.01));
      assertThat(mean(puts, traffic -> traffic.reads() + traffic.atomics()))
          .isCloseTo(46, within(NEAR * 46));
      assertThat(mean(puts, Traffic::atomics)).isCloseTo(15.3, within(NEAR * 15.3));
      assertThat(mean(puts, Traffic::writes)).isCloseTo(15.3, within(NEAR * 15.3));
    }
    assertThat(client.cacheBytes()).isEqualTo(16);
  }

  private Race replayed(RaceConfig config, boolean preloaded) throws IOException {
    var requests = TraceIds.conversation();
    var pool = new MemoryPool(CostModel.DEFAULT);
    Race.create(pool, config);
    var client = Race.open(new PoolClient(pool), config);
    for (int id = 0; preloaded && id < IDS; id++) {
      client.put(key(id), id + 1L);
      seen[id] = true;
    }
    replay(client, requests);
    return client;
  }

  /// What was measured here, with keys of 32 bytes: a second round trip for items.
  @ParameterizedTest
  @CsvSource({"128, true, 1, 48, 6138", "64, false, 2, 72, 4029"})
  void wideKeys_areRight(
      int bucketBytes, boolean inline, double trips, double requests, double bytes)
      throws IOException {
    var config = RaceConfig.forKeys(IDS, 32, bucketBytes);
    replayed(inline ? config : config.withItems(IDS), true);

    assertThat(wrong).isZero();
    assertThat(mean(lookups, Traffic::roundTrips)).isCloseTo(trips, within(NEAR * trips));
    assertThat(mean(lookups, Traffic::requests)).isCloseTo(requests, within(NEAR * requests));
    assertThat(mean(lookups, Traffic::bytes)).isCloseTo(bytes, within(NEAR * bytes));
  }
}
