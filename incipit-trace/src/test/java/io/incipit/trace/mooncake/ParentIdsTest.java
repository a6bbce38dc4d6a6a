// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.mooncake;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RandomSource;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class ParentIdsTest {
  private static final long SEED = 11;

  @Test
  void at_anyParents_isWhatWasPut() {
    var random = RandomSource.seeded(SEED);
    var parents = new ParentIds();
    var expected = new ArrayList<Integer>();
    for (int id = 0; id < 5000; id++) {
      boolean branches = random.nextInt(9) == 0;
      int parent = branches ? random.nextInt(id + 1) - 1 : id - 1;
      parents.put(id, parent);
      expected.add(parent);
    }

    for (int id = 0; id < expected.size(); id++) {
      assertThat(parents.at(id)).as("id %d, seed %d", id, SEED).isEqualTo(expected.get(id));
    }
  }

  @Test
  void at_neverPut_isUnseen() {
    var parents = new ParentIds();
    parents.put(2, ParentIds.ROOT);

    assertThat(parents.at(1)).isEqualTo(ParentIds.UNSEEN);
    assertThat(parents.at(3)).isEqualTo(ParentIds.UNSEEN);
    assertThat(parents.at(Integer.MAX_VALUE)).isEqualTo(ParentIds.UNSEEN);
  }

  @Test
  void put_idPassedOver_isKept() {
    var parents = new ParentIds();
    parents.put(200, 7);
    parents.put(100, 99);

    assertThat(parents.at(100)).isEqualTo(99);
    assertThat(parents.at(101)).isEqualTo(ParentIds.UNSEEN);
    assertThat(parents.at(200)).isEqualTo(7);
  }

  @Test
  void exceptions_longRuns_growsByRunsNotByIds() {
    var parents = new ParentIds();
    for (int id = 0; id < 1_000_000; id++) {
      parents.put(id, id % 1000 == 0 ? ParentIds.ROOT : id - 1);
    }

    // The first run needs none: the root is -1, the id before 0.
    assertThat(parents.exceptions()).isEqualTo(999);
    assertThat(parents.length()).isEqualTo(1_000_000);
  }
}
