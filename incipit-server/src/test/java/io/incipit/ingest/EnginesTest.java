// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.BlockChain;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Stat;
import io.incipit.block.Value;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.ingest.chain.Naming;
import io.incipit.ingest.chain.OwnChain;
import io.incipit.ingest.discover.FakeVllm;
import io.incipit.service.Service;
import io.incipit.service.ServiceConfig;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Engines on sockets of this machine, followed into an index.
class EnginesTest {
  private static final long SEED = 7;

  /// Engines that answer in the end are waited for, however busy the machine is.
  private static final long PATIENCE_MILLIS = 60_000;

  private static final int RING = 10_000;
  private static final int QUEUE = 2 * (RING + 1);

  private final Service service =
      new Service(
          new ServiceConfig(1, 1_000, 64 << 20, 100, 1L << 30, 64 << 20), RandomSource.system());
  private Engines engines = following(PATIENCE_MILLIS);

  /// The seed of the chain is known here, so that the truth can be named.
  private static RandomSource seeded() {
    return () -> SEED;
  }

  private Engines following(long patienceMillis) {
    return new Engines(service, Clock.system(), seeded(), patienceMillis);
  }

  @BeforeEach
  void start() {
    engines.start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    engines.stop();
    service.stop();
  }

  private static FakeEngine engine(long seed) {
    return new FakeEngine(
        new SplittableRandom(seed), new OwnChain(SEED, "m"), RING, /* inCopies= */ true);
  }

  private static SourceConfig config(ZmqEngine engine) {
    return config(engine.endpoint(), engine.replay());
  }

  private static SourceConfig config(String endpoint, String replay) {
    return new SourceConfig(
        "worker-1",
        0,
        endpoint,
        false,
        Optional.of(replay),
        "models",
        "m",
        FakeEngine.BLOCK_TOKENS,
        true);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 6_000 && !condition.getAsBoolean(); i++) {
      Thread.sleep(10);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  private SourceStatus status() {
    return engines.status().getFirst();
  }

  private long blocks() {
    return service.answer(new Op.Stats(Optional.of("models"))) instanceof Reply.Row(var row)
            && row.get("blocks") instanceof Value.Whole(var number)
        ? number
        : -1;
  }

  private void assertHolds(FakeEngine engine) throws InterruptedException {
    var truth = engine.truth();
    await(() -> status().held() == truth.size() && blocks() == truth.size());
    var bytes = HexFormat.of().parseHex(String.join("", truth));
    var names = BlockChain.wrap(bytes, 0, truth.size(), OwnChain.HASH_BYTES);
    var reply = service.answer(new Op.Locate("models", names));
    assertThat(reply).isInstanceOf(Reply.Located.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void register_engineThatRuns_isCaughtUpWithAndFollowed(boolean topic) throws Exception {
    var truth = engine(1);
    try (var engine =
        new ZmqEngine(truth, topic, QUEUE, "tcp://127.0.0.1:*", "tcp://127.0.0.1:*")) {
      for (int i = 0; i < 500; i++) {
        engine.step(false);
      }
      engines.register(config(engine));
      await(() -> status().state().equals("whole"));
      assertHolds(truth);

      for (int i = 0; i < 2_000; i++) {
        engine.step(i % 10 == 3);
      }
      engine.step(false);
      await(() -> status().next() == 2_501);
      assertHolds(truth);
      assertThat(status().state()).isEqualTo("whole");
      assertThat(status().counts().get("gaps")).isPositive();
      assertThat(status().lastError()).isEmpty();
    }
  }

  @Test
  void register_engineThatDropsOfReplays_isCaughtUpWithAllTheSame() throws Exception {
    engines.stop();
    engines = following(500);
    engines.start();
    var truth = engine(5);
    try (var engine = new ZmqEngine(truth, true, 50, "tcp://127.0.0.1:*", "tcp://127.0.0.1:*")) {
      for (int i = 0; i < 400; i++) {
        engine.step(false);
      }
      engines.register(config(engine));
      await(() -> status().next() == 400 && status().state().equals("whole"));
      assertHolds(truth);
    }
  }

  @Test
  void engine_startedAnewAtItsAddress_isHeldAsItIsNow() throws Exception {
    var first = new ZmqEngine(engine(2), true, QUEUE, "tcp://127.0.0.1:*", "tcp://127.0.0.1:*");
    for (int i = 0; i < 300; i++) {
      first.step(false);
    }
    var config = config(first);
    engines.register(config);
    await(() -> status().next() == 300);
    assertThat(engines.isBehind("models", "worker-1")).isFalse();
    first.close();
    await(() -> status().state().equals("connecting"));
    assertThat(engines.isBehind("models", "worker-1")).isTrue();

    var truth = engine(3);
    try (var second = new ZmqEngine(truth, true, QUEUE, config.endpoint(), config.replay().get())) {
      for (int i = 0; i < 400; i++) {
        second.step(false);
      }
      await(() -> status().next() == 400 && status().state().equals("whole"));
      assertHolds(truth);
      assertThat(status().counts().get("restarts")).isPositive();
    }
  }

  @Test
  void register_greetingThatNeverComes_isTriedAgain() throws Exception {
    var truth = engine(5);
    try (var engine = new ZmqEngine(truth, true, QUEUE, "tcp://127.0.0.1:*", "tcp://127.0.0.1:*");
        var events = new MuteDoor(engine.endpoint());
        var repeats = new MuteDoor(engine.replay())) {
      for (int i = 0; i < 100; i++) {
        engine.step(false);
      }
      long begin = System.nanoTime();
      engines.register(config(events.endpoint(), repeats.endpoint()));
      await(() -> status().state().equals("whole") && status().next() == 100);
      await(
          () -> {
            engine.step(false);
            return status().next() > 100;
          });
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
      assertHolds(truth);
    }
  }

  private long engineBytes() {
    return service.stats().stream()
        .filter(stat -> stat.name().equals("engine-bytes"))
        .mapToLong(Stat::value)
        .sum();
  }

  @Test
  void unregister_takesAllAwayAndTakesNothingMore() throws Exception {
    var truth = engine(4);
    try (var engine = new ZmqEngine(truth, true, QUEUE, "tcp://127.0.0.1:*", "tcp://127.0.0.1:*")) {
      for (int i = 0; i < 300; i++) {
        engine.step(false);
      }
      var config = config(engine);
      engines.register(config);
      engines.register(config);
      assertThatThrownBy(
              () ->
                  engines.register(
                      new SourceConfig(
                          "worker-1",
                          0,
                          "tcp://127.0.0.1:1",
                          false,
                          Optional.empty(),
                          "models",
                          "m",
                          4,
                          true)))
          .hasMessageContaining("worker: worker-1 is followed at tcp://");
      await(() -> status().state().equals("whole"));
      assertThat(status().bytes()).isPositive();

      assertThat(engines.unregister("models", "worker-1", OptionalInt.empty()))
          .containsExactly("worker-1");
      engine.step(false);
      await(() -> blocks() == 0);
      await(() -> engineBytes() == 0);
      assertThat(engines.status()).isEmpty();
    }
  }

  @Test
  void follow_urlOfAnEngineThatComesLate_isFollowedOnceItTells() throws Exception {
    var truth = engine(6);
    int port;
    try (var gone = new FakeVllm(0)) {
      port = gone.port();
    }
    var url = "http://127.0.0.1:" + port;
    var spec = EngineSpec.parse(url + ",namespace=models,worker=gpu-0");
    engines.follow(spec, _ -> false);
    engines.follow(spec, _ -> false);
    assertThatThrownBy(
            () ->
                engines.follow(
                    EngineSpec.parse("http://b:1,namespace=models,worker=gpu-0"), _ -> false))
        .hasMessage("worker: gpu-0 is followed at %s (expected: another worker)".formatted(url));
    await(() -> !status().lastError().isEmpty());
    assertThat(status().state()).isEqualTo("connecting");
    assertThat(status().silentMillis()).isEqualTo(-1);
    assertThat(status().drift()).isEqualTo(-1);
    assertThat(status().config().endpoint()).isEqualTo(url);
    assertThat(status().lastError()).startsWith(url + "/kv_event_sources: ");
    assertThat(engines.isSettled()).isFalse();
    assertThat(engines.count()).isEqualTo(1);

    try (var engine = new ZmqEngine(truth, true, QUEUE, "tcp://127.0.0.1:*", "tcp://127.0.0.1:*");
        var vllm =
            FakeVllm.telling(
                port,
                FakeVllm.source(anyHost(engine.endpoint()), anyHost(engine.replay())),
                FakeEngine.BLOCK_TOKENS)) {
      for (int i = 0; i < 100; i++) {
        engine.step(false);
      }
      await(() -> status().state().equals("whole"));
      assertThat(status().config())
          .isEqualTo(
              new SourceConfig(
                  "gpu-0",
                  0,
                  engine.endpoint(),
                  false,
                  Optional.of(engine.replay()),
                  "models",
                  "tiny",
                  FakeEngine.BLOCK_TOKENS,
                  true,
                  Naming.OWN,
                  OptionalInt.of(FakeVllm.CAPACITY)));
      assertThat(status().drift()).isZero();
      assertThat(engines.isSettled()).isTrue();
      assertThat(engines.count()).isEqualTo(1);
      assertThat(vllm.url()).isEqualTo(url);
      await(() -> status().held() == truth.truth().size());
      await(() -> status().lastMinute() == status().counts().get("events"));
      assertThat(status().lastMinute()).isGreaterThanOrEqualTo(100);
      assertThat(status().silentMillis()).isNotNegative();
    }
  }

  private static String anyHost(String endpoint) {
    return endpoint.replace("127.0.0.1", "*");
  }

  private static ZmqEngine listening(FakeEngine engine) {
    var any = "tcp://127.0.0.1:*";
    return new ZmqEngine(engine, /* topicInReplay= */ true, QUEUE, any, any);
  }

  private static String source(ZmqEngine engine) {
    return FakeVllm.source(anyHost(engine.endpoint()), anyHost(engine.replay()));
  }

  private static void steps(ZmqEngine engine, int count) {
    for (int i = 0; i < count; i++) {
      engine.step(false);
    }
  }

  @Test
  void follow_engineThatIsAnotherOneNow_isFollowedAnewAndSaysWhatChanged() throws Exception {
    var first = listening(engine(7));
    var truth = engine(8);
    try (var vllm = FakeVllm.telling(0, source(first), FakeEngine.BLOCK_TOKENS)) {
      engines.follow(EngineSpec.parse(vllm.url() + ",namespace=models,worker=w"), _ -> false);
      steps(first, 50);
      await(() -> status().state().equals("whole") && blocks() > 0);
      await(() -> !engines.isBehind("models", "w"));
      first.close();
      await(() -> engines.isBehind("models", "w"));
      try (var second = listening(truth)) {
        steps(second, 60);
        vllm.says("/v1/models", 200, FakeVllm.MODELS.replace("tiny", "large"));
        vllm.says("/kv_event_sources", 200, source(second));
        await(() -> status().config().model().equals("large"));
        await(() -> status().state().equals("whole") && status().next() == 60);
        assertHolds(truth);
        assertThat(status().config().endpoint()).isEqualTo(second.endpoint());
        assertThat(status().lastError())
            .isEqualTo(
                ("engine: endpoint was %s and is %s; replay was %s and is %s;"
                        + " model was tiny and is large")
                    .formatted(
                        first.endpoint(), second.endpoint(), first.replay(), second.replay()));
        await(() -> !engines.isBehind("models", "w"));
        assertThat(engines.count()).isEqualTo(1);
      }
    }
  }

  @Test
  void follow_engineWithAnotherBlockSize_isFollowedAnewOnceNobodyElseIsThere() throws Exception {
    var truth = engine(9);
    var first = listening(engine(10));
    try (var other = listening(engine(11));
        var vllm = FakeVllm.telling(0, source(first), 2 * FakeEngine.BLOCK_TOKENS)) {
      engines.follow(EngineSpec.parse(vllm.url() + ",namespace=models,worker=w"), _ -> false);
      engines.register(
          new SourceConfig(
              "x",
              0,
              other.endpoint(),
              false,
              Optional.of(other.replay()),
              "models",
              "tiny",
              2 * FakeEngine.BLOCK_TOKENS,
              true));
      steps(first, 50);
      await(() -> engines.count() == 2 && engines.isSettled());
      first.close();
      vllm.says("/metrics", 200, FakeVllm.metrics("4", "4"));
      try (var second =
          new ZmqEngine(
              truth, /* topicInReplay= */ true, QUEUE, first.endpoint(), first.replay())) {
        steps(second, 60);
        await(() -> status().lastError().startsWith("namespace: models: CONTRACT"));
        assertThat(status().config().endpoint()).isEqualTo(vllm.url());
        assertThat(blocks()).isZero();

        engines.unregister("models", "x", OptionalInt.empty());
        await(() -> engines.count() == 1 && status().state().equals("whole"));
        await(() -> status().next() == 60);
        assertHolds(truth);
        assertThat(status().lastError()).isEqualTo("engine: block_size was 8 and is 4");
      }
    }
  }

  @Test
  void follow_engineStartedAnewAsItWas_isAskedAgainAndStays() throws Exception {
    var first = listening(engine(12));
    var truth = engine(13);
    try (var vllm = FakeVllm.telling(0, source(first), FakeEngine.BLOCK_TOKENS)) {
      engines.follow(EngineSpec.parse(vllm.url() + ",namespace=models,worker=w"), _ -> false);
      steps(first, 50);
      await(() -> status().next() == 50 && !engines.isBehind("models", "w"));
      int asked = vllm.asked().size();
      vllm.says("/kv_event_sources", 500, "");
      first.close();
      await(() -> status().lastError().contains("/kv_event_sources: status 500 (expected: 200)"));
      try (var second =
          new ZmqEngine(
              truth, /* topicInReplay= */ true, QUEUE, first.endpoint(), first.replay())) {
        steps(second, 60);
        await(() -> status().state().equals("whole") && status().next() == 60);
        assertThat(engines.isBehind("models", "w")).isTrue();
        vllm.says("/kv_event_sources", 200, source(second));
        await(() -> !engines.isBehind("models", "w"));
        assertHolds(truth);
        assertThat(status().lastError()).isEmpty();
        assertThat(status().counts().get("restarts")).isPositive();
        assertThat(vllm.asked().size()).isGreaterThan(asked);
      }
      assertThat(engines.unregister("models", "w", OptionalInt.empty())).containsExactly("w");
      assertThat(engines.count()).isZero();
    }
  }

  @Test
  void follow_engineThatFallsSilent_isAskedAgainOnce() throws Exception {
    engines.stop();
    engines = following(50);
    engines.start();
    try (var engine = listening(engine(16));
        var vllm = FakeVllm.telling(0, source(engine), FakeEngine.BLOCK_TOKENS)) {
      engines.follow(EngineSpec.parse(vllm.url() + ",namespace=models,worker=w"), _ -> false);
      await(() -> engines.isSettled() && !engines.isBehind("models", "w"));
      int asked = vllm.asked().size();
      steps(engine, 50);
      await(() -> vllm.asked().size() > asked && !engines.isBehind("models", "w"));
      await(() -> status().state().equals("whole"));
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void register_enginesThatConnect_areFollowedOneAtATime() throws Exception {
    var address = "tcp://127.0.0.1:" + freePort();
    var truth = engine(14);
    var to = ZmqEngine.CONNECT + address;
    engines.register(
        new SourceConfig(
            "w", 0, address, true, Optional.empty(), "models", "m", FakeEngine.BLOCK_TOKENS, true));
    try (var second = new ZmqEngine(truth, true, QUEUE, to, "tcp://127.0.0.1:*")) {
      await(() -> status().state().equals("partial"));
      try (var first = new ZmqEngine(engine(15), true, QUEUE, to, "tcp://127.0.0.1:*")) {
        await(() -> status().state().equals("connecting"));
        assertThat(status().lastError())
            .isEqualTo(
                "endpoint: %s: 2 engines are connected (expected: one, and for each an address)"
                    .formatted(address));
        assertThat(engines.isBehind("models", "w")).isTrue();
        steps(first, 50);
        steps(second, 50);
      }
      await(() -> status().state().equals("partial"));
      await(
          () -> {
            second.step(false);
            return status().state().equals("whole");
          });
      assertHolds(truth);
      assertThat(engines.isBehind("models", "w")).isFalse();
    }
  }

  @Test
  void follow_urlThatContradictsWhatIsThere_isSaidAndAskedAgain() throws Exception {
    engines.declare("models", "tiny", 8);
    try (var vllm = FakeVllm.telling(0, FakeVllm.source("tcp://*:9", ""), 4)) {
      engines.follow(EngineSpec.parse(vllm.url() + ",namespace=models"), _ -> false);
      await(() -> status().lastError().startsWith("namespace: models: "));
      vllm.says("/kv_event_sources", 200, FakeVllm.source("tcp://10.9.9.9:9", ""));
      await(() -> status().lastError().contains("endpoint tcp://10.9.9.9:9 (expected: at 127.0"));
    }
  }

  @Test
  void unregister_whileTheEngineIsAsked_endsThat() throws Exception {
    try (var vllm = new FakeVllm(0)) {
      engines.follow(EngineSpec.parse(vllm.url() + ",worker=w"), _ -> false);
      assertThat(engines.status()).hasSize(1);
      assertThat(engines.unregister("any", "other", OptionalInt.empty())).isEmpty();
      assertThat(engines.status()).hasSize(1);
      assertThat(engines.unregister("any", "w", OptionalInt.empty())).isEmpty();
      assertThat(engines.status()).isEmpty();
      assertThat(engines.isSettled()).isTrue();
    }
  }
}
