// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.IndexContest;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;
import io.incipit.bench.pool.Transport;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients that take turns after each line that is moved.
final class ShermanConcurrencyTest {
  private static final int SEEDS = 4;
  private static final int FAULT_SEEDS = 60;

  private static IndexContest contest(
      ShermanConfig config, ShermanFault fault, long seed, boolean ascending)
      throws InterruptedException {
    var contest = new IndexContest(seed, ascending);
    Sherman.create(contest.pool(), config);
    // The first two writers and a reader are of one compute node.
    var shared = new ComputeNode(contest::pause);
    contest.run(
        (client, number) ->
            number == 2 || number > 3
                ? Sherman.open(client, config, new ComputeNode(contest::pause), fault)
                : Sherman.open(client, config, shared, fault),
        config.repaired());
    return contest;
  }

  /// Whether a contest ends badly for one of the seeds.
  private static boolean isCaught(ShermanConfig config, ShermanFault fault, boolean ascending)
      throws InterruptedException {
    for (int seed = 1; seed <= FAULT_SEEDS; seed++) {
      try {
        contest(config, fault, seed, ascending);
      } catch (AssertionError caught) {
        assertThat(caught).isNotNull();
        return true;
      }
    }
    return false;
  }

  @ParameterizedTest
  @CsvSource({"8, false", "8, true", "32, false"})
  void repaired_readersAndWriters_findWhatStands(int keyBytes, boolean cacheless)
      throws InterruptedException {
    var config =
        ShermanConfig.REPAIRED.withKeyBytes(keyBytes).withCacheFromLevel(cacheless ? 3 : 1);
    long torn = 0;
    long locked = 0;
    long stale = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      var contest = contest(config, ShermanFault.NONE, seed, true);
      torn += contest.retries(Retry.TORN);
      locked += contest.retries(Retry.LOCK);
      stale += contest.retries(Retry.STALE) + contest.retries(Retry.HALF_SPLIT);
    }

    assertThat(torn).isPositive();
    assertThat(locked).isPositive();
    assertThat(stale).isPositive();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "LEFT_FIRST"})
  void faulty_isCaught(ShermanFault fault) throws InterruptedException {
    assertThat(isCaught(ShermanConfig.REPAIRED, fault, true)).isTrue();
  }

  /// A reader comes before each write of records and pages, and reads all that stands.
  @Test
  void splits_readerBeforeEachWrite_findsAll() {
    readBeforeEachWrite(ShermanFault.NONE);

    assertThatThrownBy(() -> readBeforeEachWrite(ShermanFault.LEFT_FIRST))
        .isInstanceOfAny(AssertionError.class, IllegalArgumentException.class);
  }

  private static void readBeforeEachWrite(ShermanFault fault) {
    var pool = new MemoryPool(CostModel.DEFAULT);
    Sherman.create(pool, ShermanConfig.REPAIRED);
    var cached = Sherman.open(new PoolClient(pool), ShermanConfig.REPAIRED);
    var walking = Sherman.open(new PoolClient(pool), ShermanConfig.REPAIRED.withCacheFromLevel(9));
    int[] done = {0};
    var watched =
        new Transport() {
          @Override
          public void copy(byte[] source, int from, byte[] target, int to, int length) {
            Transport.WHOLE.copy(source, from, target, to, length);
          }

          @Override
          public void write(byte[] source, int from, byte[] memory, int to, int length) {
            // A page of which a part was written is torn until the rest is: nobody can read it.
            if (length != Transport.LINE && length != Layout.of(8).pageBytes - Transport.LINE) {
              int last = done[0];
              for (int key = Math.max(1, last - 60); key <= last; key++) {
                assertThat(cached.search(key)).isEqualTo(key);
                assertThat(walking.search(key)).isEqualTo(key);
              }
            }
            Transport.WHOLE.write(source, from, memory, to, length);
          }
        };
    var writer =
        Sherman.open(
            new PoolClient(pool, watched, 1), ShermanConfig.REPAIRED, new ComputeNode(), fault);
    for (int key = 1; key <= 140; key++) {
      writer.put(key, key);
      done[0] = key;
    }
  }

  /// Front and rear version of a page are no proof even in ascending order: a READ that overtakes
  /// the one WRITE of a page finds the new version at both ends and old lines between.
  @Test
  void published_pageAsOneWrite_isCaught() throws InterruptedException {
    var published = ShermanConfig.PUBLISHED.withCacheFromLevel(1);

    assertThat(isCaught(published, ShermanFault.NONE, true)).isTrue();
  }

  /// In another order than ascending no version of a page proves anything; nobody says it does.
  @Test
  void repaired_anyOrder_isCaught() throws InterruptedException {
    assertThat(isCaught(ShermanConfig.REPAIRED, ShermanFault.NONE, false)).isTrue();
  }

  /// Clients of a node that wait for a leaf get it from each other.
  @Test
  void handOver_savesLockAndUnlock() throws InterruptedException {
    var contest = new IndexContest(1, true);
    Sherman.create(contest.pool(), ShermanConfig.REPAIRED);
    var node = new ComputeNode(contest::pause);
    var clients = new ArrayList<Runnable>();
    for (int i = 0; i < 4; i++) {
      int key = i + 1;
      clients.add(
          () -> {
            var client = Sherman.open(contest.client(key), ShermanConfig.REPAIRED, node);
            for (int k = 1; k <= 40; k++) {
              client.put(key, 100L * key + k);
            }
          });
    }
    contest.run(clients);

    assertThat(contest.atomics()).isBetween(160L / 9, 80L);
    var reader = Sherman.open(new PoolClient(contest.pool()), ShermanConfig.REPAIRED);
    for (int key = 1; key <= 4; key++) {
      assertThat(reader.search(key)).isEqualTo(100L * key + 40);
    }
  }
}
