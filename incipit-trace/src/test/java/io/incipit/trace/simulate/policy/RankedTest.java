// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.Search;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.PoolProgram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each ranked policy against the same by the book: look at all leaves, take the smallest.
class RankedTest {
  private static final int REQUESTS = 1_200;
  private static final int CAPACITY = 40;

  @ParameterizedTest
  @EnumSource(
      value = PolicyName.class,
      names = {"LEAF_FIFO", "LEAF_LRU", "LFU", "BELADY", "ALIVE"})
  void offer_randomPaths_evictsTheLeafThatComesFirst(PolicyName policy) {
    long seed = Search.seed();
    var program = new PoolProgram(seed, REQUESTS, 400);
    var config = PoolConfig.of(CAPACITY, PoolProgram.BLOCK_TOKENS);
    var foresight = ProgramForesight.of(program);
    var pool = policy.pool(config, foresight);
    var book = new Book(policy);
    for (int step = 0; step < REQUESTS; step++) {
      var request = program.requests().get(step);
      request.offerTo(pool);
      var evicted = new ArrayList<Long>();
      for (int i = 0; i < pool.evicted(); i++) {
        evicted.add(pool.evicted(i));
      }
      var nextUses = new int[request.path().size()];
      foresight.nextUses(step, nextUses, nextUses.length);

      assertThat(evicted)
          .as("incipit.seed=%d, step %d", seed, step)
          .isEqualTo(book.admit(request.path(), nextUses));
    }
  }

  /// All that is known of a cached block.
  private record Entry(long arrived, long used, int uses, int nextUse) {}

  private static final class Book {
    private final Map<Long, Entry> entries = new HashMap<>();
    private final Comparator<Entry> order;
    private long now;

    Book(PolicyName policy) {
      order =
          switch (policy) {
            case LEAF_FIFO -> Comparator.comparingLong(Entry::arrived);
            case LFU -> Comparator.comparingInt(Entry::uses).thenComparingLong(Entry::used);
            case BELADY ->
                Comparator.comparingInt(Entry::nextUse).reversed().thenComparingLong(Entry::used);
            case ALIVE ->
                Comparator.comparing((Entry entry) -> entry.nextUse() != Foresight.NEVER)
                    .thenComparingLong(Entry::used);
            default -> Comparator.comparingLong(Entry::used);
          };
    }

    List<Long> admit(List<Long> path, int[] nextUses) {
      for (int i = path.size() - 1; i >= 0; i--) {
        var before = entries.getOrDefault(path.get(i), new Entry(now, now, 0, 0));
        var entry = new Entry(before.arrived(), now, before.uses() + 1, nextUses[i]);
        entries.put(path.get(i), entry);
        now++;
      }
      var evicted = new ArrayList<Long>();
      while (entries.size() > CAPACITY) {
        var leaf =
            entries.keySet().stream()
                .filter(id -> entries.keySet().stream().noneMatch(c -> PoolProgram.parent(c) == id))
                .min(Comparator.comparing(entries::get, order))
                .orElseThrow();
        entries.remove(leaf);
        evicted.add(leaf);
      }
      return evicted;
    }
  }
}
