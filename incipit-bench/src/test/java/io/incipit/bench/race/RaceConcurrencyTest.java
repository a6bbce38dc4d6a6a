// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.bench.pool.IndexContest;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;
import java.util.ArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients that take turns after each line that is moved, in ascending or in any order.
final class RaceConcurrencyTest {
  private static final int SEEDS = 4;
  private static final int FAULT_SEEDS = 40;
  private static final int CONTESTED = 120;

  private static IndexContest contest(
      RaceConfig config, RaceFault fault, long seed, boolean ascending)
      throws InterruptedException {
    var contest = new IndexContest(seed, ascending);
    Race.create(contest.pool(), config);
    contest.run((client, number) -> Race.open(client, config, fault), true);
    return contest;
  }

  @ParameterizedTest
  @CsvSource({
    "8, 64, true, true",
    "8, 64, true, false",
    "8, 128, true, false",
    "32, 128, true, true",
    "32, 64, false, true",
    "32, 64, false, false"
  })
  void readersAndWriters_findWhatStands(
      int keyBytes, int bucketBytes, boolean inline, boolean ascending)
      throws InterruptedException {
    long failed = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      var config = new RaceConfig(keyBytes, bucketBytes, inline, inline ? 40 : 15, 0);
      failed += contest(config, RaceFault.NONE, seed, ascending).retries(Retry.LOCK);
    }

    assertThat(failed).isPositive();
  }

  /// Fingerprints are tried where two keys have the same.
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "TRUST_FINGERPRINT"})
  void faulty_isCaught(RaceFault fault) throws InterruptedException {
    assertThat(isCaught(fault)).isTrue();
  }

  private static boolean isCaught(RaceFault fault) throws InterruptedException {
    for (int seed = 1; seed <= FAULT_SEEDS; seed++) {
      try {
        contest(new RaceConfig(8, 64, true, 40, 0), fault, seed, true);
      } catch (AssertionError caught) {
        assertThat(caught).isNotNull();
        return true;
      }
    }
    return false;
  }

  /// Two clients put the same keys in the same order, in batches; a third one reads them.
  @ParameterizedTest
  @CsvSource({"true, 1", "true, 7", "false, 1", "false, 7"})
  void sameKeys_ofTwoClients_haveOneValue(boolean inline, int batch) throws InterruptedException {
    long failed = 0;
    for (int seed = 1; seed <= 2 * SEEDS; seed++) {
      var config = new RaceConfig(8, 64, inline, inline ? 40 : 15, 0);
      var contest = new IndexContest(seed, false);
      Race.create(contest.pool(), config);
      var clients = new ArrayList<Runnable>();
      int[] writing = {2};
      for (int i = 1; i <= 2; i++) {
        int number = i;
        clients.add(
            () -> {
              putAll(Race.open(contest.client(number), config), number, batch);
              writing[0]--;
            });
      }
      clients.add(
          () -> {
            var client = Race.open(contest.client(3), config);
            while (writing[0] > 0) {
              readTwice(client);
            }
          });
      contest.run(clients);
      failed += contest.retries(Retry.LOCK);
      assertOneValue(Race.open(new PoolClient(contest.pool()), config));
    }

    assertThat(failed).isPositive();
  }

  private static void putAll(Race client, int number, int batch) {
    var keys = new long[batch];
    var values = new long[batch];
    for (int key = 1; key <= CONTESTED; key += batch) {
      int count = Math.min(batch, CONTESTED + 1 - key);
      for (int i = 0; i < count; i++) {
        keys[i] = (long) key + i;
        values[i] = 1_000L * number + key + i;
      }
      client.putAll(keys, values, count);
      for (int i = 0; i < count; i++) {
        assertThat(client.search(keys[i])).isIn(1_000 + keys[i], 2_000 + keys[i]);
      }
    }
  }

  /// What has a value once has one for ever here.
  private static void readTwice(Race client) {
    var before = new long[CONTESTED];
    var after = new long[CONTESTED];
    client.range(1, CONTESTED, before, 0);
    client.range(1, CONTESTED, after, 0);
    for (int i = 0; i < CONTESTED; i++) {
      if (before[i] != 0) {
        assertThat(after[i]).isIn(1_001L + i, 2_001L + i);
      }
    }
  }

  private static void assertOneValue(Race client) {
    for (long key = 1; key <= CONTESTED; key++) {
      assertThat(client.search(key)).isIn(1_000 + key, 2_000 + key);
      client.put(key, key);
      assertThat(client.search(key)).isEqualTo(key);
      assertThat(client.delete(key)).isTrue();
      assertThat(client.search(key)).isZero();
      assertThat(client.delete(key)).isFalse();
    }
  }
}
