// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RandomSource;
import io.incipit.trace.BlockIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeafLruTest {
  private static final int REQUESTS = 3_000;

  @Test
  void admit_longerThanCapacity_keepsTheHead() {
    var lru = new LeafLru(2);

    assertThat(lru.admit(BlockIds.of(5, 6, 7, 8))).isEqualTo(2);
    assertThat(Arrays.copyOf(lru.evicted(), 2)).containsExactly(8, 7);
  }

  @Test
  void admit_randomPaths_evictsAsATreeOfLeavesWould() {
    var given = System.getProperty("incipit.seed", "");
    long seed = given.isEmpty() ? RandomSource.system().fresh() : Long.parseLong(given);
    var random = RandomSource.seeded(seed);
    var lru = new LeafLru(40);
    var tree = new Tree(40);
    for (int step = 0; step < REQUESTS; step++) {
      // Block b of a ternary heap: its parent is (b - 1) / 3.
      var path = new ArrayList<Long>();
      for (long block = random.nextInt(400); block > 0; block = (block - 1) / 3) {
        path.addFirst(block);
      }
      int count = lru.admit(BlockIds.of(path.stream().mapToLong(id -> id).toArray()));

      assertThat(Arrays.stream(lru.evicted()).limit(count).boxed().toList())
          .as("incipit.seed=%d, step %d", seed, step)
          .isEqualTo(tree.admit(path));
    }
  }

  /// The same by the book: of the leaves, the one used least recently.
  private static final class Tree {
    private final int capacity;
    private final Map<Long, Long> usedAt = new HashMap<>();
    private long now;

    Tree(int capacity) {
      this.capacity = capacity;
    }

    List<Long> admit(List<Long> path) {
      for (var id : path.reversed()) {
        usedAt.put(id, now);
        now++;
      }
      var evicted = new ArrayList<Long>();
      while (usedAt.size() > capacity) {
        var leaf =
            usedAt.keySet().stream()
                .filter(id -> usedAt.keySet().stream().noneMatch(child -> (child - 1) / 3 == id))
                .min(Comparator.comparing(usedAt::get))
                .orElseThrow();
        usedAt.remove(leaf);
        evicted.add(leaf);
      }
      return evicted;
    }
  }
}
