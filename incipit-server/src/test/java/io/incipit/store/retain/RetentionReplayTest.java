// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.policy.PoolConfig;
import io.incipit.trace.TraceReader;
import io.incipit.trace.generate.ConversationTrace;
import io.incipit.trace.simulate.policy.Foresight;
import io.incipit.trace.simulate.policy.PolicyName;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A store with real bytes finds what the simulator says that its policy finds in as many bytes.
///
/// Bytes are counted as the store takes them: a capacity is so many values of the size class that
/// a block's value falls into, which both sides divide by.
final class RetentionReplayTest {
  private static final double POINTS = 0.002;

  private static final int REQUESTS = 3_000;
  private static final int SMALL_BYTES = 512;

  /// Not in a slab, and 80 MiB in all.
  private static final int LARGE_BYTES = 16_384;

  private static final int LARGE_BLOCKS = 5_120;
  private static final int[] CAPACITIES = {1_024, 2_048, 5_120, 10_240};

  @ParameterizedTest
  @EnumSource
  void replay_conversation_findsWhatTheSimulatorFinds(KeepPolicy policy) throws IOException {
    for (int capacity : CAPACITIES) {
      compare(policy, capacity, SMALL_BYTES, true);
      compare(policy, capacity, SMALL_BYTES, false);
    }
    compare(policy, LARGE_BLOCKS, LARGE_BYTES, true);
  }

  private static void compare(KeepPolicy policy, int capacity, int valueBytes, boolean obedient)
      throws IOException {
    double simulated = simulated(policy, capacity);
    try (var trace = trace();
        var store = new StoreReplay(policy, capacity, trace.blockTokens(), valueBytes, obedient)) {
      for (var next = trace.next(); next.isPresent(); next = trace.next()) {
        store.offer(next.get());
      }
      System.out.printf(
          "%s, %,d blocks of %,d B%s: simulated %.3f%%, store %.3f%%, evicted %,d%n",
          policy,
          capacity,
          valueBytes,
          obedient ? "" : ", all put",
          100 * simulated,
          100 * store.hitRate(),
          store.evicted());
      assertTrue(store.evicted() > 0);
      assertEquals(simulated, store.hitRate(), POINTS);
    }
  }

  private static TraceReader trace() {
    return new ConversationTrace(REQUESTS, 1);
  }

  private static double simulated(KeepPolicy policy, int capacity) throws IOException {
    try (var trace = trace()) {
      var pool =
          PolicyName.parse(policy.toString())
              .pool(PoolConfig.of(capacity, trace.blockTokens()), Foresight.NONE);
      long asked = 0;
      long hits = 0;
      for (var next = trace.next(); next.isPresent(); next = trace.next()) {
        var request = next.get();
        var ids = new long[request.ids().length()];
        request.ids().copyTo(ids);
        hits += pool.offer(request.timeNs(), ids, request.fullBlocks(), request.inputTokens());
        asked += ids.length;
      }
      return (double) hits / asked;
    }
  }
}
