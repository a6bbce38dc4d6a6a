// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RandomSource;
import io.incipit.env.Search;
import io.incipit.trace.simulate.policy.Foresight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FutureUsesTest {
  @Test
  void nextUses_randomPaths_areThoseThatASearchFinds() {
    long seed = Search.seed();
    var random = RandomSource.seeded(seed);
    var paths = new ArrayList<long[]>();
    var recorder = new FutureUses.Recorder();
    for (int i = 0; i < 400; i++) {
      // Block b of a ternary heap: its parent is (b - 1) / 3.
      var path = new ArrayList<Long>();
      for (long block = random.nextInt(300); block > 0; block = (block - 1) / 3) {
        path.addFirst(block);
      }
      paths.add(path.stream().mapToLong(id -> id).toArray());
      recorder.add(paths.getLast(), path.size());
    }
    var future = recorder.finish();

    for (int i = 0; i < paths.size(); i++) {
      var nextUses = new int[paths.get(i).length];
      future.nextUses(i, nextUses, nextUses.length);
      assertThat(nextUses).as("incipit.seed=%d, request %d", seed, i).isEqualTo(search(paths, i));
    }
  }

  private static int[] search(List<long[]> paths, int request) {
    return Arrays.stream(paths.get(request))
        .mapToInt(
            id -> {
              for (int later = request + 1; later < paths.size(); later++) {
                if (Arrays.stream(paths.get(later)).anyMatch(its -> its == id)) {
                  return later;
                }
              }
              return Foresight.NEVER;
            })
        .toArray();
  }
}
