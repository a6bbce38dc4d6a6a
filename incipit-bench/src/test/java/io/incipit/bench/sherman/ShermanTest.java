// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.env.RandomSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Clients that take turns between operations, beside a map.
final class ShermanTest {
  private static final int KEYS = 6_000;
  private static final int OPERATIONS = 60_000;
  private static final int WIDTH_MAX = 150;

  private final MemoryPool pool = new MemoryPool(CostModel.DEFAULT);

  private List<Sherman> open(ShermanConfig config, int clients) {
    Sherman.create(pool, config);
    var node = new ComputeNode();
    var opened = new ArrayList<Sherman>();
    for (int i = 0; i < clients; i++) {
      opened.add(Sherman.open(new PoolClient(pool), config, node));
    }
    return opened;
  }

  /// Key width, level of the cache, its budget, all in one batch.
  @ParameterizedTest
  @CsvSource({
    "8, 1, 1000000, false",
    "8, 3, 1000000, true",
    "8, 1, 20000, true",
    "8, 1, 0, false",
    "32, 1, 1000000, true"
  })
  void repaired_answersAsAMapDoes(int keyBytes, int level, long budget, boolean batched) {
    var config =
        ShermanConfig.REPAIRED
            .withKeyBytes(keyBytes)
            .withCacheFromLevel(level)
            .withCacheBytes(budget)
            .withBatched(batched);
    var clients = open(config, 3);
    var truth = new HashMap<Long, Long>();
    var random = RandomSource.seeded(keyBytes + budget);
    for (int i = 0; i < OPERATIONS; i++) {
      var client = clients.get(random.nextInt(clients.size()));
      long key = 1L + random.nextInt(KEYS);
      switch (random.nextInt(8)) {
        case 0, 1, 2, 3 -> {
          client.put(key, i + 1L);
          truth.put(key, i + 1L);
        }
        case 4 -> assertThat(client.delete(key)).isEqualTo(truth.remove(key) != null);
        case 5 -> assertThat(client.search(key)).isEqualTo(truth.getOrDefault(key, 0L));
        case 6 -> {
          int width = 1 + random.nextInt(WIDTH_MAX);
          var values = new long[width + 2];
          values[0] = -5;
          values[width + 1] = -5;
          client.range(key, width, values, 1);
          assertValues(truth, key, width, values, 1);
          assertThat(values[0]).isEqualTo(-5);
          assertThat(values[width + 1]).isEqualTo(-5);
        }
        default -> {
          var from = new long[] {key, 1L + random.nextInt(KEYS), KEYS - 1L};
          var counts = new int[] {1, 1 + random.nextInt(WIDTH_MAX), 5};
          var values = new long[counts[1] + 6];
          client.lookup(from, counts, 3, values);
          assertValues(truth, key, 1, values, 0);
          assertValues(truth, from[1], counts[1], values, 1);
          assertValues(truth, from[2], 5, values, counts[1] + 1);
        }
      }
      assertThat(client.cacheBytes()).isLessThanOrEqualTo(Math.max(budget, 2_000));
    }
    assertThat(clients.getFirst().rootLevel()).isEqualTo(2);
  }

  private static void assertValues(
      Map<Long, Long> truth, long from, int count, long[] values, int at) {
    for (int i = 0; i < count; i++) {
      assertThat(values[at + i]).isEqualTo(truth.getOrDefault(from + i, 0L));
    }
  }

  /// Gets and puts as published are right; ranges are what the caches know.
  @Test
  void published_getsAreRight() {
    var clients = open(ShermanConfig.PUBLISHED, 2);
    for (long key = 1; key <= KEYS; key++) {
      clients.getFirst().put(key, key + 1);
    }
    for (long key = 1; key <= KEYS + 1; key++) {
      assertThat(clients.getLast().search(key)).isEqualTo(key > KEYS ? 0 : key + 1);
    }
    var values = new long[10];
    clients.getFirst().range(100, 10, values, 0);

    assertThat(clients.getFirst().rootLevel()).isLessThan(ShermanConfig.PUBLISHED_CACHE_LEVEL);
    assertThat(values).containsOnly(0);
  }

  @Test
  void published_rangeOfWarmCache_isRight() {
    var client = open(ShermanConfig.PUBLISHED.withCacheFromLevel(1), 1).getFirst();
    for (long key = 1; key <= KEYS; key++) {
      client.put(key, key + 1);
    }
    for (long key = 1; key <= KEYS; key++) {
      client.search(key);
    }
    var values = new long[KEYS];
    client.range(1, KEYS, values, 0);
    for (int i = 0; i < KEYS; i++) {
      assertThat(values[i]).isEqualTo(i + 2);
    }
  }

  @Test
  void keysAtTheEdges_areKeys() {
    var client = open(ShermanConfig.REPAIRED, 1).getFirst();
    var edges = new long[] {1, Long.MAX_VALUE, Long.MIN_VALUE, -2, -1};
    for (long key = 2; key < 200; key++) {
      client.put(key << 56, 1);
    }
    for (long key : edges) {
      client.put(key, key + 10);
    }
    for (long key : edges) {
      assertThat(client.search(key)).isEqualTo(key + 10);
    }
    var values = new long[3];
    client.range(-3, 3, values, 0);
    assertThat(values).containsExactly(0, 8, 9);
    assertThat(client.delete(-1)).isTrue();
    assertThat(client.search(-1)).isZero();
    assertThatThrownBy(() -> client.put(5, 0)).hasMessageContaining("value: 0");
  }

  /// A client that knows the first root only finds its way: it reads the root's name again.
  @Test
  void clientOfAnOldRoot_findsTheNewOne() {
    var clients = open(ShermanConfig.REPAIRED, 2);
    for (long key = 1; key <= 100_000; key++) {
      clients.getFirst().put(key, key);
    }
    var late = clients.getLast();
    long before = late.client().traffic().roundTrips();

    assertThat(late.search(99_999)).isEqualTo(99_999);
    assertThat(late.client().traffic().roundTrips() - before).isLessThan(8);
    assertThat(late.rootLevel()).isEqualTo(3);
    late.put(100_001, 5);
    assertThat(clients.getFirst().search(100_001)).isEqualTo(5);
  }

  @Test
  void batched_isOneRoundTrip() {
    var client = open(ShermanConfig.REPAIRED.withBatched(true), 1).getFirst();
    for (long key = 1; key <= KEYS; key++) {
      client.put(key, key);
    }
    var values = new long[3_001];
    client.lookup(new long[] {1, KEYS - 1}, new int[] {3_000, 1}, 2, values);
    var before = client.client().traffic().snapshot();
    client.lookup(new long[] {1, KEYS - 1}, new int[] {3_000, 1}, 2, values);
    var traffic = client.client().traffic().since(before);

    assertThat(values[2_999]).isEqualTo(3_000);
    assertThat(values[3_000]).isEqualTo(KEYS - 1);
    assertThat(traffic.roundTrips()).isOne();
    assertThat(traffic.doorbells()).isOne();
    assertThat(traffic.reads()).isGreaterThan(100);
  }

  @Test
  void create_usedMemory_isRefused() {
    pool.reserve(100, 64);
    assertThatThrownBy(() -> Sherman.create(pool, ShermanConfig.REPAIRED))
        .hasMessageContaining("expected: an unused memory");
  }
}
