// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RandomSource;
import io.incipit.env.Search;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class RecencyTreeTest {
  private static final int BLOCKS = 40;

  @Test
  void use_randomBlocks_givesThePlaceInAnLruList() {
    long seed = Search.seed();
    var random = RandomSource.seeded(seed);
    var tree = new RecencyTree(BLOCKS);
    var recent = new ArrayList<Integer>();
    for (int step = 0; step < 5_000; step++) {
      int block = random.nextInt(1 + random.nextInt(BLOCKS));
      int place = recent.indexOf(block);
      assertThat(tree.use(block)).as("seed %d, step %d", seed, step).isEqualTo(place);
      recent.remove(Integer.valueOf(block));
      recent.addFirst(block);
    }
  }
}
