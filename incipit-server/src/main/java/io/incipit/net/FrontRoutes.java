// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/// The pages that every server has: whether it lives, what it counts, and what it is.
final class FrontRoutes {
  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Peers peers;
  private final BooleanSupplier ready;
  private final String front;

  FrontRoutes(Peers peers, BooleanSupplier ready) {
    this.peers = peers;
    this.ready = ready;
    this.front = resource("front.html");
  }

  Map<String, Route> routes() {
    return Map.of(
        "/", _ -> Page.html(front()),
        "/healthz", _ -> Page.text(200, "ok"),
        "/readyz", _ -> ready.getAsBoolean() ? Page.text(200, "ready") : Page.text(503, "stopping"),
        "/metrics", _ -> Page.of(200, METRICS_TYPE, peers.metrics().text()));
  }

  private String front() {
    return front
        .replace("{{version}}", ServerCommands.VERSION)
        .replace("{{java}}", Runtime.version().toString())
        .replace("{{port}}", Integer.toString(peers.respPort()))
        .replace("{{uptime}}", uptime(peers.uptimeSeconds()))
        .replace("{{clients}}", Integer.toString(peers.clients().size()))
        .replace("{{namespaces}}", Integer.toString(peers.service().namespaces()));
  }

  private static String uptime(long seconds) {
    return seconds < 60
        ? seconds + " s"
        : seconds < 3_600
            ? seconds / 60 + " min"
            : "%d h %d min".formatted(seconds / 3_600, seconds / 60 % 60);
  }

  private static String resource(String name) {
    try (var in = FrontRoutes.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
