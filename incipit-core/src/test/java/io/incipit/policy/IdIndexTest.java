// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RandomSource;
import io.incipit.env.Search;
import java.util.HashMap;
import org.junit.jupiter.api.Test;

class IdIndexTest {
  @Test
  void find_afterRandomChanges_knowsWhatAMapKnows() {
    long seed = Search.seed();
    var random = RandomSource.seeded(seed);
    var index = new IdIndex(16);
    var slots = new HashMap<Long, Integer>();
    for (int step = 0; step < 20_000; step++) {
      int slot = random.nextInt(16);
      long id = random.nextInt(4) == 0 ? random.nextInt(40) : random.nextLong();
      if (slots.containsValue(slot)) {
        slots.remove(index.id(slot));
        index.remove(slot);
      } else if (!slots.containsKey(id)) {
        slots.put(id, slot);
        index.put(slot, id);
      }
      for (long known = 0; known < 40; known++) {
        assertThat(index.find(known))
            .as("incipit.seed=%d, step %d", seed, step)
            .isEqualTo(slots.getOrDefault(known, IdIndex.NONE));
      }
    }
  }

  @Test
  void grow_full_findsAllAndHasRoom() {
    var index = new IdIndex(4);
    for (int slot = 0; slot < 4; slot++) {
      index.put(slot, 100 + slot);
    }
    index.grow(9, 4);
    for (int slot = 4; slot < 9; slot++) {
      index.put(slot, 100 + slot);
    }

    for (int slot = 0; slot < 9; slot++) {
      assertThat(index.find(100 + slot)).isEqualTo(slot);
    }
    assertThat(index.find(99)).isEqualTo(IdIndex.NONE);
  }
}
