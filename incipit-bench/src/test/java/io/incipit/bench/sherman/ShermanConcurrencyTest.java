// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;
import io.incipit.bench.pool.TearingTransport;
import io.incipit.bench.pool.Traffic;
import io.incipit.bench.pool.Transport;
import io.incipit.bench.pool.Turns;
import io.incipit.env.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients that take turns after each line that is moved. Each key has one writer; whoever reads it
/// must find what was written last before the read began, or something written since.
final class ShermanConcurrencyTest {
  private static final int SEEDS = 4;
  private static final int FAULT_SEEDS = 60;
  private static final int KEYS = 240;
  private static final int WRITERS = 3;
  private static final int WRITES = 250;
  private static final int STEPS_MAX = 2_000_000;

  /// One contest: a tree, its clients, and what is true of its keys.
  private static final class Contest {
    final ShermanConfig config;
    final ShermanFault fault;
    final Turns turns;
    final long seed;
    final boolean ascending;
    final MemoryPool pool = new MemoryPool(CostModel.DEFAULT);
    final List<Traffic> traffic = new ArrayList<>();
    final int[] begun = new int[KEYS + 1];
    final int[] done = new int[KEYS + 1];
    final ComputeNode shared = new ComputeNode(this::pause);
    int writing = WRITERS;
    int steps;

    Contest(ShermanConfig config, ShermanFault fault, long seed, boolean ascending) {
      this.config = config;
      this.fault = fault;
      this.seed = seed;
      this.ascending = ascending;
      turns = new Turns(seed);
    }

    /// The value that a key has after so many writes; each fifth one is a delete.
    static long value(int key, int version) {
      long mixed = (key * 1_000L + version + 1) * 0x9E37_79B9_7F4A_7C15L;
      return version % 5 == 0 ? 0 : mixed ^ mixed >>> 29;
    }

    void pause() {
      step();
      turns.step();
    }

    private void step() {
      if (++steps > STEPS_MAX) {
        throw new IllegalStateException("steps: %d (expected: an end)".formatted(steps));
      }
    }

    Sherman open(int number, ComputeNode node) {
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
      return Sherman.open(client, config, node, fault);
    }

    void run() throws InterruptedException {
      Sherman.create(pool, config);
      var clients = new ArrayList<Runnable>();
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        clients.add(() -> write(writer));
      }
      clients.add(this::readKeys);
      clients.add(this::readRanges);
      turns.run(clients);
      assertAll();
    }

    /// Two writers share a compute node.
    private void write(int writer) {
      var client = open(writer, writer < 2 ? shared : new ComputeNode(this::pause));
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

    private void readKeys() {
      var client = open(8, shared);
      var random = RandomSource.seeded(seed * 10 + 8);
      while (writing > 0) {
        int key = 1 + random.nextInt(KEYS);
        int from = done[key];
        assertRead(key, from, client.search(key));
      }
    }

    private void readRanges() {
      var client = open(9, new ComputeNode(this::pause));
      RandomGenerator random = RandomSource.seeded(seed * 10 + 9);
      var values = new long[KEYS];
      while (writing > 0 && config.repaired()) {
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

    /// What stands in the end.
    private void assertAll() {
      var client = Sherman.open(new PoolClient(pool), config);
      for (int key = 1; key <= KEYS; key++) {
        assertThat(client.search(key)).isEqualTo(value(key, done[key]));
      }
    }

    long retries(Retry cause) {
      return traffic.stream().mapToLong(one -> one.retries(cause)).sum();
    }
  }

  /// Whether a contest ends badly for one of the seeds.
  private static boolean isCaught(ShermanConfig config, ShermanFault fault, boolean ascending)
      throws InterruptedException {
    for (int seed = 1; seed <= FAULT_SEEDS; seed++) {
      try {
        new Contest(config, fault, seed, ascending).run();
      } catch (AssertionError caught) {
        assertThat(caught).isNotNull();
        return true;
      }
    }
    return false;
  }

  @ParameterizedTest
  @CsvSource({"8, false", "8, true", "32, false"})
  void repaired_readersAndWriters_findWhatStands(int keyBytes, boolean cacheless)
      throws InterruptedException {
    var config =
        ShermanConfig.REPAIRED.withKeyBytes(keyBytes).withCacheFromLevel(cacheless ? 3 : 1);
    long torn = 0;
    long locked = 0;
    long stale = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      var contest = new Contest(config, ShermanFault.NONE, seed, true);
      contest.run();
      torn += contest.retries(Retry.TORN);
      locked += contest.retries(Retry.LOCK);
      stale += contest.retries(Retry.STALE) + contest.retries(Retry.HALF_SPLIT);
    }

    assertThat(torn).isPositive();
    assertThat(locked).isPositive();
    assertThat(stale).isPositive();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "LEFT_FIRST"})
  void faulty_isCaught(ShermanFault fault) throws InterruptedException {
    assertThat(isCaught(ShermanConfig.REPAIRED, fault, true)).isTrue();
  }

  /// A reader comes before each write of records and pages, and reads all that stands.
  @Test
  void splits_readerBeforeEachWrite_findsAll() {
    readBeforeEachWrite(ShermanFault.NONE);

    assertThatThrownBy(() -> readBeforeEachWrite(ShermanFault.LEFT_FIRST))
        .isInstanceOfAny(AssertionError.class, IllegalArgumentException.class);
  }

  private static void readBeforeEachWrite(ShermanFault fault) {
    var pool = new MemoryPool(CostModel.DEFAULT);
    Sherman.create(pool, ShermanConfig.REPAIRED);
    var cached = Sherman.open(new PoolClient(pool), ShermanConfig.REPAIRED);
    var walking = Sherman.open(new PoolClient(pool), ShermanConfig.REPAIRED.withCacheFromLevel(9));
    int[] done = {0};
    var watched =
        new Transport() {
          @Override
          public void copy(byte[] source, int from, byte[] target, int to, int length) {
            Transport.WHOLE.copy(source, from, target, to, length);
          }

          @Override
          public void write(byte[] source, int from, byte[] memory, int to, int length) {
            // A page of which a part was written is torn until the rest is: nobody can read it.
            if (length != Transport.LINE && length != Layout.of(8).pageBytes - Transport.LINE) {
              int last = done[0];
              for (int key = Math.max(1, last - 60); key <= last; key++) {
                assertThat(cached.search(key)).isEqualTo(key);
                assertThat(walking.search(key)).isEqualTo(key);
              }
            }
            Transport.WHOLE.write(source, from, memory, to, length);
          }
        };
    var writer =
        Sherman.open(
            new PoolClient(pool, watched, 1), ShermanConfig.REPAIRED, new ComputeNode(), fault);
    for (int key = 1; key <= 140; key++) {
      writer.put(key, key);
      done[0] = key;
    }
  }

  /// Front and rear version of a page are no proof even in ascending order: a READ that overtakes
  /// the one WRITE of a page finds the new version at both ends and old lines between.
  @Test
  void published_pageAsOneWrite_isCaught() throws InterruptedException {
    var published = ShermanConfig.PUBLISHED.withCacheFromLevel(1);

    assertThat(isCaught(published, ShermanFault.NONE, true)).isTrue();
  }

  /// In another order than ascending no version of a page proves anything; nobody says it does.
  @Test
  void repaired_anyOrder_isCaught() throws InterruptedException {
    assertThat(isCaught(ShermanConfig.REPAIRED, ShermanFault.NONE, false)).isTrue();
  }

  /// Clients of a node that wait for a leaf get it from each other.
  @Test
  void handOver_savesLockAndUnlock() throws InterruptedException {
    var contest = new Contest(ShermanConfig.REPAIRED, ShermanFault.NONE, 1, true);
    Sherman.create(contest.pool, contest.config);
    var clients = new ArrayList<Runnable>();
    for (int i = 0; i < 4; i++) {
      int key = i + 1;
      clients.add(
          () -> {
            var client = contest.open(key, contest.shared);
            for (int k = 1; k <= 40; k++) {
              client.put(key, 100L * key + k);
            }
          });
    }
    contest.turns.run(clients);
    long atomics = contest.traffic.stream().mapToLong(Traffic::atomics).sum();

    assertThat(atomics).isBetween(160L / 9, 80L);
    var reader = Sherman.open(new PoolClient(contest.pool), contest.config);
    for (int key = 1; key <= 4; key++) {
      assertThat(reader.search(key)).isEqualTo(100L * key + 40);
    }
  }
}
