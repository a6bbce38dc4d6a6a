// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The pages that every server has: whether it lives, what it counts, and what it is.
public final class FrontRoutes {
  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Supplier<Map<String, String>> facts;
  private final BooleanSupplier ready;
  private final Supplier<byte[]> metrics;
  private final String front;

  /// @param facts what the front page says, by the words in braces that stand for it there
  /// @param ready whether requests are taken
  /// @param metrics everything that is counted, in Prometheus' text form
  public FrontRoutes(
      Supplier<Map<String, String>> facts, BooleanSupplier ready, Supplier<byte[]> metrics) {
    this.facts = facts;
    this.ready = ready;
    this.metrics = metrics;
    this.front = resource("front.html");
  }

  /// The pages, by path.
  public Map<String, Route> routes() {
    return Map.of(
        "/", _ -> RouteResponse.html(front()),
        "/healthz", _ -> RouteResponse.text(200, "ok"),
        "/readyz",
            _ ->
                ready.getAsBoolean()
                    ? RouteResponse.text(200, "ready")
                    : RouteResponse.text(503, "stopping"),
        "/metrics", _ -> RouteResponse.of(200, METRICS_TYPE, metrics.get()));
  }

  private String front() {
    var page = front;
    for (var fact : facts.get().entrySet()) {
      page = page.replace("{{" + fact.getKey() + "}}", fact.getValue());
    }
    return page;
  }

  private static String resource(String name) {
    try (var in = FrontRoutes.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
