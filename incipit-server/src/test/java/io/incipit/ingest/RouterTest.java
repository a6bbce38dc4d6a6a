// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.ingest.chain.OwnChain;
import io.incipit.net.http.RouteRequest;
import io.incipit.router.RouterApi;
import io.incipit.service.Service;
import io.incipit.service.ServiceConfig;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a router hears of an engine that was registered over HTTP and is followed.
class RouterTest {
  private static final long SEED = 11;
  private static final int STEPS = 200;
  private static final int PAGE = 7;

  private final Service service =
      new Service(
          new ServiceConfig(1, 1_000, 64 << 20, 100, 1L << 30, 64 << 20), RandomSource.system());
  private final Engines engines = new Engines(service, Clock.system(), () -> SEED);
  private final RouterApi router = new RouterApi(engines, service, Clock.system(), List.of());

  @BeforeEach
  void start() {
    engines.start();
    router.start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    router.stop();
    engines.stop();
    service.stop();
  }

  private JsonNode ask(String path, String query, String body) {
    var request = RouteRequest.of(path, query, "").with(body.getBytes(StandardCharsets.UTF_8));
    var response = Objects.requireNonNull(router.routes().get(path)).answer(request);
    assertThat(response.status()).isBetween(200, 201);
    return JsonMapper.shared().readTree(response.body());
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 6_000 && !condition.getAsBoolean(); i++) {
      Thread.sleep(10);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  private int held() {
    return ask("/global_view", "", "")
        .get("m:default")
        .get("instances")
        .get("5")
        .get("blocks")
        .asInt();
  }

  @Test
  void engine_registeredOverHttp_isSeenAsItIs() throws Exception {
    var truth = new FakeEngine(new SplittableRandom(1), new OwnChain(SEED, "m"), 10_000, true);
    try (var engine =
        new ZmqEngine(truth, true, 20_002, "tcp://127.0.0.1:*", "tcp://127.0.0.1:*")) {
      for (int i = 0; i < STEPS; i++) {
        engine.step(false);
      }
      ask(
          "/register",
          "",
          """
          {"instance_id": 5, "model_name": "m", "block_size": %d, "endpoint": "%s",
           "replay_endpoint": "%s"}
          """
              .formatted(FakeEngine.BLOCK_TOKENS, engine.endpoint(), engine.replay()));
      await(() -> held() == truth.truth().size());
      await(() -> engines.isSettled());
      var all = ask("/dump", "", "").get("m:default").get("events");
      assertThat(all.size()).isEqualTo(truth.truth().size());
      assertDumped(truth.truth().size());
      assertThat(listener().has("warning")).isFalse();
      for (int i = 0; i < 100; i++) {
        ask("/query", "", "{\"model_name\":\"m\",\"token_ids\":[%d,1,1,1]}".formatted(1 << 20));
      }
      assertThat(listener().get("warning").asString())
          .isEqualTo(
              "none of the last 100 questions found a block (expected: the tokens, lora_name and"
                  + " cache_salt that the engine has)");
      assertDumped(truth.truth().size());
      assertThat(listener().has("warning")).isFalse();
    }
  }

  private JsonNode listener() {
    return ask("/workers", "", "").get(0).get("listeners").get("0");
  }

  /// All pages have all blocks once, and a block is found by the engine's name of it.
  private void assertDumped(int blocks) {
    var hashes = new HashSet<String>();
    var roots = new HashSet<String>();
    var from = "";
    do {
      var page = ask("/dump", "limit=" + PAGE + (from.isEmpty() ? "" : "&from=" + from), "");
      for (var event : page.get("m:default").get("events")) {
        assertThat(event.get("worker_id").asInt()).isEqualTo(5);
        var stored = event.get("event").get("data").get("stored");
        var hash = stored.get("blocks").get(0).get("block_hash").toString();
        assertThat(hashes.add(hash)).isTrue();
        if (stored.get("parent_hash").isNull()) {
          roots.add(hash);
        }
      }
      from = page.has("next") ? page.get("next").asString() : "";
    } while (!from.isEmpty());
    assertThat(hashes).hasSize(blocks);
    assertThat(roots).isNotEmpty();
    for (var root : roots) {
      var found =
          ask("/query_by_hash", "", "{\"model_name\":\"m\",\"seq_hashes\":[" + root + ",1]}");
      assertThat(found.get("instances").get("5").get("gpu").asInt())
          .isEqualTo(FakeEngine.BLOCK_TOKENS);
    }
  }
}
