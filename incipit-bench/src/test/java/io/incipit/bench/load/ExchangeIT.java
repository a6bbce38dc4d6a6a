// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import static io.incipit.bench.load.RespClient.encode;
import static io.incipit.bench.load.RespClient.word;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.bench.target.ServerProcess;
import io.incipit.bench.target.TestRedis;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The client and the loop of the server's benchmark, against a real Redis.
class ExchangeIT {
  private static ServerProcess redis;
  private static RespClient client;

  @BeforeAll
  static void start() throws IOException {
    redis = TestRedis.start();
    client = new RespClient(redis.port());
  }

  @AfterAll
  static void stop() {
    if (redis != null) {
      client.close();
      redis.close();
    }
  }

  @Test
  void reply_ofEachKind_isItsNumber() throws IOException {
    assertThat(client.call(word("PING"))).isEqualTo(1);
    assertThat(client.call(word("MSET"), word("a"), word("1"), word("b"), word("22"))).isEqualTo(1);
    assertThat(client.call(word("EXISTS"), word("a"), word("b"), word("c"))).isEqualTo(2);
    assertThat(client.call(word("STRLEN"), word("b"))).isEqualTo(2);
    assertThat(client.call(word("GET"), word("c"))).isZero();
    assertThat(client.call(word("MGET"), word("a"), word("b"), word("c"))).isEqualTo(1);
    assertThat(client.call(word("DECR"), word("none"))).isEqualTo(-1);
    assertThatThrownBy(() -> client.call(word("GET")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("wrong number of arguments");
    assertThat(client.call(word("PING"))).isEqualTo(1);
  }

  @Test
  void run_sixteenInFlight_takesEveryReply() throws IOException {
    var chains = new StoredChains(1);
    chains.storeInRedis(client);

    for (var way :
        List.of(
            new Exchange("exists", redis, client, chains.manyKeys("EXISTS", 767), 1, 767),
            new Exchange("pipelined", redis, client, chains.singleKeys(767), 767, 1))) {
      var outcome = way.run(16, 20_000_000);

      assertThat(outcome.p50Us()).isPositive().isLessThanOrEqualTo(outcome.p99Us());
      assertThat(client.call(word("PING"))).as("nothing is left to read").isEqualTo(1);
    }
  }

  @Test
  void run_otherAnswerThanExpected_isRefused() {
    var way = new Exchange("ping", redis, client, List.of(encode(word("PING"))), 1, 2);

    assertThatThrownBy(() -> way.run(1, 1)).hasMessageContaining("answered 1 (expected: 2)");
  }
}
