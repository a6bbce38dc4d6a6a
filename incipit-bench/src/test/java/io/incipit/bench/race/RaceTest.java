// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.env.RandomSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Clients that take turns between operations, beside a map.
final class RaceTest {
  private static final int KEYS = 2_000;
  private static final int OPERATIONS = 10_000;
  private static final int WIDTH_MAX = 100;

  private final MemoryPool pool = new MemoryPool(CostModel.DEFAULT);

  private Race open(RaceConfig config) {
    return Race.open(new PoolClient(pool), config);
  }

  @ParameterizedTest
  @CsvSource({
    "8, 64, true, 3",
    "8, 128, true, 7",
    "32, 64, true, 1",
    "32, 128, true, 3",
    "8, 64, false, 7",
    "32, 64, false, 7",
    "32, 128, false, 15"
  })
  void slots_areThoseDrawn(int keyBytes, int bucketBytes, boolean inline, int count) {
    assertThat(new Slots(new RaceConfig(keyBytes, bucketBytes, inline, 2, 0)).perBucket)
        .isEqualTo(count);
  }

  /// Tables that are large enough, and ones in which most keys are in chained buckets.
  @ParameterizedTest
  @CsvSource({
    "8, 64, true, 1500",
    "8, 64, true, 40",
    "8, 128, true, 700",
    "32, 64, true, 4000",
    "32, 128, true, 30",
    "32, 64, false, 700",
    "32, 128, false, 10",
    "8, 64, false, 20"
  })
  void operations_answerAsAMapDoes(int keyBytes, int bucketBytes, boolean inline, long buckets) {
    var config = new RaceConfig(keyBytes, bucketBytes, inline, buckets, 0);
    Race.create(pool, config);
    var clients = List.of(open(config), open(config), open(config));
    var truth = new HashMap<Long, Long>();
    var random = RandomSource.seeded(keyBytes + buckets);
    for (int i = 0; i < OPERATIONS; i++) {
      var client = clients.get(random.nextInt(clients.size()));
      long key = 1L + random.nextInt(KEYS);
      switch (random.nextInt(6)) {
        case 0 -> {
          client.put(key, i + 1L);
          truth.put(key, i + 1L);
        }
        case 1 -> {
          var keys = random.longs(1 + random.nextInt(20), 1, KEYS).toArray();
          var values = random.longs(keys.length, 1, Long.MAX_VALUE).toArray();
          client.putAll(keys, values, keys.length);
          for (int k = 0; k < keys.length; k++) {
            truth.put(keys[k], values[k]);
          }
        }
        case 2 -> assertThat(client.delete(key)).isEqualTo(truth.remove(key) != null);
        case 3 -> assertThat(client.search(key)).isEqualTo(truth.getOrDefault(key, 0L));
        case 4 -> {
          int width = 1 + random.nextInt(WIDTH_MAX);
          var values = new long[width + 1];
          client.range(key, width, values, 1);
          assertValues(truth, key, width, values, 1);
        }
        default -> {
          var from = new long[] {key, 1L + random.nextInt(KEYS)};
          var counts = new int[] {1, 1 + random.nextInt(WIDTH_MAX)};
          var values = new long[counts[1] + 1];
          client.lookup(from, counts, 2, values);
          assertValues(truth, key, 1, values, 0);
          assertValues(truth, from[1], counts[1], values, 1);
        }
      }
    }
  }

  private static void assertValues(
      Map<Long, Long> truth, long from, int count, long[] values, int at) {
    for (int i = 0; i < count; i++) {
      assertThat(values[at + i]).isEqualTo(truth.getOrDefault(from + i, 0L));
    }
  }

  @Test
  void lookup_inBatches_endsWithTheFirstMiss() {
    var config = RaceConfig.forKeys(KEYS, 8, 64).withFirstBatch(8);
    Race.create(pool, config);
    var client = open(config);
    for (long key = 1; key <= 30; key++) {
      client.put(key, key);
    }
    client.put(100, 100);
    var values = new long[200];
    var before = client.client().traffic().snapshot();
    client.lookup(new long[] {1}, new int[] {200}, 1, values);
    var traffic = client.client().traffic().since(before);

    // 8, 16 and 32 keys, of which the last ones have none; the others are not asked for.
    assertThat(traffic.roundTrips()).isEqualTo(3);
    assertThat(traffic.reads()).isEqualTo(2 * 56);
    for (int i = 0; i < 200; i++) {
      assertThat(values[i]).isEqualTo(i < 30 ? i + 1 : 0);
    }
  }

  @Test
  void putAll_newKeys_takesTwoRoundTrips() {
    var config = RaceConfig.forKeys(KEYS, 8, 64);
    Race.create(pool, config);
    var client = open(config);
    var keys = RandomSource.seeded(1).longs(100, 1, Long.MAX_VALUE).distinct().toArray();
    var before = client.client().traffic().snapshot();
    client.putAll(keys, keys, keys.length);
    var traffic = client.client().traffic().since(before);

    assertThat(traffic.roundTrips()).isEqualTo(2);
    assertThat(traffic.reads()).isEqualTo(200);
    assertThat(traffic.atomics()).isEqualTo(100);
    assertThat(traffic.writtenBytes()).isEqualTo(800);
    assertThat(client.search(keys[7])).isEqualTo(keys[7]);
  }

  /// Two keys whose fingerprints are the same, in the same buckets.
  @Test
  void items_sameFingerprint_areToldApart() {
    var config = new RaceConfig(32, 64, false, 2, 0);
    Race.create(pool, config);
    var slots = new Slots(config);
    var first = new HashMap<Long, Long>();
    long other = 1;
    while (first.putIfAbsent(slots.claimOf(other, 0), other) == null) {
      other++;
    }
    long one = first.get(slots.claimOf(other, 0));
    var client = open(config);
    client.put(one, 5);

    assertThat(client.search(other)).isZero();
    assertThat(Race.open(new PoolClient(pool), config, RaceFault.TRUST_FINGERPRINT).search(other))
        .isEqualTo(5);
    client.put(other, 6);
    assertThat(client.search(one)).isEqualTo(5);
    assertThat(client.search(other)).isEqualTo(6);
  }

  /// More than one reservation's worth of buckets.
  @Test
  void create_largeTable_isOnePiece() {
    var config = new RaceConfig(8, 64, true, 1_200_001, 0);
    Race.create(pool, config);
    var client = open(config);
    for (long key = 1; key <= 50_000; key++) {
      client.put(key, key);
    }
    long next = pool.reserve(64, 64);
    assertThat(next).isGreaterThanOrEqualTo(128 + 1_200_001L * 64);
    for (long key = 1; key <= 50_000; key++) {
      assertThat(client.search(key)).isEqualTo(key);
    }
  }

  @Test
  void wrongConfigs_areRefused() {
    assertThatThrownBy(() -> RaceConfig.forKeys(10, 16, 64)).hasMessageContaining("keyBytes: 16");
    assertThatThrownBy(() -> RaceConfig.forKeys(10, 8, 96)).hasMessageContaining("bucketBytes: 96");
    assertThatThrownBy(() -> new RaceConfig(8, 64, true, 1, 0))
        .hasMessageContaining("buckets: 1 (expected: at least 2)");
    var config = RaceConfig.forKeys(10, 8, 64);
    Race.create(pool, config);
    assertThatThrownBy(() -> open(config).put(1, 0)).hasMessageContaining("value: 0");
    assertThatThrownBy(() -> Race.create(pool, config)).hasMessageContaining("unused memory");
  }
}
