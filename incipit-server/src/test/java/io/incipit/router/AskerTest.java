// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.ManualClock;
import io.incipit.net.access.Insight;
import io.incipit.net.access.Verb;
import io.incipit.net.http.Asker;
import io.incipit.net.http.Route;
import io.incipit.net.http.RouteRequest;
import io.incipit.net.http.RouteResponse;
import io.incipit.quota.Limits;
import io.incipit.quota.Quotas;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What routers are told of namespaces in which they have no right.
class AskerTest {
  private static final Set<String> IN_NAMESPACES = Set.of("/query", "/query_by_hash", "/route");

  private final RouterBed bed = new RouterBed();
  private final List<String> looks = new ArrayList<>();

  /// Reads in `team-a/...`, publishes in `team-p/...`, and knows of nothing else.
  private final Asker team =
      (verb, namespace) -> {
        looks.add(verb.word() + "@" + namespace);
        if (namespace.startsWith("team-a/")) {
          return Insight.MAY;
        }
        return namespace.startsWith("team-p/") ? Insight.MAY_NOT : Insight.HIDDEN;
      };

  @BeforeEach
  void declare() {
    for (var name : List.of("team-a/there", "team-p/there", "team-b/there", "there")) {
      bed.engines.declare(name, "there", 4);
    }
  }

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private RouteResponse ask(String path, String body) {
    var route = Objects.requireNonNull(bed.routes.get(path));
    var request = RouteRequest.of(path, "", "").with(body.getBytes(StandardCharsets.UTF_8));
    return route.answer(request.by(team));
  }

  private static String text(RouteResponse response) {
    return response.status() + " " + new String(response.body(), StandardCharsets.UTF_8);
  }

  private static String body(String model, String group, String more) {
    return "{\"model\": \"%s\", %s \"instance_id\": \"w\", %s}"
        .formatted(model, group.isEmpty() ? "" : "\"routing_group\": \"" + group + "\",", more);
  }

  @Test
  void routes_thatNameANamespace_askThere_andOthersOnTheServer() {
    bed.routes.forEach(
        (path, route) -> {
          assertThat(route.byNamespace()).as(path).isEqualTo(IN_NAMESPACES.contains(path));
          if (!path.equals("/health")) {
            var admin = path.equals("/register") || path.equals("/unregister");
            assertThat(route.needs()).contains(admin ? Verb.ADMIN : Verb.READ);
          }
          if (route.asked() != Route.Asked.WITH_BODY) {
            assertThat(route.byNamespace()).isFalse();
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"/query", "/query_by_hash", "/route"})
  void aHiddenNamespace_isAnsweredAsAnAbsentOne(String path) {
    for (var group : List.of("team-b", "")) {
      for (var more :
          List.of(
              "\"token_ids\": [1, 2, 3, 4], \"seq_hashes\": [1]",
              "\"block_size\": 4, \"token_ids\": [1, 2, 3, 4], \"seq_hashes\": [1]",
              "\"block_size\": 16, \"token_ids\": [1]",
              "\"limit\": -1")) {
        var there = text(ask(path, body("there", group, more)));
        var absent = text(ask(path, body("gone!", group, more)));
        assertThat(there.replace("there", "M")).isEqualTo(absent.replace("gone!", "M"));
        assertThat(there).startsWith("404 ").contains("expected: one that a worker was registered");
      }
    }
    assertThat(bed.engines.namespace("team-b/gone!")).isEmpty();
    assertThat(bed.engines.namespace("gone!")).isEmpty();
    assertThat(looks).contains("read@team-b/there", "read@there").noneMatch(it -> it.contains("*"));
  }

  @Test
  void aBatch_hasAnswersOfWhatOneMaySeeOnly() {
    var query = "{\"model\": \"%s\", \"routing_group\": \"%s\", \"token_ids\": [1, 2, 3, 4]}";
    var body =
        "{\"queries\": [%s, %s, %s]}"
            .formatted(
                query.formatted("there", "team-a"),
                query.formatted("there", "team-b"),
                query.formatted("gone", "team-b"));
    var results = RouterBed.json(text(ask("/query", body)).substring(4)).get("results");
    assertThat(results.get(0).has("error")).isFalse();
    assertThat(results.get(1).toString().replace("there", "gone"))
        .isEqualTo(results.get(2).toString())
        .contains("error");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/query", "/query_by_hash", "/route"})
  void aNamespaceWithAnotherRight_isRefused_beItThereOrNot(String path) {
    for (var model : List.of("there", "gone")) {
      var more = "\"block_size\": 4, \"token_ids\": [1, 2, 3, 4], \"seq_hashes\": [1]";
      assertThat(text(ask(path, body(model, "team-p", more))))
          .isEqualTo(
              "403 {\"error\":\"user: without that right (expected: one with read@team-p/%s)\"}\n"
                  .formatted(model));
    }
    assertThat(bed.engines.namespace("team-p/gone")).isEmpty();
  }

  @Test
  void aNamespaceOfOnesOwn_isAskedAndDeclared() {
    var more = "\"block_size\": 4, \"token_ids\": [1, 2, 3, 4]";
    assertThat(text(ask("/route", body("fresh", "team-a", more)))).startsWith("200 ");
    assertThat(bed.engines.namespace("team-a/fresh")).isPresent();
    assertThat(text(ask("/query", body("fresh", "team-a", more)))).startsWith("200 ");
  }

  @Test
  void query_beyondTheQuotaOfLookups_isRefusedByItsName() {
    long endless = Limits.ENDLESS;
    var quota = new Limits("team-a/*", endless, 0, endless, 0, endless, 2);
    var clock = new ManualClock();
    try (var other = new RouterBed(clock, List.of(), Quotas.of(List.of(quota), clock))) {
      for (var name : List.of("team-a/there", "team-b/there")) {
        other.engines.declare(name, "there", 4);
      }
      var ours = "{\"model\":\"there\",\"routing_group\":\"team-a\",\"token_ids\":[1,2,3,4]}";
      for (int i = 0; i < 2; i++) {
        other.post(200, "/query", ours);
      }
      assertThat(other.post(429, "/query", ours).toString())
          .contains("too many look-ups (expected: at most lookups=2 a second in team-a/*)");
      other.post(200, "/query", ours.replace("team-a", "team-b"));
      clock.advance(Duration.ofSeconds(1));
      other.post(200, "/query", ours);
    }
  }
}
