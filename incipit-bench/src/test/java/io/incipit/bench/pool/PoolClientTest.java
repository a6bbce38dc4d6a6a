// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Counts, answers and virtual time of a client, and that a tearing transport tears.
final class PoolClientTest {
  private final MemoryPool pool = new MemoryPool(CostModel.DEFAULT);
  private final PoolClient client = new PoolClient(pool);

  @Test
  void write_thenRead_bringsTheSame() {
    long address = pool.reserve(100, 64);
    var bytes = new byte[100];
    bytes[99] = 7;
    client.write(address, bytes, 0, 100);
    var read = new byte[200];
    client.read(address, read, 100, 100);
    client.ring();

    assertThat(read[199]).isEqualTo((byte) 7);
    assertThat(client.traffic().roundTrips()).isOne();
    assertThat(client.traffic().requests()).isEqualTo(2);
    assertThat(client.traffic().bytes()).isEqualTo(200);
  }

  @Test
  void await_ofManyDoorbells_isOneRoundTrip() {
    long address = pool.reserve(64, 64);
    for (int i = 0; i < 32; i++) {
      client.read(address, new byte[64], 0, 64);
      client.post();
    }
    client.await();
    client.await();

    assertThat(client.traffic().doorbells()).isEqualTo(32);
    assertThat(client.traffic().roundTrips()).isOne();
  }

  @Test
  void unsignalled_isNotWaitedFor() {
    client.writeLong(pool.reserve(8, 8), 5);
    client.postUnsignalled();
    client.await();

    assertThat(client.traffic().roundTrips()).isZero();
    assertThat(client.traffic().writtenBytes()).isEqualTo(8);
    assertThat(client.nowNs()).isZero();
  }

  @Test
  void atomics_answerWhatStoodThere() {
    long address = pool.reserve(8, 8);
    int first = client.compareAndSwap(address, 0, 10);
    int refused = client.compareAndSwap(address, 0, 20);
    int masked = client.maskedCompareAndSwap(address, 1, 0, 0xFF00, -1);
    int added = client.fetchAndAdd(address, 1);
    client.ring();

    assertThat(client.answer(first)).isZero();
    assertThat(client.answer(refused)).isEqualTo(10);
    assertThat(client.answer(masked)).isEqualTo(10);
    assertThat(client.answer(added)).isEqualTo(0xFF0A);
    var now = new byte[8];
    client.read(address, now, 0, 8);
    client.ring();
    assertThat(Bytes.longAt(now, 0)).isEqualTo(0xFF0B);
  }

  /// The closed loops and batches that the model's sources give: microseconds.
  @ParameterizedTest
  @CsvSource({
    "1, 1, 64, 2.0",
    "1, 1, 1024, 2.2",
    "334, 1, 64, 42",
    "334, 4, 64, 12",
    "334, 16, 64, 7.6",
    "28, 1, 64, 4.2",
    "28, 16, 64, 2.5",
    "10, 16, 1058, 3.1"
  })
  void reads_takeWhatTheModelSays(int reads, int pairs, int bytes, double micros) {
    var several = new PoolClient(pool, Transport.WHOLE, pairs);
    long address = pool.reserve(bytes, 64);
    for (int i = 0; i < reads; i++) {
      several.read(address, new byte[bytes], 0, bytes);
    }
    several.ring();

    assertThat(several.nowNs() / 1000).isCloseTo(micros, within(0.03 * micros));
  }

  @Test
  void keptOnOneQueuePair_readsWaitForEachOther() {
    var several = new PoolClient(pool, Transport.WHOLE, 4);
    long address = pool.reserve(64, 64);
    several.keepQueuePair();
    for (int i = 0; i < 48; i++) {
      several.read(address, new byte[64], 0, 64);
    }
    several.ring();
    double kept = several.nowNs();
    several.dealQueuePairs();
    for (int i = 0; i < 48; i++) {
      several.read(address, new byte[64], 0, 64);
    }
    several.ring();

    assertThat(kept).isGreaterThan(6_000);
    assertThat(several.nowNs() - kept).isLessThan(3_000);
  }

  @Test
  void atomicsAtOneAddress_waitForEachOther() {
    long address = pool.reserve(8, 8);
    for (int i = 0; i < 10; i++) {
      client.fetchAndAdd(address, 1);
    }
    client.ring();

    assertThat(client.nowNs()).isCloseTo(2_500 + 75 + 9 * 400, within(20.0));
  }

  @Test
  void addressOutside_isRefused() {
    assertThatThrownBy(() -> client.read(0, new byte[8], 0, 8))
        .hasMessageContaining("address: 0, 8 bytes");
    assertThatThrownBy(() -> client.compareAndSwap(pool.reserve(8, 8) + 1, 0, 1))
        .hasMessageContaining("multiple of 8");
  }

  @Test
  void model_refusesWhatItDoesNotKnow() {
    assertThat(CostModel.DEFAULT.with(Map.of("round-trip-ns", 3_000.0)).roundTripNs())
        .isEqualTo(3_000);
    assertThatThrownBy(() -> CostModel.DEFAULT.with(Map.of("rtt", 1.0)))
        .hasMessageContaining("rtt (expected: one of round-trip-ns");
    assertThatThrownBy(() -> CostModel.DEFAULT.with(Map.of("byte-ns", -1.0)))
        .hasMessageContaining("byte-ns: -1.0");
    assertThatThrownBy(() -> CostModel.DEFAULT.with(Map.of("bytes-per-ns", 0.0)))
        .hasMessageContaining("bytes-per-ns: 0.0");
    for (var name : List.of("outstanding-max", "packet-max", "inline-max")) {
      assertThatThrownBy(() -> CostModel.DEFAULT.with(Map.of(name, 1.5)))
          .hasMessageContaining(name + ": 1.5 (expected: an integer from ");
    }
    assertThatThrownBy(() -> CostModel.DEFAULT.with(Map.of("outstanding-max", 2e9)))
        .hasMessage("outstanding-max: 2.0E9 (expected: an integer from 1.0 to 4096.0)");
    assertThatThrownBy(() -> CostModel.DEFAULT.with(Map.of("round-trip-ns", 1e300)))
        .hasMessageContaining("round-trip-ns: 1.0E300");
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void tearingTransport_tearsBetweenLinesAndNeverInside(boolean ascending)
      throws InterruptedException {
    var turns = new Turns(1);
    long address = pool.reserve(256, 64);
    var seen = new ArrayList<byte[]>();
    Runnable writer =
        () -> {
          var own = new PoolClient(pool, new TearingTransport(turns, ascending, 2), 1);
          for (int i = 1; i <= 100; i++) {
            var bytes = new byte[256];
            java.util.Arrays.fill(bytes, (byte) i);
            own.write(address, bytes, 0, 256);
            own.ring();
          }
        };
    Runnable reader =
        () -> {
          var own = new PoolClient(pool, new TearingTransport(turns, ascending, 3), 1);
          for (int i = 0; i < 100; i++) {
            var bytes = new byte[256];
            own.read(address, bytes, 0, 256);
            own.ring();
            seen.add(bytes);
          }
        };
    turns.run(List.of(writer, reader));

    int torn = 0;
    for (var bytes : seen) {
      for (int i = 0; i < 256; i++) {
        assertThat(bytes[i]).isEqualTo(bytes[i / 64 * 64]);
      }
      torn += bytes[0] == bytes[255] ? 0 : 1;
    }
    assertThat(torn).isPositive();
  }
}
