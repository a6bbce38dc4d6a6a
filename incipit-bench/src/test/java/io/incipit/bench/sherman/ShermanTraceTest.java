// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.TraceIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The conversation trace on one client, as it was replayed on the original program: of each
/// request, runs of two ids or more are ranges, other ids gets; then every id not seen is put.
final class ShermanTraceTest {
  private static final int IDS = 182_790;
  private static final double NEAR = 0.02;

  private final boolean[] seen = new boolean[IDS + 1];
  private final List<Integer> rangeTrips = new ArrayList<>();
  private final List<Integer> putTrips = new ArrayList<>();
  private final List<Double> requestMicros = new ArrayList<>();
  private long rangeBytes;
  private long gets;
  private long getTrips;
  private long getBytes;
  private int wrong;

  private static Sherman open(ShermanConfig config) {
    var pool = new MemoryPool(CostModel.DEFAULT);
    Sherman.create(pool, config);
    return Sherman.open(new PoolClient(pool), config);
  }

  /// Each request's ids, from 1 on.
  private static List<long[]> requests() throws IOException {
    return TraceIds.conversation().stream()
        .map(ids -> Arrays.stream(ids).mapToLong(id -> id + 1L).toArray())
        .toList();
  }

  private void replay(Sherman client, List<long[]> requests) {
    for (var ids : requests) {
      long trips = client.client().traffic().roundTrips();
      long bytes = client.client().traffic().bytes();
      lookup(client, ids);
      requestMicros.add(
          2.0 * (client.client().traffic().roundTrips() - trips)
              + 0.00008 * (client.client().traffic().bytes() - bytes));
      for (long id : ids) {
        if (!seen[(int) id]) {
          long before = client.client().traffic().roundTrips();
          client.put(id, id + 7);
          putTrips.add((int) (client.client().traffic().roundTrips() - before));
          seen[(int) id] = true;
        }
      }
    }
  }

  private void lookup(Sherman client, long[] ids) {
    int end;
    for (int i = 0; i < ids.length; i = end) {
      end = i + 1;
      while (end < ids.length && ids[end] == ids[end - 1] + 1) {
        end++;
      }
      var traffic = client.client().traffic();
      long trips = traffic.roundTrips();
      long bytes = traffic.bytes();
      var values = new long[end - i];
      if (values.length == 1) {
        values[0] = client.search(ids[i]);
        gets++;
        getTrips += traffic.roundTrips() - trips;
        getBytes += traffic.bytes() - bytes;
      } else {
        client.range(ids[i], values.length, values, 0);
        rangeTrips.add((int) (traffic.roundTrips() - trips));
        rangeBytes += traffic.bytes() - bytes;
      }
      boolean right = true;
      for (int k = i; k < end; k++) {
        right &= values[k - i] == (seen[(int) ids[k]] ? ids[k] + 7 : 0);
      }
      wrong += right ? 0 : 1;
    }
  }

  private void preload(Sherman client) {
    for (int id = 1; id <= IDS; id++) {
      client.put(id, id + 7);
      seen[id] = true;
    }
  }

  private static <T extends Comparable<T>> T at(List<T> values, double share) {
    var sorted = values.stream().sorted().toList();
    return sorted.get(Math.min(sorted.size() - 1, (int) (sorted.size() * share)));
  }

  private static void assertNear(double value, double golden) {
    assertThat(value).isCloseTo(golden, within(NEAR * golden));
  }

  @Test
  void cold_published_costsWhatTheOriginalDoes() throws IOException {
    replay(open(ShermanConfig.PUBLISHED), requests());

    assertThat(rangeTrips.size() + gets).isEqualTo(33_391);
    assertNear(wrong, 1_319);
    assertThat(List.of(at(rangeTrips, .5), at(rangeTrips, .9), at(rangeTrips, 1))).containsOnly(1);
    assertNear((double) getTrips / gets, 1.43);
    assertNear((double) getBytes / gets, 1_468);
    assertNear(putTrips.stream().mapToInt(trips -> trips).average().orElseThrow(), 3.86);
    assertThat(at(putTrips, .99)).isEqualTo(8);
    assertThat(at(requestMicros, .99)).isCloseTo(23, within(0.5));
  }

  /// In order of id; then each is got once, without which the cache would not know those of the
  /// time when it was off.
  @Test
  void preloaded_published_costsWhatTheOriginalDoes() throws IOException {
    var client = open(ShermanConfig.PUBLISHED);
    var requests = requests();
    preload(client);
    for (int id = 1; id <= IDS; id++) {
      assertThat(client.search(id)).isEqualTo(id + 7);
    }
    replay(client, requests);

    assertThat(wrong).isZero();
    assertThat(putTrips).isEmpty();
    assertThat(rangeTrips).containsOnly(1);
    assertNear((double) rangeBytes / rangeTrips.size(), 1_718);
    assertThat(getTrips).isEqualTo(gets);
    assertThat(getBytes).isEqualTo(1_024 * gets);
    assertThat(at(requestMicros, .99)).isBetween(18.7, 20.9);
  }

  /// What was measured here: no other has these.
  @ParameterizedTest
  @CsvSource({"8", "32"})
  void cold_repaired_isRight(int keyBytes) throws IOException {
    replay(open(ShermanConfig.REPAIRED.withKeyBytes(keyBytes)), requests());

    assertThat(wrong).isZero();
    assertThat(at(rangeTrips, .5)).isOne();
    assertThat(at(rangeTrips, .99)).isEqualTo(2);
    assertThat(at(rangeTrips, 1)).isLessThanOrEqualTo(5);
    assertNear((double) getTrips / gets, 1.025);
  }

  @ParameterizedTest
  @CsvSource({"8", "32"})
  void preloaded_repaired_isRight(int keyBytes) throws IOException {
    var client = open(ShermanConfig.REPAIRED.withKeyBytes(keyBytes));
    var requests = requests();
    preload(client);
    replay(client, requests);

    assertThat(wrong).isZero();
    assertThat(at(rangeTrips, .99)).isOne();
    assertNear((double) getTrips / gets, 1);
  }
}
