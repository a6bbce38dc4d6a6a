// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.incipit.policy.PoolConfig;
import io.incipit.policy.PoolConfig.Timing;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What each policy is for, on requests made for it.
class PoliciesTest {
  private static final long SECOND = 1_000_000_000;
  private static final int CAPACITY = 100;

  @Test
  void parse_everyName_isItself() {
    for (var policy : PolicyName.values()) {
      assertThat(PolicyName.parse(policy.toString())).isEqualTo(policy);
    }
    assertThat(PolicyName.parse("default")).isEqualTo(PolicyName.DEFAULT);
    assertThatThrownBy(() -> PolicyName.parse("lru"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("policy: lru (expected: default, leaf-fifo, leaf-lru, lfu,");
  }

  /// Each of ten blocks is used twice in a row, then 40 new ones come that never return, and those
  /// are enough for the order of use to lose it until it is asked for again.
  @ParameterizedTest
  @EnumSource(
      value = PolicyName.class,
      names = {"LFU", "LFU_KEPT", "ARC", "S3_FIFO", "SIEVE", "W_TINYLFU", "GDSF", "SLRU"})
  void offer_hotBlocksAmongManyNew_keepsTheHotOnes(PolicyName policy) {
    assertThat(hotHits(policy)).isGreaterThan(2 * hotHits(PolicyName.LEAF_LRU) + 500);
  }

  private static int hotHits(PolicyName policy) {
    var pool = policy.pool(PoolConfig.of(45, 16), Foresight.NONE);
    int hits = 0;
    long fresh = 1_000;
    for (int i = 0; i < 6_000; i++) {
      long id = i % 6 < 2 ? (i / 6) % 10 : fresh++;
      int hit = pool.offer(i * SECOND, new long[] {id}, 1, 16);
      hits += i % 6 == 0 ? hit : 0;
    }
    return hits;
  }

  /// The first path is the oldest, and its head all the same worth more than the ends of others.
  @Test
  void offer_pathsOverTheCapacity_tLruLetsEndsGoBeforeHeads() {
    assertThat(headHits(PolicyName.LEAF_LRU)).isEqualTo(4);
    assertThat(headHits(PolicyName.T_LRU)).isEqualTo(8);
  }

  private static int headHits(PolicyName policy) {
    var pool = policy.pool(PoolConfig.of(20, 512), Foresight.NONE);
    var first = LongStream.range(0, 16).toArray();
    pool.offer(SECOND, first, 16, 16 * 512);
    pool.offer(2 * SECOND, LongStream.range(100, 110).toArray(), 10, 10 * 512);
    pool.offer(3 * SECOND, LongStream.range(200, 206).toArray(), 6, 6 * 512);
    return pool.offer(4 * SECOND, first, 16, 16 * 512);
  }

  /// Conversations return after a minute, and far more long documents, which never do, come in
  /// between than fit: by order of use all is lost.
  @ParameterizedTest
  @EnumSource(
      value = PolicyName.class,
      names = {"RWL", "TIP", "HZD"})
  void offer_talksAmongDocuments_learnsToKeepTheTalks(PolicyName policy) {
    assertThat(talkHits(policy, Timing.CLOCK))
        .isGreaterThan(10 * talkHits(PolicyName.LEAF_LRU, Timing.CLOCK) + 2_000);
  }

  @ParameterizedTest
  @EnumSource(
      value = PolicyName.class,
      names = {"TIP", "HZD"})
  void offer_talksWithoutTimes_learnsFromTouches(PolicyName policy) {
    assertThat(talkHits(policy, Timing.TOUCHES))
        .isGreaterThan(10 * talkHits(PolicyName.LEAF_LRU, Timing.TOUCHES) + 2_000);
  }

  /// Each second a document of 20 blocks that never returns, or one of 10 talks of 3 blocks that
  /// are asked for in turn.
  private static int talkHits(PolicyName policy, Timing timing) {
    var pool = policy.pool(new PoolConfig(CAPACITY, 512, timing, 1), Foresight.NONE);
    int hits = 0;
    long fresh = 1_000;
    for (int i = 0; i < 12_000; i++) {
      boolean talk = i % 2 == 0;
      var ids = new long[talk ? 3 : 20];
      for (int j = 0; j < ids.length; j++) {
        ids[j] = talk ? 3 * ((i / 2) % 10) + j : fresh++;
      }
      long timeNs = timing == Timing.CLOCK ? i * SECOND : 0;
      hits += pool.offer(timeNs, ids, ids.length, 512 * ids.length);
    }
    return hits;
  }

  @Test
  void add_manyIds_countsAtLeastAsOftenAsSeen() {
    var sketch = new TinyLfu.Sketch(1_000);
    for (int round = 0; round < 6; round++) {
      for (long id = 0; id < 300; id++) {
        sketch.add(id);
      }
    }

    int more = 0;
    for (long id = 0; id < 300; id++) {
      assertThat(sketch.count(id)).isGreaterThanOrEqualTo(6);
      more += sketch.count(id) > 6 ? 1 : 0;
    }
    assertThat(more).isLessThan(30);
    for (int i = 0; i < 10_000 - 1_800; i++) {
      sketch.add(12_345);
    }
    assertThat(sketch.count(0)).isLessThan(6);
  }

  @Test
  void ofPrefix_anyLength_isTheSumOverItsBlocks() {
    double linear = PrefillCost.linearBlocks(512);
    double sum = 0;
    for (int depth = 0; depth < 7; depth++) {
      sum += PrefillCost.ofBlock(depth, linear);
    }

    assertThat(linear).isEqualTo(60);
    assertThat(PrefillCost.ofPrefix(7 * 512, 512)).isCloseTo(sum, within(1e-9));
    assertThat(PrefillCost.ofPrefix(7 * 512 + 128, 512))
        .isCloseTo(sum + 0.25 * PrefillCost.ofBlock(7, linear), within(1e-9));
    assertThat(PrefillCost.ofPrefix(0, 512)).isZero();
  }
}
