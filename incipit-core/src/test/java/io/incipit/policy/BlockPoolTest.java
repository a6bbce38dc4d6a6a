// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.env.Search;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What holds of a pool under every policy.
class BlockPoolTest {
  private static final int REQUESTS = 2_500;
  private static final int OFFLINE_REQUESTS = 600;
  private static final int BLOCKS = 900;
  private static final int[] CAPACITIES = {1, 2, 7, 60, 300, 2 * BLOCKS};

  @ParameterizedTest
  @EnumSource(PolicyName.class)
  @Tag("programs")
  void offer_randomPaths_evictsLeavesOnlyAndStaysWithinCapacity(PolicyName policy) {
    Search.of(Search.Family.PROGRAMS, "pool under " + policy, 0, 2)
        .run(seed -> offerRandomPaths(policy, program(policy, seed)));
  }

  private static void offerRandomPaths(PolicyName policy, PoolProgram program) {
    for (int capacity : CAPACITIES) {
      var pool = pool(policy, capacity, program);
      var held = new HashSet<Long>();
      int step = 0;
      for (var request : program.requests()) {
        var as = "capacity %d, step %d".formatted(capacity, step);
        int before = leading(held, request.path());

        assertThat(request.offerTo(pool)).as(as).isEqualTo(before);
        held.addAll(request.path());
        for (int i = 0; i < pool.evicted(); i++) {
          assertThat(held.remove(pool.evicted(i))).as(as).isTrue();
          assertThat(hasChild(held, pool.evicted(i))).as(as).isFalse();
        }
        assertThat(held).as(as).hasSize(pool.blocks()).hasSizeLessThanOrEqualTo(capacity);
        if (pool.evicted() > 0) {
          assertThat(held).as(as).hasSize(capacity);
        }
        step++;
      }
      for (long block = 1; block < BLOCKS; block++) {
        assertThat(pool.holds(block)).isEqualTo(held.contains(block));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(PolicyName.class)
  void offer_sameCallsTwice_evictsTheSame(PolicyName policy) {
    var program = program(policy, 7);

    assertThat(evictions(pool(policy, 50, program), program))
        .isEqualTo(evictions(pool(policy, 50, program), program));
  }

  @ParameterizedTest
  @EnumSource(PolicyName.class)
  void offer_nothingMayBeCached_changesNothing(PolicyName policy) {
    var pool = new BlockPool(PoolConfig.of(policy, 3, 16));
    pool.offer(0, new long[] {5, 6}, 2, 32);

    assertThat(pool.offer(1, new long[] {9}, 0, 7)).isZero();
    assertThat(pool.blocks()).isEqualTo(2);
    assertThat(pool.evicted()).isZero();
  }

  @Test
  void offer_longerThanCapacity_keepsTheHead() {
    var pool = new BlockPool(PoolConfig.of(PolicyName.LEAF_LRU, 2, 16));

    assertThat(pool.offer(0, new long[] {5, 6, 7, 8}, 4, 64)).isZero();
    assertThat(List.of(pool.evicted(0), pool.evicted(1))).containsExactly(8L, 7L);
    assertThat(pool.offer(0, new long[] {5, 6, 7, 8}, 4, 64)).isEqualTo(2);
  }

  @Test
  void offer_idsThatAreNoPrefix_areRefused() {
    var pool = new BlockPool(PoolConfig.of(PolicyName.LEAF_LRU, 9, 16));
    pool.offer(0, new long[] {1, 2, 3}, 3, 48);

    assertThatThrownBy(() -> pool.offer(0, new long[] {1, 3}, 2, 32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ids[1]: 3 (expected: below the same block as before)");
    assertThatThrownBy(() -> pool.offer(0, new long[] {8, 2}, 2, 32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ids[1]: 2 (expected: below the same block as before)");
    assertThatThrownBy(() -> pool.offer(0, new long[] {6, 7, 6}, 3, 48))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ids[2]: 6 (expected: once in a request)");
  }

  private static PoolProgram program(PolicyName policy, long seed) {
    return new PoolProgram(seed, policy.isOffline() ? OFFLINE_REQUESTS : REQUESTS, BLOCKS);
  }

  private static BlockPool pool(PolicyName policy, int capacity, PoolProgram program) {
    var config = PoolConfig.of(policy, capacity, PoolProgram.BLOCK_TOKENS);
    return new BlockPool(config, policy.isOffline() ? program.foresight() : Foresight.NONE);
  }

  private static int leading(Set<Long> held, List<Long> path) {
    int leading = 0;
    while (leading < path.size() && held.contains(path.get(leading))) {
      leading++;
    }
    return leading;
  }

  private static boolean hasChild(Set<Long> held, long block) {
    return held.contains(3 * block + 1)
        || held.contains(3 * block + 2)
        || held.contains(3 * block + 3);
  }

  private static List<Long> evictions(BlockPool pool, PoolProgram program) {
    var all = new ArrayList<Long>();
    for (var request : program.requests()) {
      request.offerTo(pool);
      for (int i = 0; i < pool.evicted(); i++) {
        all.add(pool.evicted(i));
      }
    }
    assertThat(all).isNotEmpty();
    return all;
  }
}
