// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Traffic;
import io.incipit.env.RandomSource;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What operations cost, beside what was measured on the original program: round trips and bytes
/// within 2%, bytes of inserts within 5%.
final class ShermanGoldenTest {
  private static final int KEYS = 2_000_000;
  private static final int WIDE_KEYS = 300_000;
  private static final int SOME = 200_000;
  private static final double NEAR = 0.02;
  private static final double INSERT_NEAR = 0.05;

  private final RandomGenerator random = RandomSource.seeded(5);

  private static Sherman open(ShermanConfig config) {
    var pool = new MemoryPool(CostModel.DEFAULT);
    Sherman.create(pool, config);
    return Sherman.open(new PoolClient(pool), config);
  }

  /// All keys from 1 on in an order drawn by lot.
  private long[] shuffled(int count) {
    var keys = LongStream.rangeClosed(1, count).toArray();
    for (int i = count - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      long key = keys[i];
      keys[i] = keys[other];
      keys[other] = key;
    }
    return keys;
  }

  private static Traffic traffic(Sherman client, long[] keys, LongConsumer operation) {
    var before = client.client().traffic().snapshot();
    for (long key : keys) {
      operation.accept(key);
    }
    return client.client().traffic().since(before);
  }

  private static void assertAllThere(Sherman client, long[] keys) {
    int missing = 0;
    for (long key : keys) {
      missing += client.search(key) == key ? 0 : 1;
    }
    assertThat(missing).isZero();
  }

  private static void assertMean(long sum, long count, double golden, double near) {
    assertThat((double) sum / count).isCloseTo(golden, within(near * golden));
  }

  @Test
  void published_narrowKeys_costWhatTheOriginalDoes() {
    var client = open(ShermanConfig.PUBLISHED);
    var keys = shuffled(KEYS);
    var inserts = traffic(client, keys, key -> client.put(key, key));
    assertMean(inserts.roundTrips(), KEYS, 3.28, NEAR);
    assertMean(inserts.readBytes(), KEYS, 1_245, NEAR);
    assertMean(inserts.writtenBytes(), KEYS, 110, NEAR);

    assertAllThere(client, keys);
    assertThat(client.cachedPages()).isCloseTo(1_104, within(22));
    var some = random.longs(SOME, 1, KEYS + 1).toArray();
    assertPoints(client, some);
    assertRange(client, 8, 1.22, 1_250);
    assertRange(client, 16, 1.44, 1_474);
    assertRange(client, 50, 2.34, 2_400);
    assertRange(client, 100, 3.71, 3_798);
    assertRange(client, 500, 14.5, 14_882);

    var next = LongStream.rangeClosed(KEYS + 1, KEYS + SOME).toArray();
    var ascending = traffic(client, next, key -> client.put(key, key));
    assertMean(ascending.roundTrips(), SOME, 3.37, NEAR);
    assertMean(ascending.readBytes(), SOME, 1_350, INSERT_NEAR);
    assertMean(ascending.writtenBytes(), SOME, 142, INSERT_NEAR);
  }

  private static void assertPoints(Sherman client, long[] some) {
    var gets = traffic(client, some, client::search);
    assertMean(gets.roundTrips(), SOME, 1.0004, NEAR / 10);
    assertMean(gets.readBytes(), SOME, 1_024, NEAR / 10);
    assertThat(gets.writtenBytes()).isZero();
    var absent = traffic(client, some, key -> client.search(key + KEYS));
    assertMean(absent.roundTrips(), SOME, 1, NEAR / 10);
    assertMean(absent.readBytes(), SOME, 1_024, NEAR / 10);
    var updates = traffic(client, some, key -> client.put(key, key));
    assertThat(updates.roundTrips()).isEqualTo(3L * SOME);
    assertThat(updates.readBytes()).isEqualTo(1_024L * SOME);
    assertThat(updates.writtenBytes()).isEqualTo(26L * SOME);
    var deletes = traffic(client, some, key -> client.delete(key + KEYS));
    assertThat(deletes.roundTrips()).isEqualTo(3L * SOME);
    assertThat(deletes.writtenBytes()).isEqualTo(8L * SOME);
  }

  private void assertRange(Sherman client, int width, double reads, double bytes) {
    var values = new long[width];
    int[] wrong = {0};
    var from = random.longs(SOME / 10, 1, KEYS - width).toArray();
    var traffic =
        traffic(
            client,
            from,
            first -> {
              client.range(first, width, values, 0);
              wrong[0] += values[0] == first && values[width - 1] == first + width - 1 ? 0 : 1;
            });
    assertThat(wrong[0]).isZero();
    assertThat(traffic.roundTrips()).isEqualTo(from.length);
    assertMean(traffic.reads(), from.length, reads, NEAR);
    assertMean(traffic.bytes(), from.length, bytes, NEAR);
  }

  /// What was measured here: the original has no such keys.
  @Test
  void repaired_wideKeys_costWhatTheirPagesTake() {
    var client = open(ShermanConfig.REPAIRED.withKeyBytes(32));
    var keys = shuffled(WIDE_KEYS);
    var inserts = traffic(client, keys, key -> client.put(key, key));
    assertMean(inserts.roundTrips(), WIDE_KEYS, 3.20, NEAR);
    assertMean(inserts.readBytes(), WIDE_KEYS, 2_880, INSERT_NEAR);
    assertMean(inserts.writtenBytes(), WIDE_KEYS, 245, INSERT_NEAR);

    assertAllThere(client, keys);
    var some = random.longs(SOME, 1, WIDE_KEYS + 1).toArray();
    var gets = traffic(client, some, client::search);
    assertThat(gets.roundTrips()).isEqualTo(SOME);
    assertThat(gets.readBytes()).isEqualTo(2_560L * SOME);
    var updates = traffic(client, some, key -> client.put(key, key));
    assertThat(updates.roundTrips()).isEqualTo(3L * SOME);
    assertThat(updates.writtenBytes()).isEqualTo(50L * SOME);
  }
}
