// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Pools under the policies that a store can run.
class BlockPoolTest extends BlockPoolContract {
  private record Stored(String name, EvictionPolicy.Factory factory) implements Policy {
    @Override
    public BlockPool pool(PoolConfig config, PoolProgram program) {
      return new BlockPool(config, factory);
    }

    @Override
    public boolean isOffline() {
      return false;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @Override
  protected Stream<Policy> policies() {
    return Stream.of(
        new Stored("leaf-lru", (_, tree) -> new LeafLru(tree)),
        new Stored("s3-fifo", S3Fifo::new),
        new Stored("hzd", Hazard::new));
  }

  private static BlockPool lru(int capacity) {
    return new BlockPool(PoolConfig.of(capacity, 16), (_, tree) -> new LeafLru(tree));
  }

  @Test
  void offer_longerThanCapacity_keepsTheHead() {
    var pool = lru(2);

    assertThat(pool.offer(0, new long[] {5, 6, 7, 8}, 4, 64)).isZero();
    assertThat(List.of(pool.evicted(0), pool.evicted(1))).containsExactly(8L, 7L);
    assertThat(pool.offer(0, new long[] {5, 6, 7, 8}, 4, 64)).isEqualTo(2);
  }

  @Test
  void offer_idsThatAreNoPrefix_areRefused() {
    var pool = lru(9);
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

  @Test
  void poolConfig_outOfRange_isRefused() {
    assertThatThrownBy(() -> PoolConfig.of(0, 16))
        .hasMessage("capacity: 0 (expected: 1 to 134217728 blocks)");
    assertThatThrownBy(() -> PoolConfig.of(1, 0))
        .hasMessage("blockTokens: 0 (expected: at least 1)");
  }
}
