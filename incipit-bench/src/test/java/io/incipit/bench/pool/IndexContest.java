// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RandomSource;
import java.util.ArrayList;
import java.util.List;

/// Clients of an index that take turns after each line that is moved: writers that each have keys
/// of their own, and readers. Whoever reads a key must find what was written last before the read
/// began, or something written since.
public final class IndexContest {
  private static final int KEYS = 240;
  private static final int WRITERS = 3;
  private static final int WRITES = 250;
  private static final int STEPS_MAX = 2_000_000;

  /// Makes a client.
  @FunctionalInterface
  public interface Opener {
    /// A client's view of the index.
    ///
    /// @param number from 0 on
    PoolIndex open(PoolClient client, int number);
  }

  private final long seed;
  private final boolean ascending;
  private final Turns turns;
  private final MemoryPool pool = new MemoryPool(CostModel.DEFAULT);
  private final List<Traffic> traffic = new ArrayList<>();
  private final int[] begun = new int[KEYS + 1];
  private final int[] done = new int[KEYS + 1];
  private int writing = WRITERS;
  private int steps;

  /// One that has not begun.
  ///
  /// @param ascending whether lines are moved in the order of their addresses, or in any
  public IndexContest(long seed, boolean ascending) {
    this.seed = seed;
    this.ascending = ascending;
    turns = new Turns(seed);
  }

  /// Where the index is to be made.
  public MemoryPool pool() {
    return pool;
  }

  /// Lets another client go on.
  public void pause() {
    step();
    turns.step();
  }

  private void step() {
    if (++steps > STEPS_MAX) {
      throw new IllegalStateException("steps: %d (expected: an end)".formatted(steps));
    }
  }

  /// A client's way to the memory, line by line.
  public PoolClient client(int number) {
    var tearing = new TearingTransport(turns, ascending, seed * 100 + number);
    var transport =
        new Transport() {
          @Override
          public void copy(byte[] source, int from, byte[] target, int to, int length) {
            step();
            tearing.copy(source, from, target, to, length);
          }

          @Override
          public void write(byte[] source, int from, byte[] memory, int to, int length) {
            step();
            tearing.write(source, from, memory, to, length);
          }

          @Override
          public void beforeAtomic() {
            step();
            tearing.beforeAtomic();
          }
        };
    var client = new PoolClient(pool, transport, 1);
    traffic.add(client.traffic());
    return client;
  }

  /// Runs clients of one's own to their ends.
  public void run(List<? extends Runnable> clients) throws InterruptedException {
    turns.run(clients);
  }

  /// Runs three writers and two readers to their ends, then reads all keys.
  ///
  /// @param ranges whether one of the readers reads ranges
  public void run(Opener opener, boolean ranges) throws InterruptedException {
    var clients = new ArrayList<Runnable>();
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      clients.add(() -> write(writer, opener.open(client(writer), writer)));
    }
    clients.add(() -> readKeys(opener.open(client(WRITERS), WRITERS)));
    if (ranges) {
      clients.add(() -> readRanges(opener.open(client(WRITERS + 1), WRITERS + 1)));
    }
    turns.run(clients);
    var last = opener.open(new PoolClient(pool), WRITERS + 2);
    for (int key = 1; key <= KEYS; key++) {
      assertThat(last.search(key)).isEqualTo(value(key, done[key]));
    }
  }

  /// The value that a key has after so many writes; each fifth one is a delete.
  private static long value(int key, int version) {
    long mixed = (key * 1_000L + version + 1) * 0x9E37_79B9_7F4A_7C15L;
    return version % 5 == 0 ? 0 : mixed ^ mixed >>> 29;
  }

  private void write(int writer, PoolIndex client) {
    var random = RandomSource.seeded(seed * 10 + writer);
    for (int i = 0; i < WRITES; i++) {
      int key = 1 + writer + WRITERS * random.nextInt(KEYS / WRITERS);
      int version = ++begun[key];
      if (value(key, version) == 0) {
        boolean had = value(key, version - 1) != 0;
        assertThat(client.delete(key)).isEqualTo(had);
      } else {
        client.put(key, value(key, version));
      }
      done[key] = version;
    }
    writing--;
  }

  private void readKeys(PoolIndex client) {
    var random = RandomSource.seeded(seed * 10 + WRITERS);
    while (writing > 0) {
      int key = 1 + random.nextInt(KEYS);
      int from = done[key];
      assertRead(key, from, client.search(key));
    }
  }

  private void readRanges(PoolIndex client) {
    var random = RandomSource.seeded(seed * 10 + WRITERS + 1);
    var values = new long[KEYS];
    while (writing > 0) {
      int key = 1 + random.nextInt(KEYS);
      int count = 1 + random.nextInt(KEYS - key + 1);
      var from = done.clone();
      client.range(key, count, values, 0);
      for (int i = 0; i < count; i++) {
        assertRead(key + i, from[key + i], values[i]);
      }
    }
  }

  private void assertRead(int key, int from, long read) {
    for (int version = from; version <= begun[key]; version++) {
      if (read == value(key, version)) {
        return;
      }
    }
    throw new AssertionError(
        "key %d: %x (expected: that of version %d to %d)".formatted(key, read, from, begun[key]));
  }

  /// How often clients asked again for a reason.
  public long retries(Retry cause) {
    return traffic.stream().mapToLong(one -> one.retries(cause)).sum();
  }

  /// Atomics of all clients.
  public long atomics() {
    return traffic.stream().mapToLong(Traffic::atomics).sum();
  }
}
