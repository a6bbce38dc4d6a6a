// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.Namespace;
import io.incipit.client.ClientConfig;
import io.incipit.client.IncipitClient;
import io.incipit.env.Clock;
import io.incipit.env.Timer;
import io.incipit.trace.generate.ConversationTrace;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ServerTargetTest {
  private static final Namespace NAMESPACE = Namespace.of("mine", 512, ReplayTarget.HASH_BYTES);

  private final FakeServer server = new FakeServer();

  @Test
  void run_overTheWire_givesTheCountsOfThisProcess() throws IOException, InterruptedException {
    var options = new ReplayOptions(1, OptionalInt.of(2_000), Tails.ALL, Speed.MAX);
    ReplayReport near;
    try (var target = new IndexTarget(NAMESPACE)) {
      near = replay(options, target);
    }

    try (var target = ServerTarget.create(client(), NAMESPACE)) {
      assertThat(server.namespaces()).containsExactly("mine");
      var far = replay(options, target);

      assertThat(far.requests()).isEqualTo(600);
      assertThat(far.blockHits()).isEqualTo(near.blockHits()).isPositive();
      assertThat(far.tokenHits()).isEqualTo(near.tokenHits());
      assertThat(far.hitRates()).isEqualTo(near.hitRates());
      assertThat(near.footprint().blocks()).isEqualTo(2_000);
      assertThat(far.footprint().blocks()).isEqualTo(2_000);
      assertThat(far.footprint().bytesPerBlock()).isPositive();
    }
    assertThat(server.namespaces()).isEmpty();
  }

  @Test
  void run_severalClients_shareTheConnection() throws IOException, InterruptedException {
    var options = new ReplayOptions(4, OptionalInt.empty(), Tails.ALL, Speed.MAX);
    try (var target = ServerTarget.create(client(), NAMESPACE)) {
      var report = replay(options, target);

      assertThat(report.requests()).isEqualTo(600);
      assertThat(report.footprint().blocks()).isEqualTo(report.distinctBlocks());
    }
  }

  @Test
  void run_connectionLost_failsAndStillDropsTheNamespace() throws IOException {
    try (var target = ServerTarget.create(client(), NAMESPACE)) {
      server.failAfter(100);
      assertThatThrownBy(() -> replay(ReplayOptions.DEFAULT, target))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("connection to host:7379 was closed by the server");
      server.failAfter(Integer.MAX_VALUE);
    }
    assertThat(server.namespaces()).isEmpty();
  }

  @Test
  void close_twice_dropsOnce() throws IOException {
    var target = ServerTarget.create(client(), NAMESPACE);
    target.close();
    server.failAfter(0);

    target.close();
    assertThat(server.namespaces()).isEmpty();
  }

  @Test
  void create_noAnswer_fails() {
    server.failAfter(0);

    assertThatThrownBy(() -> ServerTarget.create(client(), NAMESPACE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("connection to host:7379 was closed by the server");
  }

  private IncipitClient client() {
    var patient = Duration.ofMinutes(10);
    var config =
        ClientConfig.of("host", 7379).withLookupDeadline(patient).withOtherDeadline(patient);
    return new IncipitClient(config, server, Clock.system(), Timer.system());
  }

  private static ReplayReport replay(ReplayOptions options, ReplayTarget target)
      throws IOException, InterruptedException {
    return new Replay(options, Clock.system(), ReplayProgress.NONE)
        .run(new ConversationTrace(600, 11), target);
  }
}
