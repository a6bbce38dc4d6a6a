// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import static io.incipit.bench.load.RespClient.word;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.bench.target.ServerProcess;
import io.incipit.bench.target.TestRedis;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The client of the store's benchmark, against a real Redis.
class ValueClientIT {
  private static final int LONGEST = 1 << 20;

  private static ServerProcess redis;
  private static ValueClient client;

  @BeforeAll
  static void start() throws IOException {
    redis = TestRedis.start();
    client = new ValueClient(redis.port());
  }

  @AfterAll
  static void stop() {
    if (redis != null) {
      client.close();
      redis.close();
    }
  }

  @Test
  void read_valuesOfLengthsAroundEachPiece_areWhatWasPut() throws IOException {
    requireGivesBack(redis, client, 0, 1);
  }

  /// Puts values around the lengths of which others are read or written, and some more, and reads
  /// them.
  static void requireGivesBack(ServerProcess process, ValueClient client, int... more)
      throws IOException {
    int piece = 64 << 10;
    int both = 80 << 10;
    var usual = IntStream.of(piece - 1, piece, piece + 1, both, both + 1, LONGEST);
    for (int bytes : IntStream.concat(usual, IntStream.of(more)).toArray()) {
      var values = new ValueBytes(1, Math.max(bytes, LONGEST));
      var server = new Server("it", client, process::cpuNs, values, Math.max(bytes, LONGEST));
      server.fill("b" + bytes, bytes, 3);
      server.put(3);
      server.read(6);

      assertThat(server.wrong()).as("%d bytes", bytes).isZero();
      server.empty();
    }
  }

  @Test
  void read_whatIsNotThere_isNone() throws IOException {
    assertThat(client.read(word("none"), new byte[1])).isEqualTo(-1);
  }

  @Test
  void read_longerThanTheBuffer_isRefused() throws IOException {
    try (var other = new ValueClient(redis.port())) {
      assertThat(other.put(word("long"), new byte[9], 0, 9)).isTrue();

      assertThatThrownBy(() -> other.read(word("long"), new byte[8]))
          .hasMessage("9 bytes (expected: at most 8)");
    }
  }

  @Test
  void residentKib_ofAServer_isSome() {
    assertThat(redis.residentKib()).isPositive();
  }
}
