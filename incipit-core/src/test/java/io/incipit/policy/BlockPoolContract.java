// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.Hint;
import io.incipit.env.Search;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds of a pool under every policy.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("exports") // JUnit's annotations; tests are in no module
public abstract class BlockPoolContract {
  /// A policy under test; its text is its name.
  public interface Policy {
    /// An empty pool, to which the requests of a program will be offered.
    BlockPool pool(PoolConfig config, PoolProgram program);

    /// Whether it looks into the future of the program, so that a short one has to do.
    boolean isOffline();
  }

  private static final int REQUESTS = 2_500;
  private static final int OFFLINE_REQUESTS = 600;
  private static final int BLOCKS = 900;
  private static final int[] CAPACITIES = {1, 2, 7, 60, 300, 2 * BLOCKS};

  /// For the tests of policies.
  protected BlockPoolContract() {}

  /// The policies under test.
  protected abstract Stream<Policy> policies();

  @ParameterizedTest
  @MethodSource("policies")
  @Tag("programs")
  void offer_randomPaths_evictsLeavesOnlyAndStaysWithinCapacity(Policy policy) {
    Search.of(Search.Family.PROGRAMS, "pool under " + policy, 0, 2)
        .run(seed -> offerRandomPaths(policy, program(policy, seed)));
  }

  private static void offerRandomPaths(Policy policy, PoolProgram program) {
    for (int capacity : CAPACITIES) {
      var pool = pool(policy, capacity, program);
      var held = new HashSet<Long>();
      int step = 0;
      for (var request : program.requests()) {
        var as = "capacity %d, step %d".formatted(capacity, step);
        hint(pool, program, step);
        int before = leading(held, request.path());

        assertThat(request.offerTo(pool)).as(as).isEqualTo(before);
        held.addAll(request.path());
        for (int i = 0; i < pool.evicted(); i++) {
          assertThat(held.remove(pool.evicted(i))).as(as).isTrue();
          assertThat(hasChild(held, pool.evicted(i))).as(as).isFalse();
        }
        assertThat(held).as(as).hasSize(pool.blocks()).hasSizeLessThanOrEqualTo(capacity);
        if (pool.evicted() > 0) {
          assertThat(held).as(as).hasSize(capacity);
        }
        step++;
      }
      for (long block = 1; block < BLOCKS; block++) {
        assertThat(pool.holds(block)).isEqualTo(held.contains(block));
      }
    }
  }

  /// Says something, right or wrong, about the path of any earlier or later request.
  private static void hint(BlockPool pool, PoolProgram program, int step) {
    var request = program.requests().get(step);
    var about = program.requests().get(7 * step % program.requests().size());
    var ids = about.path().stream().mapToLong(id -> id).toArray();
    switch (step % 4) {
      case 0 -> pool.hint(request.timeNs(), ids, ids.length, Hint.DONE);
      case 1 -> pool.hint(request.timeNs(), ids, ids.length, new Hint.Back(step * 10_000_000L));
      case 2 -> pool.hint(request.timeNs(), ids, ids.length, Hint.NONE);
      default -> pool.hint(request.timeNs(), ids, ids.length / 2, Hint.DONE);
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void offer_sameCallsTwice_evictsTheSame(Policy policy) {
    var program = program(policy, 7);

    assertThat(evictions(pool(policy, 50, program), program))
        .isEqualTo(evictions(pool(policy, 50, program), program));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void offer_nothingMayBeCached_changesNothing(Policy policy) {
    var pool = policy.pool(PoolConfig.of(3, 16), program(policy, 7));
    pool.offer(0, new long[] {5, 6}, 2, 32);

    assertThat(pool.offer(1, new long[] {9}, 0, 7)).isZero();
    assertThat(pool.blocks()).isEqualTo(2);
    assertThat(pool.evicted()).isZero();
  }

  private static PoolProgram program(Policy policy, long seed) {
    return new PoolProgram(seed, policy.isOffline() ? OFFLINE_REQUESTS : REQUESTS, BLOCKS);
  }

  private static BlockPool pool(Policy policy, int capacity, PoolProgram program) {
    return policy.pool(PoolConfig.of(capacity, PoolProgram.BLOCK_TOKENS), program);
  }

  private static int leading(Set<Long> held, List<Long> path) {
    int leading = 0;
    while (leading < path.size() && held.contains(path.get(leading))) {
      leading++;
    }
    return leading;
  }

  private static boolean hasChild(Set<Long> held, long block) {
    return held.contains(3 * block + 1)
        || held.contains(3 * block + 2)
        || held.contains(3 * block + 3);
  }

  private static List<Long> evictions(BlockPool pool, PoolProgram program) {
    var all = new ArrayList<Long>();
    for (var request : program.requests()) {
      request.offerTo(pool);
      for (int i = 0; i < pool.evicted(); i++) {
        all.add(pool.evicted(i));
      }
    }
    assertThat(all).isNotEmpty();
    return all;
  }
}
