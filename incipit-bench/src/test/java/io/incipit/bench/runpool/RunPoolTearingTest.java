// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.TearingTransport;
import io.incipit.bench.pool.Transport;
import io.incipit.bench.pool.Turns;
import io.incipit.env.RandomSource;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Look-ups beside changes, line by line: headers torn, lines of holders mixed, runs split, cut,
/// freed and used again between two READs of a batch.
final class RunPoolTearingTest {
  private static final int OWNERS = 2;
  private static final int HOLDERS = 16 * (OWNERS + 1);
  private static final double LEASE_NS = 1e6;

  /// Tears once all take turns.
  private static final class Later implements Transport {
    private final Transport tearing;
    private boolean tears;

    Later(Transport tearing) {
      this.tearing = tearing;
    }

    @Override
    public void copy(byte[] source, int from, byte[] target, int to, int length) {
      (tears ? tearing : Transport.WHOLE).copy(source, from, target, to, length);
    }

    @Override
    public void write(byte[] source, int from, byte[] memory, int to, int length) {
      (tears ? tearing : Transport.WHOLE).write(source, from, memory, to, length);
    }

    @Override
    public void beforeAtomic() {
      tearing.beforeAtomic();
    }
  }

  /// One interleaving.
  private record Scene(
      long seed,
      Writing writing,
      boolean ascending,
      boolean locations,
      long directory,
      int blocksMax,
      Fault fault) {
    void play() throws InterruptedException {
      var turns = new Turns(seed);
      var pool = new MemoryPool(CostModel.DEFAULT);
      var config =
          new RunPoolConfig(locations, writing, writing == Writing.OWNER ? 2 : 64, LEASE_NS);
      var transport = new Later(new TearingTransport(turns, ascending, seed));
      var index = RunPool.create(pool, config, transport, fault);
      transport.tears = true;
      var oracle = new Oracle();
      var players = new ArrayList<Runnable>();
      for (int owner = 1; owner <= OWNERS; owner++) {
        int self = owner;
        players.add(() -> write(index, client(pool, turns, index, self), oracle, self));
      }
      for (int reader = 0; reader < 2; reader++) {
        int self = OWNERS + 1 + reader;
        players.add(() -> look(client(pool, turns, index, self), oracle, self));
      }
      turns.run(players);
      look(index.open(new PoolClient(pool), 0), oracle, OWNERS + 3);
    }

    private RunPoolClient client(MemoryPool pool, Turns turns, RunPool index, int self) {
      var transport = new TearingTransport(turns, ascending, seed * 31 + self);
      return index.open(new PoolClient(pool, transport, 1), self % 2 == 0 ? directory : 0);
    }

    private Forest forest(int self) {
      return new Forest(RandomSource.seeded(seed * 7 + self), 1, blocksMax, 3);
    }

    private void write(RunPool index, RunPoolClient client, Oracle oracle, int self) {
      var random = RandomSource.seeded(seed * 13 + self);
      var forest = forest(self);
      for (int i = 0; i < 14; i++) {
        int count = forest.draw();
        int holder = Oracle.holder(self, 0);
        if (random.nextInt(3) == 0) {
          client.client().idleUntil(index.timeNs(0) + LEASE_NS * random.nextDouble());
        }
        int from = random.nextInt(3) > 0 ? 0 : random.nextInt(count);
        if (random.nextInt(100) < 55) {
          var locations = new long[count];
          int put = i;
          Arrays.setAll(locations, k -> (self * 1_000L + put) * 10_000 + k);
          oracle.now();
          for (int k = from; k < count; k++) {
            oracle.putBegins(forest.hashes[k], holder, locations[k]);
          }
          client.put(forest.hashes, from, count, self, 0, locations);
          oracle.now();
          for (int k = from; k < count; k++) {
            oracle.putEnds(forest.hashes[k], holder, locations[k]);
          }
        } else {
          oracle.now();
          for (int k = from; k < count; k++) {
            oracle.removeBegins(forest.hashes[k], holder);
          }
          client.remove(forest.hashes, from, count, self, 0);
          oracle.now();
          for (int k = from; k < count; k++) {
            oracle.removeEnds(forest.hashes[k], holder);
          }
        }
      }
    }

    private void look(RunPoolClient client, Oracle oracle, int self) {
      var forest = forest(self);
      var answer = new PoolAnswer();
      for (int i = 0; i < 16; i++) {
        int count = forest.draw();
        int from = oracle.now();
        client.match(forest.hashes, count, answer);
        var complaint =
            oracle.complaint(forest.hashes, count, answer, HOLDERS, locations, from, oracle.now());
        assertThat(complaint).as("%s, look-up %d", this, i).isEmpty();
      }
    }
  }

  private static Scene scene(long seed, Writing writing, Fault fault) {
    return new Scene(
        seed,
        writing,
        seed % 2 == 0,
        seed % 3 == 0,
        seed % 5 == 0 ? 400 : 20_000,
        seed % 4 == 0 ? 40 : 3 + (int) (seed % 7),
        fault);
  }

  @ParameterizedTest
  @CsvSource({"OWNER, 0, 8", "CLIENTS, 0, 40"})
  void lookUps_besideChanges_areTrue(Writing writing, int from, int to)
      throws InterruptedException {
    for (int seed = from; seed < to; seed++) {
      scene(seed, writing, Fault.NONE).play();
    }
  }
}
