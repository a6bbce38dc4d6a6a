// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RandomSource;
import io.incipit.env.Search;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class GhostRunsTest {
  private final int[] owners = new int[64];
  private final byte[] uses = new byte[64];

  @Test
  void add_fromTailToHead_makesOneRun() {
    var ghosts = new GhostRuns(100);
    evict(ghosts, 10, 4, 20, 7, 2);

    assertThat(ghosts.runs()).isEqualTo(1);
    assertThat(ghosts.blocks()).isEqualTo(10);
    assertThat(take(ghosts, 4, path(4, 10, 20))).isEqualTo(14);
    assertThat(owners[4]).isEqualTo(7);
    assertThat(uses[13]).isEqualTo((byte) 2);
    assertThat(ghosts.blocks()).isZero();
  }

  @Test
  void add_otherOwnerOrUsesOrDepth_beginsARun() {
    var ghosts = new GhostRuns(100);
    ghosts.add(10, 5, 1, (byte) 1);
    ghosts.add(9, 4, 2, (byte) 1);
    ghosts.add(8, 3, 2, (byte) 2);
    ghosts.add(7, 0, 2, (byte) 2);

    assertThat(ghosts.runs()).isEqualTo(4);
    assertThat(take(ghosts, 3, new long[] {1, 2, 3, 8, 9, 10})).isEqualTo(6);
    assertThat(owners).startsWith(0, 0, 0, 2, 2, 1);
    assertThat(uses).startsWith(0, 0, 0, 2, 1, 1);
  }

  @Test
  void take_pathLeavesRun_restStays() {
    var ghosts = new GhostRuns(100);
    evict(ghosts, 10, 0, 20, 7, 1);

    assertThat(take(ghosts, 0, new long[] {10, 11, 12, 99, 14})).isEqualTo(3);
    assertThat(ghosts.blocks()).isEqualTo(7);
    assertThat(take(ghosts, 0, path(0, 10, 20))).as("its head is gone").isZero();
    assertThat(take(ghosts, 3, path(0, 10, 20))).isEqualTo(10);
  }

  @Test
  void take_sameIdElsewhere_isUnknown() {
    var ghosts = new GhostRuns(100);
    ghosts.add(10, 5, 1, (byte) 1);

    assertThat(take(ghosts, 0, new long[] {10})).isZero();
    assertThat(ghosts.blocks()).isEqualTo(1);
  }

  @Test
  void add_moreThanMost_forgetsTailsOfOldestRuns() {
    var ghosts = new GhostRuns(12);
    evict(ghosts, 0, 0, 8, 1, 1);
    evict(ghosts, 100, 0, 108, 2, 1);

    assertThat(ghosts.blocks()).isEqualTo(12);
    assertThat(take(ghosts, 0, path(0, 0, 8))).isEqualTo(4);
    assertThat(take(ghosts, 0, path(0, 100, 108))).isEqualTo(8);
  }

  @Test
  void add_blockThatIsThere_replacesIt() {
    var ghosts = new GhostRuns(100);
    evict(ghosts, 10, 0, 14, 1, 1);
    ghosts.add(10, 0, 2, (byte) 3);

    assertThat(ghosts.blocks()).isEqualTo(1);
    assertThat(take(ghosts, 0, path(0, 10, 14))).isEqualTo(1);
    assertThat(owners[0]).isEqualTo(2);
  }

  /// Against a map from ids to owners: paths that are taken and evicted again, of which two each
  /// part at some depth, and whose ids follow each other or do not.
  @Test
  void takeAndAdd_randomPaths_asOfAMap() {
    long seed = Search.seed();
    var random = RandomSource.seeded(seed);
    var ghosts = new GhostRuns(Long.MAX_VALUE);
    Map<Long, Integer> expected = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      long tree = random.nextInt(50);
      long branch = random.nextInt(2);
      int length = 1 + random.nextInt(40);
      var path =
          LongStream.range(0, length)
              .map(i -> 1_000 * tree + (1 + tree % 2) * i + (i < tree % 30 ? 0 : 500 * branch))
              .toArray();
      int known = 0;
      while (known < length && expected.containsKey(path[known])) {
        known++;
      }
      assertThat(take(ghosts, 0, path)).as("seed %d", seed).isEqualTo(known);
      for (int i = 0; i < known; i++) {
        assertThat(owners[i]).as("seed %d", seed).isEqualTo(expected.get(path[i]));
      }
      for (int i = length - 1; i >= 0; i--) {
        ghosts.add(path[i], i, step, (byte) 1);
        expected.put(path[i], step);
      }
      assertThat(ghosts.blocks()).as("seed %d", seed).isEqualTo(expected.size());
    }
  }

  private int take(GhostRuns ghosts, int from, long[] path) {
    return ghosts.take(path, from, path.length, owners, uses);
  }

  private static void evict(GhostRuns ghosts, long from, int depth, long to, int owner, int times) {
    for (long id = to - 1; id >= from; id--) {
      ghosts.add(id, depth + (int) (id - from), owner, (byte) times);
    }
  }

  /// Ids `from` to `to` at `depth` and below it, others above.
  private static long[] path(int depth, long from, long to) {
    return LongStream.concat(LongStream.range(1_000, 1_000 + depth), LongStream.range(from, to))
        .toArray();
  }
}
