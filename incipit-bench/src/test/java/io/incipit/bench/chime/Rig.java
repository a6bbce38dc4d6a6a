// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Traffic;
import io.incipit.env.RandomSource;
import java.util.function.IntConsumer;

/// A tree in a memory of its own with one client, and what its operations cost.
final class Rig {
  final MemoryPool pool = new MemoryPool(CostModel.DEFAULT);
  final PoolClient client = new PoolClient(pool);
  final ChimeConfig config;
  final ChimeIndex index;

  Rig(ChimeConfig config) {
    this.config = config;
    ChimeIndex.create(pool, config);
    index = ChimeIndex.open(client, config);
  }

  /// What an operation costs at the mean.
  record Cost(double roundTrips, double reads, double readBytes, double writtenBytes) {
    /// Asserts round trips and bytes, with a share by which each may differ.
    void isAbout(double trips, double read, double written, double insertShare) {
      assertThat(roundTrips).isCloseTo(trips, within(0.02 * trips));
      assertThat(readBytes).isCloseTo(read, within(insertShare * read));
      assertThat(writtenBytes).isCloseTo(written, within(insertShare * written));
    }
  }

  /// Runs an operation for 0, 1, ... and says what one costs.
  Cost cost(int times, IntConsumer operation) {
    var before = client.traffic().snapshot();
    for (int i = 0; i < times; i++) {
      operation.accept(i);
    }
    return cost(client.traffic().since(before), times);
  }

  private static Cost cost(Traffic traffic, double times) {
    return new Cost(
        traffic.roundTrips() / times,
        traffic.reads() / times,
        traffic.readBytes() / times,
        traffic.writtenBytes() / times);
  }

  /// Keys in no order: the same for the same number, and hardly ever twice.
  static long scattered(long number) {
    return (LeafLayout.hash(number * 0x9E37_79B9_7F4A_7C15L + 1) >>> 1) | 1;
  }

  /// Numbers from 1 to `count`, shuffled.
  static int[] shuffled(int count, long seed) {
    var random = RandomSource.seeded(seed);
    var numbers = new int[count];
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      numbers[i] = numbers[other];
      numbers[other] = i + 1;
    }
    return numbers;
  }
}
