// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RandomSource;
import io.incipit.env.Search;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PathStackTest {
  private static final int REQUESTS = 3_000;
  private static final int NODES = 200;

  @Test
  void use_randomPaths_givesThePlacesInAListFromTailToHead() {
    long seed = Search.seed();
    var random = RandomSource.seeded(seed);
    var parents = new int[NODES];
    for (int node = 0; node < NODES; node++) {
      parents[node] = node < 3 ? -1 : random.nextInt(node);
    }
    var stack = new PathStack();
    var recent = new ArrayList<Long>();
    for (int request = 0; request < REQUESTS; request++) {
      var path = path(parents, random.nextInt(NODES));
      var expected = new ArrayList<Long>();
      for (long id : path) {
        if (recent.contains(id)) {
          expected.add((long) recent.indexOf(id));
        }
      }
      assertThat(use(stack, path)).as("seed %d, request %d", seed, request).isEqualTo(expected);
      for (int i = path.length - 1; i >= 0; i--) {
        recent.remove((Long) path[i]);
        recent.addFirst(path[i]);
      }
    }
  }

  @Test
  void use_stretches_namesWhoHadThemLast() {
    var stack = new PathStack();
    use(stack, 1, 2, 3);
    use(stack, 1, 4);
    var heard = new ArrayList<List<Long>>();
    stack.use(
        new long[] {1, 2, 3, 9},
        4,
        (request, depth, blocks, above) ->
            heard.add(List.of((long) request, (long) depth, (long) blocks, above)));

    assertThat(heard).containsExactly(List.of(1L, 0L, 1L, 0L), List.of(0L, 1L, 2L, 2L));
  }

  private static long[] path(int[] parents, int tip) {
    var path = new ArrayList<Long>();
    for (int node = tip; node >= 0; node = parents[node]) {
      path.addFirst((long) node);
    }
    return path.stream().mapToLong(Long::longValue).toArray();
  }

  private static List<Long> use(PathStack stack, long... path) {
    var places = new ArrayList<Long>();
    stack.use(
        path,
        path.length,
        (_, _, blocks, above) -> {
          for (int i = 0; i < blocks; i++) {
            places.add(above + i);
          }
        });
    return places;
  }
}
