// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import io.incipit.net.access.Verb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The pages that every server has: whether it lives, what it counts, what it is, and how to talk
/// to it.
public final class FrontRoutes {
  /// Asks for a front page that does not renew itself.
  private static final String STILL = "still";

  private static final Pattern FACT = Pattern.compile("\\{\\{([a-z-]+)\\}\\}");

  private static final String RENEWING =
      "This page renews itself every 5 s (<a href=\"/?still\">hold it still</a>).";
  private static final String HELD = "This page stays as it is (<a href=\"/\">let it renew</a>).";

  private final Supplier<Map<String, String>> facts;
  private final Supplier<String> obstacle;
  private final Function<String, RouteResponse> metrics;
  private final String front;
  private final String protocol;

  /// @param facts what the front page says, as HTML, by the words in braces that stand for it there
  /// @param obstacle why the server is not ready; empty if it is
  /// @param metrics everything that is counted, in the form that a header `Accept` asks for
  public FrontRoutes(
      Supplier<Map<String, String>> facts,
      Supplier<String> obstacle,
      Function<String, RouteResponse> metrics) {
    this.facts = facts;
    this.obstacle = obstacle;
    this.metrics = metrics;
    this.front = resource("front.html");
    this.protocol = resource("protocol.md");
  }

  /// The pages, by path.
  public Map<String, Route> routes() {
    return Map.of(
        "/", Route.open(asked -> RouteResponse.html(front(asked.query().equals(STILL)))),
        "/healthz", Route.open(_ -> RouteResponse.text(200, "ok")),
        "/readyz", Route.open(_ -> readiness()),
        // They name namespaces.
        "/metrics",
            Route.of(Route.Asked.AT_ONCE, Verb.ADMIN, asked -> metrics.apply(asked.accept())),
        "/protocol.md", Route.open(_ -> RouteResponse.text(200, protocol)));
  }

  private RouteResponse readiness() {
    var reason = obstacle.get();
    return reason.isEmpty() ? RouteResponse.text(200, "ready") : RouteResponse.text(503, reason);
  }

  private String front(boolean still) {
    var known = facts.get();
    return FACT.matcher(front)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    switch (found.group(1)) {
                      case "renew" -> still ? "" : "<meta http-equiv=\"refresh\" content=\"5\">";
                      case "renewal" -> still ? HELD : RENEWING;
                      default -> known.getOrDefault(found.group(1), found.group());
                    }));
  }

  private static String resource(String name) {
    try (var in = FrontRoutes.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
