// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.env.RandomSource;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Random changes and look-ups of clients that take turns whole, beside the truth.
final class RunPoolPropertyTest {
  private static final int OWNERS = 5;
  private static final int HOLDERS = 16 * OWNERS;

  /// Buckets of a table that stays, enough for all that is put here.
  private static final int BUCKETS = 1 << 13;

  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @ParameterizedTest
  @CsvSource({
    "1, false, 4, 60, 20, 20000, 0, 2000",
    "2, true, 4, 60, 20, 20000, 0, 2000",
    "3, true, 2, 12, 3, 600, 0, 4000",
    "4, false, 2, 12, 3, 600, 6e9, 4000",
    "5, true, 3, 30, 6, 0, 6e9, 3000",
    "6, false, 40, 200, 60, 3000, 1e8, 1500",
    "7, true, 1, 6, 2, 4000, 3e9, 6000",
    "8, true, 30, 300, 90, 100000, 6e9, 1200",
    "9, false, 1, 5000, 2500, 5000, 6e9, 60"
  })
  private @interface Rows {}

  @Rows
  void answersOfClients_areTrue(
      long seed,
      boolean locations,
      int roots,
      int blocksMax,
      int branchEvery,
      long directory,
      double idleNs,
      int steps) {
    var config = new RunPoolConfig(locations, Writing.OWNER, 2, RunPoolConfig.LEASE_NS);
    play(config, seed, new Wood(roots, blocksMax, branchEvery), directory, idleNs, steps);
  }

  @Rows
  void answersOfClients_thatWriteThemselves_areTrue(
      long seed,
      boolean locations,
      int roots,
      int blocksMax,
      int branchEvery,
      long directory,
      double idleNs,
      int steps) {
    var config = new RunPoolConfig(locations, Writing.CLIENTS, BUCKETS, RunPoolConfig.LEASE_NS);
    play(config, seed, new Wood(roots, blocksMax, branchEvery), directory, idleNs, steps);
  }

  /// What chains are drawn from.
  private record Wood(int roots, int blocksMax, int branchEvery) {}

  private static void play(
      RunPoolConfig config, long seed, Wood wood, long directory, double idleNs, int steps) {
    var pool = new MemoryPool(CostModel.DEFAULT);
    boolean locations = config.locations();
    var index = RunPool.create(pool, config);
    var clients = new RunPoolClient[3];
    Arrays.setAll(clients, i -> index.open(new PoolClient(pool), directory));
    var random = RandomSource.seeded(seed);
    var forest = new Forest(random, wood.roots(), wood.blocksMax(), wood.branchEvery());
    var oracle = new Oracle();
    var answer = new PoolAnswer();
    for (int i = 0; i < steps; i++) {
      var client = clients[random.nextInt(clients.length)];
      if (idleNs > 0 && random.nextInt(4) == 0) {
        client.client().idleUntil(index.timeNs(0) + idleNs * random.nextDouble());
      }
      int count = forest.draw();
      int owner = 1 + random.nextInt(OWNERS - 1);
      int tier = random.nextInt(2);
      int from = oracle.now();
      int found = client.match(forest.hashes, count, answer);
      assertThat(found).isEqualTo(answer.blocks());
      assertThat(
              oracle.complaint(
                  forest.hashes, count, answer, HOLDERS, locations, from, oracle.now()))
          .as("step %d, seed %d", i, seed)
          .isEmpty();
      int known = random.nextInt(3) > 0 ? found : random.nextInt(count + 1);
      if (random.nextInt(100) < 55) {
        put(client, forest.hashes, known, count, owner, tier, oracle, i);
      } else {
        int to = random.nextBoolean() ? count : known + random.nextInt(count - known + 1);
        remove(client, forest.hashes, Math.min(known, to), to, owner, tier, oracle);
      }
    }
    assertThat(index.bytes()).isPositive();
  }

  private static void put(
      RunPoolClient client,
      long[] hashes,
      int known,
      int count,
      int owner,
      int tier,
      Oracle oracle,
      int step) {
    var locations = new long[count];
    Arrays.setAll(locations, k -> step * 10_000L + k);
    oracle.now();
    for (int k = known; k < count; k++) {
      oracle.putBegins(hashes[k], Oracle.holder(owner, tier), locations[k]);
    }
    client.put(hashes, known, count, owner, tier, locations);
    oracle.now();
    for (int k = known; k < count; k++) {
      oracle.putEnds(hashes[k], Oracle.holder(owner, tier), locations[k]);
    }
  }

  private static void remove(
      RunPoolClient client, long[] hashes, int from, int to, int owner, int tier, Oracle oracle) {
    int begun = oracle.now();
    boolean holds = false;
    for (int k = from; k < to; k++) {
      holds |= oracle.mustHold(hashes[k], Oracle.holder(owner, tier), begun, begun);
      oracle.removeBegins(hashes[k], Oracle.holder(owner, tier));
    }
    assertThat(client.remove(hashes, from, to, owner, tier)).isEqualTo(holds);
    oracle.now();
    for (int k = from; k < to; k++) {
      oracle.removeEnds(hashes[k], Oracle.holder(owner, tier));
    }
  }
}
