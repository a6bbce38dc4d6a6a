// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.ingest.chain.StandardChain;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class FleetTest {
  private static final int WORKERS = 300;

  private final RouterBed bed = new RouterBed();

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private void register(String instance, String group, int rank) {
    bed.post(
        201,
        "/register",
        """
        {"instance_id": %s, "model_name": "m", "routing_group": "%s", "block_size": 4,
         "dp_rank": %d, "endpoint": "tcp://127.0.0.1:%d"}
        """
            .formatted(instance, group, rank, rank + 1));
  }

  @Test
  void workers_areShownByRank_withNamesAsTheyCame() {
    register("1", "default", 0);
    register("1", "default", 3);
    register("\"a\"", "blue", 0);

    var all = bed.get("/workers", "");
    assertThat(all.size()).isEqualTo(2);
    var one = bed.get("/workers", "model_name=m&routing_group=default").get(0);
    assertThat(one.get("instance_id").isIntegralNumber()).isTrue();
    assertThat(one.get("status").asString()).isEqualTo("pending");
    assertThat(one.get("endpoints"))
        .isEqualTo(RouterBed.json("{\"0\":\"tcp://127.0.0.1:1\",\"3\":\"tcp://127.0.0.1:4\"}"));
    assertThat(one.get("listeners").get("3").get("state").asString()).isEqualTo("connecting");
    assertThat(one.get("listeners").get("3").get("capacity").asInt()).isEqualTo(-1);
    assertThat(one.get("listeners").get("3").get("drift").asInt()).isEqualTo(-1);
    assertThat(bed.get("/workers", "tenant_id=blue").get(0).get("instance_id").asString())
        .isEqualTo("a");
    assertThat(bed.get("/workers", "from=1&limit=1").size()).isEqualTo(1);
    assertThat(bed.get("/workers", "model=other")).isEmpty();
  }

  @Test
  void workers_ofKnownCapacity_showDrift() {
    bed.post(
        201,
        "/register",
        """
        {"instance_id": 1, "model_name": "m", "block_size": 4, "endpoint": "tcp://127.0.0.1:1",
         "capacity": 500}
        """);
    var shown = bed.get("/workers", "").get(0).get("listeners").get("0");
    assertThat(shown.get("capacity").asInt()).isEqualTo(500);
    assertThat(shown.get("drift").asInt()).isZero();
    assertThat(shown.get("counts").get("aged").asInt()).isZero();
  }

  @Test
  void workers_askedInVainWithoutEvents_warn() {
    register("1", "default", 0);
    var ask = "{\"model_name\": \"m\", \"token_ids\": [1, 2, 3, 4]}";
    for (int i = 0; i < 99; i++) {
      bed.post(200, "/query", ask);
    }
    assertThat(bed.get("/workers", "").get(0).get("listeners").get("0").has("warning")).isFalse();
    bed.post(200, "/query", ask);
    assertThat(bed.get("/workers", "").get(0).get("listeners").get("0").get("warning").asString())
        .isEqualTo(
            "none of the last 100 questions found a block, and none is known here (expected:"
                + " events)");
  }

  @Test
  void query_hashesOfAnyNumber_areReadToTheLastBit() throws Exception {
    bed.declare("m", 4);
    for (var hash : List.of("0", "9223372036854775808", "18446744073709551615", "-1")) {
      bed.post(200, "/query_by_hash", byHash(hash));
    }
    bed.publish("m", "w", 1, RouterBed.store(Tier.GPU, BlockChain.of(-1)));
    for (var hash : List.of("18446744073709551615", "-1")) {
      var found = bed.post(200, "/query_by_hash", byHash(hash));
      assertThat(found.get("instances").get("w").get("gpu").asInt()).isEqualTo(4);
    }
    for (var hash :
        List.of(
            "18446744073709551616",
            "99999999999999999999",
            "-9223372036854775809",
            "100000000000000000000")) {
      assertThat(bed.post(400, "/query_by_hash", byHash(hash)).get("error").asString())
          .isEqualTo("seq_hashes: " + hash + " (expected: at most 64 bits)");
    }
  }

  private static String byHash(String hash) {
    return "{\"model_name\": \"m\", \"seq_hashes\": [" + hash + "]}";
  }

  /// What Dynamo's indexer 1.6.1 (`python -m dynamo.indexer`) answered to the same requests, but
  /// for a worker that nobody has reached: recorded 2026-11-29.
  @Test
  void dynamo_requestsOfItsClients_areAnsweredWithAllItAnswers() {
    var body =
        """
        {"instance_id": 1, "endpoint": "tcp://127.0.0.1:5999", "model_name": "m", "block_size": 16}
        """;
    assertHas(bed.post(201, "/register", body), "{\"status\": \"ok\"}");
    assertHas(
        bed.get("/workers", "").get(0),
        """
        {"instance_id": 1, "source": "zmq", "status": "pending", "model_name": "m",
         "routing_group": "default", "block_size": 16, "endpoints": {"0": "tcp://127.0.0.1:5999"},
         "listeners": {"0": {"endpoint": "tcp://127.0.0.1:5999", "status": "pending"}}}
        """);
    assertThat(bed.post(200, "/query", "{\"token_ids\": [1, 2, 3], \"model_name\": \"m\"}"))
        .isEqualTo(RouterBed.json("{\"scores\": {}, \"frequencies\": [], \"instances\": {}}"));
    bed.post(404, "/query", "{\"token_ids\": [1, 2, 3], \"model_name\": \"zz\"}");
    assertHas(bed.get("/dump", ""), "{\"m:default\": {\"block_size\": 16, \"events\": []}}");
    assertHas(
        bed.post(200, "/unregister", "{\"instance_id\": 1, \"model_name\": \"m\"}"),
        "{\"status\": \"ok\"}");
    assertThat(bed.answer("/health", "", "").status()).isEqualTo(200);
  }

  private static void assertHas(JsonNode answer, String expected) {
    var members = RouterBed.json(expected);
    for (var name : members.propertyNames()) {
      if (members.get(name).isObject()) {
        assertHas(answer.path(name), members.get(name).toString());
      } else {
        assertThat(answer.get(name)).as(name).isEqualTo(members.get(name));
      }
    }
  }

  @Test
  void views_ofWorkersThatHoldNothing_saySo() {
    register("1", "default", 0);
    register("1", "default", 1);
    assertThat(bed.get("/global_view", ""))
        .isEqualTo(
            RouterBed.json(
                """
                {"m:default": {"block_size": 4, "instances": {"1": {"blocks": 0, "partial": true}}}}
                """));
    assertThat(bed.get("/dump", ""))
        .isEqualTo(RouterBed.json("{\"m:default\": {\"block_size\": 4, \"events\": []}}"));
    var page = bed.get("/dump", "limit=1000");
    assertThat(page.get("m:default").get("events")).isEmpty();
    var last = bed.get("/dump", "from=" + page.get("next").asString());
    assertThat(last.has("next")).isFalse();
    var refused = bed.answer("/dump", "from=x", "");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(bed.answer("/dump", "limit=0", "").status()).isEqualTo(400);
  }

  @Test
  void query_engineOutOfReach_saysPartial() throws Exception {
    register("1", "default", 0);
    var namespace = bed.engines.namespace("m").orElseThrow();
    var chain = bed.engines.names(namespace, new int[] {1, 2, 3, 4}, "", "");
    bed.publish("m", "1", 1, RouterBed.store(Tier.GPU, chain));
    bed.publish("m", "told", 1, RouterBed.store(Tier.GPU, chain));

    var found =
        bed.post(200, "/query", "{\"model\": \"m\", \"token_ids\": [1, 2, 3, 4]}").get("default");
    assertThat(found.get("1").get("GPU").asInt()).isEqualTo(4);
    assertThat(found.get("1").get("partial").asBoolean()).isTrue();
    assertThat(found.get("told").has("partial")).isFalse();
  }

  @Test
  void query_ofALargeFleet_hasAFloorForWhoIsLeftOut() throws Exception {
    bed.declare("m", 4);
    var chain = new StandardChain("", "").chain(IntStream.range(0, 16).toArray(), 4);
    for (int i = 0; i < WORKERS; i++) {
      int blocks = i == 7 ? 4 : 2;
      bed.publish("m", "w" + i, 1, RouterBed.store(Tier.GPU, chain.slice(0, blocks)));
    }
    var ask = "{\"model_name\":\"m\",\"token_ids\":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]";
    var all = bed.post(200, "/query", ask + "}");
    assertThat(all.get("instances").size()).isEqualTo(WORKERS);
    assertThat(all.has("truncated")).isFalse();

    for (int limit : List.of(1, 2, WORKERS / 2, WORKERS - 1)) {
      var few = bed.post(200, "/query", ask + ",\"limit\":" + limit + "}");
      assertThat(few.get("truncated").asBoolean()).isTrue();
      assertThat(few.get("floor").get("gpu").asInt()).isEqualTo(8);
      var names = new ArrayList<>(few.get("instances").propertyNames());
      assertThat(names).hasSize(limit).startsWith("w7");
    }
    var best = bed.post(200, "/query", ask + ",\"min_tokens\":9}");
    assertThat(best.get("instances").propertyNames()).containsExactly("w7");
  }

  @Test
  void answer_whenAsked_isIndented() {
    register("1", "default", 0);
    var lines =
        new String(bed.answer("/workers", "pretty", "").body(), StandardCharsets.UTF_8).lines();
    assertThat(lines.count()).isGreaterThan(10);
    assertThat(
            new String(bed.answer("/workers", "", "").body(), StandardCharsets.UTF_8)
                .lines()
                .count())
        .isEqualTo(1);
  }
}
