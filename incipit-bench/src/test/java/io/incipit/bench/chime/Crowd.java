// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;
import io.incipit.bench.pool.TearingTransport;
import io.incipit.bench.pool.Turns;
import io.incipit.env.RandomSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Clients on one tree whose requests tear: writers, each with keys of its own, and readers, which
/// know what may be found: of each key the values from the last that was written when they began to
/// the last whose writing had begun when they ended.
final class Crowd {
  private static final int WIDTH = 12;

  private final ChimeConfig config;
  private final ChimeFault planted;
  private final Turns turns;
  private final boolean ascending;
  private final long seed;
  private final int keys;
  private final boolean dense;
  private final MemoryPool pool = new MemoryPool(CostModel.DEFAULT);
  private final List<PoolClient> clients = new ArrayList<>();
  private final @Nullable ComputeNode machine;

  /// By number: writes begun and ended, and which of them were deletions (the first, 0, was none).
  private final int[] begun;

  private final int[] ended;
  private final BitSet[] deletions;

  Crowd(Setting setting, ChimeFault planted, long seed) {
    config = setting.config;
    this.planted = planted;
    ascending = setting.ascending;
    this.seed = seed;
    keys = setting.keys;
    dense = setting.dense;
    turns = new Turns(seed);
    machine = setting.shared ? new ComputeNode(turns::step) : null;
    begun = new int[keys];
    ended = new int[keys];
    deletions = new BitSet[keys];
    Arrays.setAll(deletions, i -> new BitSet());
  }

  /// @param keys how many there are
  /// @param dense whether they are consecutive; then readers ask for ranges too
  /// @param ascending whether lines are moved in the order of their addresses
  /// @param shared whether all clients are on one machine and share what they do
  record Setting(ChimeConfig config, int keys, boolean dense, boolean ascending, boolean shared) {}

  private long key(int number) {
    return dense ? number + 1 : Rig.scattered(number);
  }

  /// A value of a key: all its bytes differ from those of the others.
  private long value(int number, int write) {
    return write == 0 || deletions[number].get(write)
        ? 0
        : LeafLayout.hash(number * 1_000_000L + write);
  }

  /// Loads a third of the keys, and runs clients to their ends.
  ///
  /// @throws AssertionError if one found what it may not find
  void run(int writers, int writes, int readers, int reads) throws InterruptedException {
    ChimeIndex.create(pool, config);
    var loader = ChimeIndex.open(new PoolClient(pool), config);
    for (int i = 0; i < keys; i += 3) {
      loader.put(key(i), value(i, 1));
      begun[i] = 1;
      ended[i] = 1;
    }
    var bodies = new ArrayList<Runnable>();
    for (int i = 0; i < writers; i++) {
      int self = i;
      bodies.add(() -> write(open(self), self, writers, writes));
    }
    for (int i = 0; i < readers; i++) {
      int self = writers + i;
      bodies.add(() -> read(open(self), self, reads));
    }
    turns.run(bodies);
    check();
  }

  private ChimeIndex open(int self) {
    var client = new PoolClient(pool, new TearingTransport(turns, ascending, seed + self), 1);
    clients.add(client);
    return ChimeIndex.open(client, config, machine, planted);
  }

  private void write(ChimeIndex index, int self, int writers, int writes) {
    var random = RandomSource.seeded(seed * 31 + self);
    for (int i = 0; i < writes; i++) {
      int number = random.nextInt(keys / writers) * writers + self;
      int write = begun[number] + 1;
      boolean stands = value(number, write - 1) != 0;
      deletions[number].set(write, stands && random.nextInt(8) == 0);
      begun[number] = write;
      if (deletions[number].get(write)) {
        if (!index.delete(key(number))) {
          throw new AssertionError("key %d: not there to delete".formatted(number));
        }
      } else if (stands && random.nextBoolean()) {
        index.update(key(number), value(number, write));
      } else {
        index.put(key(number), value(number, write));
      }
      ended[number] = write;
    }
  }

  private void read(ChimeIndex index, int self, int reads) {
    var random = RandomSource.seeded(seed * 37 + self);
    for (int i = 0; i < reads; i++) {
      if (dense && random.nextInt(4) == 0) {
        readRange(index, random);
      } else {
        int number = random.nextInt(keys);
        int from = ended[number];
        verify(number, from, index.search(key(number)));
      }
    }
  }

  private void readRange(ChimeIndex index, RandomGenerator random) {
    int first = random.nextInt(keys - WIDTH);
    var from = Arrays.copyOfRange(ended, first, first + WIDTH);
    var values = new long[WIDTH];
    index.range(key(first), WIDTH, values, 0);
    for (int i = 0; i < WIDTH; i++) {
      verify(first + i, from[i], values[i]);
    }
  }

  private void verify(int number, int from, long found) {
    for (int write = from; write <= begun[number]; write++) {
      if (found == value(number, write)) {
        return;
      }
    }
    throw new AssertionError(
        "key %d: found %x after write %d of %d".formatted(number, found, from, begun[number]));
  }

  /// All is as it was written last.
  private void check() {
    var index = ChimeIndex.open(new PoolClient(pool), config.withRepaired(true));
    for (int number = 0; number < keys; number++) {
      verify(number, begun[number], index.search(key(number)));
    }
  }

  long retries(Retry cause) {
    return clients.stream().mapToLong(client -> client.traffic().retries(cause)).sum();
  }

  @Nullable ComputeNode machine() {
    return machine;
  }
}
