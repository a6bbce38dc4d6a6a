// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.tier;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.policy.PoolConfig;
import io.incipit.trace.simulate.policy.Foresight;
import io.incipit.trace.simulate.policy.PolicyName;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TieredPoolTest {
  private static final int TOKENS = 16;
  private static final DiskShape LARGE = new DiskShape(1L << 40, 1 << 20);
  private static final DiskShape SMALL = new DiskShape(1 << 20, 4096);

  @Test
  void offer_pathThatLeftHost_isFoundOnDiskAndBroughtBack() {
    var pool = pool("leaf-lru", 3, LARGE);
    assertThat(offer(pool, 1, 2, 3)).isZero();
    assertThat(offer(pool, 4, 5)).isZero();

    // 3 and 2 are on disk, 1, 4 and 5 in memory.
    assertThat(offer(pool, 1, 2, 3)).isEqualTo(3);
    assertThat(pool.hostHits()).isEqualTo(1);
    assertThat(pool.moves().promoted()).isEqualTo(2);
    // 5 and 4 went for them.
    assertThat(pool.moves().demoted()).isEqualTo(4);

    // What came back has its copy still: nothing is written when it goes again.
    assertThat(offer(pool, 4, 5)).isEqualTo(2);
    assertThat(pool.hostHits()).isZero();
    assertThat(pool.moves().demoted()).isEqualTo(4);
    assertThat(pool.moves().written()).isEqualTo(4);
    assertThat(offer(pool, 1, 2, 3, 6)).isEqualTo(3);
  }

  @Test
  void offer_headIsNowhere_findsNothingBehindIt() {
    var pool = pool("leaf-lru", 1, DiskShape.NONE);
    offer(pool, 1, 2);
    assertThat(offer(pool, 1, 2)).isEqualTo(1);
    assertThat(pool.holds(2)).isFalse();
    assertThat(pool.moves().dropped()).isEqualTo(2);
    assertThat(pool.moves().writeAmplification()).isZero();
  }

  @Test
  void offer_noDisk_findsWhatThePoolFinds() {
    for (var policy : new String[] {"leaf-lru", "s3-fifo", "hzd"}) {
      var config = config(40);
      var alone = PolicyName.parse(policy).pool(config, Foresight.NONE);
      var tiers = pool(policy, 40, DiskShape.NONE);
      // Without holes a disk changes nothing of what memory keeps.
      var below = pool(policy, 40, LARGE);
      var program = new Program(5);
      for (int i = 0; i < 3000; i++) {
        var ids = program.next();
        int found = alone.offer(i, ids, ids.length, ids.length * TOKENS);
        assertThat(tiers.offer(i, ids, ids.length, ids.length * TOKENS)).isEqualTo(found);
        assertThat(below.offer(i, ids, ids.length, ids.length * TOKENS))
            .isGreaterThanOrEqualTo(found);
        assertThat(below.hostHits()).as("%s, request %d", policy, i).isEqualTo(found);
      }
    }
  }

  @Test
  void offer_endlessDisk_findsWhatAnEndlessCacheFinds() {
    for (var policy : new String[] {"leaf-lru", "s3-fifo", "hzd"}) {
      var tiers = pool(policy, 16, LARGE);
      var seen = new HashSet<Long>();
      var program = new Program(7);
      for (int i = 0; i < 3000; i++) {
        var ids = program.next();
        int expected = 0;
        while (expected < ids.length && seen.contains(ids[expected])) {
          expected++;
        }
        Arrays.stream(ids).forEach(seen::add);
        assertThat(tiers.offer(i, ids, ids.length, ids.length * TOKENS)).isEqualTo(expected);
      }
      assertThat(tiers.moves().demoted()).isEqualTo(tiers.moves().written());
      assertThat(tiers.moves().reclaims()).isZero();
    }
  }

  @Test
  void offer_smallDisk_findsAPrefixOfWhatItHolds() {
    for (int seed = 0; seed < 10; seed++) {
      var tiers = pool("leaf-lru", 20, SMALL);
      var program = new Program(seed);
      for (int i = 0; i < 3000; i++) {
        var ids = program.next();
        int held = 0;
        while (held < ids.length && tiers.holds(ids[held])) {
          held++;
        }
        int found = tiers.offer(i, ids, ids.length, ids.length * TOKENS);
        assertThat(found).as("seed %d, request %d", seed, i).isEqualTo(held);
        assertThat(tiers.hostHits()).isBetween(0, found);
      }
      var moves = tiers.moves();
      assertThat(moves.reclaims()).isPositive();
      assertThat(moves.written()).isGreaterThanOrEqualTo(moves.demoted());
      assertThat(moves.writeAmplification()).isGreaterThan(2);
      assertThat(moves.dropped()).isZero();
    }
  }

  private static TieredPool pool(String policy, int blocks, DiskShape disk) {
    return TieredPool.of(config(blocks), PolicyName.parse(policy).factory(Foresight.NONE), disk);
  }

  private static PoolConfig config(int blocks) {
    return new PoolConfig(blocks, TOKENS, PoolConfig.Timing.TOUCHES, 1);
  }

  private static int offer(TieredPool pool, long... ids) {
    return pool.offer(0, ids, ids.length, ids.length * TOKENS);
  }

  /// Random paths of a tree in which a block has up to three below it.
  private static final class Program {
    private static final int DEPTH_MAX = 6;
    private final Random random;

    Program(int seed) {
      this.random = new Random(seed);
    }

    long[] next() {
      var ids = new long[1 + random.nextInt(DEPTH_MAX)];
      long node = 0;
      for (int i = 0; i < ids.length; i++) {
        node = 3 * node + 1 + random.nextInt(3);
        ids[i] = node;
      }
      return ids;
    }
  }
}
