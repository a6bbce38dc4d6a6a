// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.ingest.Engines;
import io.incipit.ingest.chain.StandardChain;
import io.incipit.net.http.Route;
import io.incipit.net.http.RouteRequest;
import io.incipit.net.http.RouteResponse;
import io.incipit.quota.Quotas;
import io.incipit.service.Service;
import io.incipit.service.ServiceConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A service, engines that never come, and the routes to ask.
final class RouterBed implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  final Service service;
  final Engines engines;
  final Map<String, Route> routes;

  RouterBed() {
    this(Clock.system(), List.of());
  }

  RouterBed(Clock clock, List<String> allowed) {
    this(clock, allowed, Quotas.none());
  }

  RouterBed(Clock clock, List<String> allowed, Quotas quotas) {
    this.service =
        new Service(
            new ServiceConfig(1, 1_000, 64 << 20, 100, 1L << 30, 64 << 20),
            RandomSource.system(),
            quotas);
    this.engines = new Engines(service, clock, RandomSource.system());
    this.routes = new RouterApi(engines, service, clock, allowed).routes();
    engines.start();
  }

  static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  RouteResponse answer(String path, String query, String body) {
    var route = Objects.requireNonNull(routes.get(path), path);
    return route.answer(
        RouteRequest.of(path, query, "").with(body.getBytes(StandardCharsets.UTF_8)));
  }

  /// The answer to what is posted, which is to have a status.
  JsonNode post(int status, String path, String body) {
    var response = answer(path, "", body);
    var text = new String(response.body(), StandardCharsets.UTF_8);
    assertThat(response.status()).as("%s %s: %s", path, body, text).isEqualTo(status);
    assertThat(response.contentType()).isEqualTo("application/json");
    assertThat(text).endsWith("\n");
    return json(text);
  }

  JsonNode get(String path, String query) {
    var response = answer(path, query, "");
    assertThat(response.status()).isEqualTo(200);
    return json(new String(response.body(), StandardCharsets.UTF_8));
  }

  /// A namespace of the standard of routers.
  void declare(String name, int blockTokens) {
    var namespace = new Namespace(name, blockTokens, 8, StandardChain.ALGORITHM, name, "");
    assertThat(service.answer(new Op.CreateNamespace(namespace))).isInstanceOf(Reply.Done.class);
  }

  Reply publish(String namespace, String owner, long seq, Change... changes) throws Exception {
    var reply = new CompletableFuture<Reply>();
    service.execute(new Op.Publish(namespace, owner, 1, seq, List.of(changes)), reply::complete);
    return reply.get(60, TimeUnit.SECONDS);
  }

  static Change store(Tier tier, BlockChain chain) {
    return new Change.Store(tier, BlockChain.empty(chain.hashBytes()), chain);
  }

  static Change clear() {
    return new Change.Clear(Optional.empty());
  }

  @Override
  public void close() {
    try {
      engines.stop();
      service.stop();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
