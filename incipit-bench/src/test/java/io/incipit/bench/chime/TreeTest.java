// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Traffic;
import io.incipit.env.RandomSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Each tree between sherman-clv and CHIME, beside a map; budgets; what cannot be.
final class TreeTest {
  private static final int KEYS = 6_000;
  private static final int OPERATIONS = 40_000;
  private static final int WIDTH = 40;

  static Stream<Arguments> trees() {
    var all = new ArrayList<Arguments>();
    ChimeConfig.ablation()
        .forEach(
            (name, config) -> {
              all.add(Arguments.of(name, config, 70L << 20));
              all.add(Arguments.of(name + " 32", config.withKeyBytes(32), 70L << 20));
              all.add(Arguments.of(name + " small caches", config, 8_192L));
            });
    return all.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("trees")
  void randomOperations_areThoseOfAMap(String name, ChimeConfig step, long cacheBytes) {
    var config = step.withRepaired(true).withCaches(cacheBytes, cacheBytes);
    var rig = new Rig(config);
    var batched = ChimeIndex.open(rig.client, config.withBatched(true));
    var map = new HashMap<Long, Long>();
    var random = RandomSource.seeded(5);
    for (int i = 1; i <= OPERATIONS; i++) {
      long key = 1L + random.nextInt(KEYS);
      switch (random.nextInt(8)) {
        case 0 -> assertThat(rig.index.delete(key)).isEqualTo(map.remove(key) != null);
        case 1 -> assertThat(rig.index.update(key, i)).isEqualTo(changed(map, key, i));
        case 2 -> assertRange(rig.index, key, map);
        case 3 -> assertBatch(batched, key, map);
        case 4 -> assertThat(rig.index.search(key)).isEqualTo(map.getOrDefault(key, 0L));
        default -> {
          (i % 2 == 0 ? rig.index : batched).put(key, i);
          map.put(key, (long) i);
        }
      }
      assertThat(rig.index.cacheBytes()).isLessThanOrEqualTo(2 * cacheBytes);
    }
    for (long key = 1; key <= KEYS; key++) {
      assertThat(batched.search(key)).isEqualTo(map.getOrDefault(key, 0L));
    }
  }

  private static boolean changed(Map<Long, Long> map, long key, long value) {
    return map.computeIfPresent(key, (k, old) -> value) != null;
  }

  private static void assertRange(ChimeIndex index, long from, Map<Long, Long> map) {
    var values = new long[WIDTH + 1];
    index.range(from, WIDTH, values, 1);
    for (int i = 0; i < WIDTH; i++) {
      assertThat(values[i + 1]).isEqualTo(map.getOrDefault(from + i, 0L));
    }
  }

  private static void assertBatch(ChimeIndex index, long from, Map<Long, Long> map) {
    long[] starts = {from, from + 500, 7, from + 900};
    int[] counts = {3, 1, 1, WIDTH};
    var values = new long[5 + WIDTH];
    index.lookup(starts, counts, 4, values);
    int at = 0;
    for (int i = 0; i < 4; i++) {
      for (int k = 0; k < counts[i]; k++) {
        assertThat(values[at++]).isEqualTo(map.getOrDefault(starts[i] + k, 0L));
      }
    }
  }

  /// As published, with keys that are put once: found whatever the order, and by ranges too.
  @ParameterizedTest(name = "{0}")
  @MethodSource("trees")
  void published_findsAll(String name, ChimeConfig config, long cacheBytes) {
    var rig = new Rig(config.withCaches(cacheBytes, cacheBytes));
    for (int key : Rig.shuffled(KEYS, 9)) {
      rig.index.put(key, key + 1L);
    }
    var values = new long[KEYS];
    rig.index.range(1, KEYS, values, 0);
    for (int key = 1; key <= KEYS; key++) {
      assertThat(values[key - 1]).isEqualTo(key + 1L);
      assertThat(rig.index.search(key)).isEqualTo(key + 1L);
    }
    assertThat(rig.index.search(KEYS + 1L)).isZero();
  }

  /// What each of CHIME's changes buys, with the next one: bytes of a get and of an insert.
  @Test
  void ablation_eachStepReadsLess() {
    List<Rig.Cost> gets = new ArrayList<>();
    List<Rig.Cost> puts = new ArrayList<>();
    ChimeConfig.ablation()
        .forEach(
            (name, config) -> {
              var rig = new Rig(config);
              puts.add(rig.cost(50_000, i -> rig.index.put(Rig.scattered(i), i + 1)));
              rig.index.warm();
              gets.add(rig.cost(50_000, i -> rig.index.search(Rig.scattered(i % 10_000))));
            });
    assertThat(gets.stream().map(Rig.Cost::roundTrips)).allMatch(trips -> trips < 1.001);
    assertThat(gets.stream().map(cost -> Math.round(cost.readBytes())).toList())
        .containsExactly(1132L, 180L, 180L, 181L, 164L, 49L);
    // A header stands apart: two requests a get, until it is replicated.
    assertThat(gets.get(1).reads()).isGreaterThan(2.05);
    assertThat(gets.get(3).reads()).isLessThan(1.2);
    assertThat(puts.get(2).readBytes()).isLessThan(0.45 * puts.get(1).readBytes());
    assertThat(puts.get(4).readBytes()).isLessThan(puts.get(3).readBytes());
  }

  /// Two clients of one tree see each other's keys, whatever is in their caches.
  @Test
  void clients_seeEachOther() {
    var rig = new Rig(ChimeConfig.CHIME.withRepaired(true));
    var other = ChimeIndex.open(new PoolClient(rig.pool), rig.config);
    var values = new long[1_000];
    for (int i = 0; i < 20_000; i += 1_000) {
      for (int key = i + 1; key <= i + 1_000; key++) {
        (key % 2 == 0 ? rig.index : other).put(key, key);
      }
      rig.index.range(i + 1, 1_000, values, 0);
      for (int key = i + 1; key <= i + 1_000; key++) {
        assertThat(values[key - i - 1]).isEqualTo(key);
        assertThat(other.search(key)).isEqualTo(key);
      }
    }
  }

  @Test
  void load_atSplit_is88in100() {
    var rig = new Rig(ChimeConfig.CHIME);
    for (int i = 0; i < 100_000; i++) {
      rig.index.put(Rig.scattered(i), 1);
    }

    assertThat(rig.index.loadAtSplit()).isCloseTo(0.88, within(0.02 * 0.88));
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "-2"})
  void key_thatIsReserved_isRefused(long key) {
    var index = new Rig(ChimeConfig.CHIME).index;

    assertThatThrownBy(() -> index.search(key)).hasMessageContaining("expected: 1 to 2^64 - 3");
    assertThatThrownBy(() -> index.put(key, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> index.range(-5, 9, new long[9], 0))
        .hasMessageContaining("expected: 1 to 2^64 - 3");
    assertThatThrownBy(() -> index.range(key - 1, 2, new long[2], 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void create_twice_isRefused() {
    var pool = new MemoryPool(CostModel.DEFAULT);
    ChimeIndex.create(pool, ChimeConfig.CHIME);

    assertThatThrownBy(() -> ChimeIndex.create(pool, ChimeConfig.CHIME))
        .hasMessage("memory in use (expected: none)");
  }

  @Test
  void hotspots_stayInTheirBudget_andTellWhereKeysAre() {
    var hotspots = new HotspotBuffer(1 << 20);
    for (int i = 0; i < 1_000_000; i++) {
      hotspots.found(64L * (i / 30), i % 30, i);
    }
    assertThat(hotspots.bytes()).isBetween((1L << 20) / 2, 1L << 20);
    hotspots.found(64_000_000L, 5, 0x1_2345);
    hotspots.found(64_000_000L, 9, 0x5_2345);
    hotspots.found(64_000_000L, 9, 0x5_2345);
    assertThat(hotspots.guess(64_000_000L, 3, 0x9_2345)).isEqualTo(9);
    assertThat(hotspots.guess(64_000_000L, 0, 0x9_2345)).isEqualTo(5);
    assertThat(hotspots.guess(64_000_000L, 3, 0x9_2346)).isEqualTo(-1);
    hotspots.forget(64_000_000L, 9);
    assertThat(hotspots.guess(64_000_000L, 3, 0x9_2345)).isEqualTo(5);
  }

  /// Reads of a key that another client of the machine is at are one; so are writes, and the last
  /// value stands.
  @Test
  void machine_combines() {
    var rig = new Rig(ChimeConfig.CHIME);
    var inner = new ArrayList<Runnable>();
    var machine = new ComputeNode(() -> inner.removeFirst().run());
    var flight = machine.begin(7, true, 1);
    inner.add(
        () -> {
          rig.index.put(7, flight.close());
          machine.endWrite(flight);
        });
    var other = ChimeIndex.open(new PoolClient(rig.pool), rig.config, machine);
    Traffic before = other.client().traffic().snapshot();
    other.put(7, 2);
    assertThat(other.client().traffic().since(before).requests()).isZero();
    assertThat(rig.index.search(7)).isEqualTo(2);
    assertThat(machine.combinedWrites()).isOne();

    var read = machine.begin(7, false, 0);
    inner.add(() -> machine.endRead(read, rig.index.search(7)));
    assertThat(other.search(7)).isEqualTo(2);
    assertThat(other.client().traffic().since(before).requests()).isZero();
    assertThat(machine.sharedReads()).isOne();

    var failing = machine.begin(7, false, 0);
    inner.add(() -> machine.giveUp(failing));
    assertThat(other.search(7)).isEqualTo(2);
    assertThat(other.client().traffic().since(before).reads()).isPositive();
  }
}
