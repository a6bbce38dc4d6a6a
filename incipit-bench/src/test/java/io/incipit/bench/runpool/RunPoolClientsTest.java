// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Transport;
import io.incipit.block.Hash64;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What it takes where clients write with CAS, and what the form does not do.
final class RunPoolClientsTest {
  private static final int BUCKETS = 1 << 12;

  private final MemoryPool pool = new MemoryPool(CostModel.DEFAULT);
  private final PoolAnswer answer = new PoolAnswer();

  private RunPool index(boolean locations, int buckets) {
    var config = new RunPoolConfig(locations, Writing.CLIENTS, buckets, RunPoolConfig.LEASE_NS);
    return RunPool.create(pool, config);
  }

  private RunPoolClient open(RunPool index) {
    return index.open(new PoolClient(pool, Transport.WHOLE, 16), 1 << 20);
  }

  private static long[] chain(int root, int branch, int kept, int blocks) {
    var hashes = new long[blocks];
    for (int i = 0; i < blocks; i++) {
      hashes[i] = Hash64.mix(root * 10_000_019L + i + (i < kept ? 0 : branch * 100_003L));
    }
    return hashes;
  }

  /// Puts a chain after a look-up.
  ///
  /// @return round trips of the put
  private long put(RunPoolClient client, long[] hashes, int owner) {
    int found = client.match(hashes, hashes.length, answer);
    var before = client.client().traffic().snapshot();
    var locations = new long[hashes.length];
    Arrays.setAll(locations, i -> hashes[i] * 3);
    client.put(hashes, found, hashes.length, owner, 0, locations);
    return client.client().traffic().since(before).roundTrips();
  }

  private void assertFound(RunPoolClient client, long[] hashes, int owner, boolean located) {
    assertThat(client.match(hashes, hashes.length, answer)).isEqualTo(hashes.length);
    assertThat(answer.isOf(owner, 0)).isTrue();
    for (int i = 0; located && i < hashes.length; i++) {
      assertThat(answer.location(i)).isEqualTo(hashes[i] * 3);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, false", "16, false", "17, true", "40, false", "767, true", "5000, false"})
  void put_ofAnyLength_takesThreeRoundTripsAtMost(int blocks, boolean locations) {
    var index = index(locations, BUCKETS);
    var client = open(index);
    var whole = chain(1, 1, 0, 3 * blocks);
    for (int part = 1; part <= 3; part++) {
      var hashes = Arrays.copyOf(whole, part * blocks);
      assertThat(put(client, hashes, 1)).isBetween(2L, 3L);
      assertFound(client, hashes, 1, locations);
    }
    assertFound(open(index), whole, 1, locations);
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void put_thatSplits_takesFour_andThenThreeBesideThat(boolean locations) {
    var index = index(locations, BUCKETS);
    var client = open(index);
    put(client, chain(1, 0, 0, 300), 1);

    assertThat(put(client, chain(1, 2, 100, 260), 1)).isEqualTo(4);
    assertThat(put(client, chain(1, 3, 100, 290), 1)).isEqualTo(3);

    for (var other : new RunPoolClient[] {client, open(index)}) {
      assertFound(other, chain(1, 0, 0, 300), 1, locations);
      assertFound(other, chain(1, 2, 100, 260), 1, locations);
      assertFound(other, chain(1, 3, 100, 290), 1, locations);
    }
  }

  @Test
  void put_ofAnotherHolder_changesAllRunsOnTheWayInTwo() {
    var index = index(false, BUCKETS);
    var client = open(index);
    put(client, chain(1, 0, 0, 60), 1);
    put(client, chain(1, 2, 20, 60), 1);
    client.match(chain(1, 2, 20, 60), 60, answer);
    var before = client.client().traffic().snapshot();

    client.put(chain(1, 2, 20, 60), 0, 60, 7, 1, new long[0]);

    assertThat(client.client().traffic().since(before).roundTrips()).isEqualTo(2);
    client.match(chain(1, 2, 20, 60), 60, answer);
    assertThat(answer.holders()).isEqualTo(4);
  }

  @Test
  void removal_leavesTheRun_whichIsUsedAgain() {
    var index = index(false, BUCKETS);
    var client = open(index);
    var hashes = chain(1, 1, 0, 500);
    put(client, hashes, 1);
    long bytes = index.bytes();

    assertThat(client.remove(hashes, 0, 500, 1, 0)).isTrue();
    assertThat(client.remove(hashes, 0, 500, 1, 0)).isFalse();
    assertThat(client.match(hashes, 500, answer)).isZero();
    assertThat(put(client, hashes, 2)).isEqualTo(2);

    assertFound(client, hashes, 2, false);
    assertThat(index.bytes()).isEqualTo(bytes);
  }

  @Test
  void table_thatIsFullOfHeads_isSaid_andAllThatIsThereStays() {
    var index = index(false, 2);
    var client = open(index);
    for (int root = 1; root <= 13; root++) {
      put(client, chain(root, 0, 0, 40), 1);
    }
    assertThatThrownBy(() -> put(client, chain(1, 2, 20, 40), 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("full of heads, of 2 buckets");
    assertThat(put(client, chain(14, 0, 0, 40), 1)).isLessThanOrEqualTo(3);
    assertThatThrownBy(() -> put(client, chain(15, 0, 0, 40), 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("full of heads, of 2 buckets");

    var other = open(index);
    for (int root = 1; root <= 14; root++) {
      assertFound(client, chain(root, 0, 0, 40), 1, false);
      assertFound(other, chain(root, 0, 0, 40), 1, false);
    }
    assertThat(other.match(chain(1, 2, 20, 40), 40, answer)).isEqualTo(20);
  }

  @Test
  void bytes_countTableRootAndChunksOfAllClients() {
    var index = index(false, BUCKETS);
    assertThat(index.bytes()).isEqualTo(64L * (BUCKETS + 1));
    put(open(index), chain(1, 1, 0, 10), 1);
    put(open(index), chain(2, 1, 0, 10), 1);
    assertThat(index.bytes()).isEqualTo(64L * (BUCKETS + 1 + 2 * 1024));
  }

  @Test
  void clients_areNumbered_andNoMoreThanThereAreNumbers() {
    var index = index(false, 2);
    for (int i = 0; i < ClientWriter.CLIENTS_MAX; i++) {
      index.open(new PoolClient(pool), 0);
    }
    assertThatThrownBy(() -> index.open(new PoolClient(pool), 0))
        .hasMessage("clients: 4097 (expected: at most 4096 in an index's life)");
  }

  @Test
  void table_largerThanAChunk_isRefused() {
    assertThatThrownBy(() -> index(false, 1 + ClientAnchors.BUCKETS_MAX))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("anchorBuckets: 524289");
  }
}
