// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.env.Clock;
import io.incipit.ingest.Engines;
import io.incipit.net.access.Verb;
import io.incipit.net.http.Route;
import io.incipit.net.http.RouteRequest;
import io.incipit.net.http.RouteResponse;
import io.incipit.service.Service;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The routes that routers ask. Started once, stopped once. Thread-safe.
public final class RouterApi {
  private static final long EXPIRY_NS = 250_000_000;

  private final Clock clock;
  private final Endpoints endpoints;
  private final Registrations registrations;
  private final Queries queries;
  private final Fleet fleet;
  private final Routings routings;
  private final RoutedRequests routed;
  private final Thread expiry;

  /// @param allowed addresses at which engines may be registered, beside this machine
  /// @throws IllegalArgumentException if one of them is none
  public RouterApi(Engines engines, Service service, Clock clock, List<String> allowed) {
    var spaces = new Spaces(engines, service);
    this.clock = clock;
    this.endpoints = new Endpoints(allowed);
    this.registrations = new Registrations(engines, endpoints);
    this.queries = new Queries(spaces, new Matching(service, engines, clock));
    this.fleet = new Fleet(engines, registrations);
    this.routed = new RoutedRequests(service, clock);
    this.routings = new Routings(engines, spaces, routed);
    this.expiry = Thread.ofPlatform().name("routed-expiry").daemon().unstarted(this::expire);
  }

  /// Lets the time of what was routed pass.
  public void start() {
    expiry.start();
  }

  private void expire() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        clock.sleepNs(EXPIRY_NS);
        routed.expire();
      }
    } catch (InterruptedException _) {
      // It is told to stop.
    }
  }

  /// Ends that.
  public void stop() throws InterruptedException {
    expiry.interrupt();
    expiry.join();
  }

  /// Refuses what is no address at which engines could be.
  ///
  /// @throws IllegalArgumentException `engines.allowed: value (expected: ...)`
  public static void requireAddresses(List<String> allowed) {
    var _ = new Endpoints(allowed);
  }

  /// Whether an endpoint, `tcp://host:port`, is one of those that are allowed.
  public boolean admits(String endpoint) {
    return endpoints.admits(endpoint);
  }

  /// The routes, by path.
  public Map<String, Route> routes() {
    return Map.of(
        "/health", Route.open(_ -> RouteResponse.text(200, "")),
        "/register", posted(Verb.ADMIN, registrations::register),
        "/unregister", posted(Verb.ADMIN, registrations::unregister),
        "/query", inNamespaces(queries::byTokens),
        "/query_by_hash", inNamespaces(queries::byHash),
        "/route", inNamespaces(routings::route),
        "/workers", shown(fleet::workers),
        "/global_view", shown(fleet::globalView),
        "/dump", shown(fleet::dump));
  }

  private static Route posted(Verb needed, Function<RouteRequest, RouteResponse> answer) {
    return Route.of(Route.Asked.WITH_BODY, needed, request -> answered(request, answer));
  }

  private static Route inNamespaces(Function<RouteRequest, RouteResponse> answer) {
    return Route.inNamespaces(
        Route.Asked.WITH_BODY, Verb.READ, request -> answered(request, answer));
  }

  private static Route shown(Function<RouteRequest, RouteResponse> answer) {
    return Route.of(Route.Asked.LATER, Verb.READ, request -> answered(request, answer));
  }

  private static RouteResponse answered(
      RouteRequest request, Function<RouteRequest, RouteResponse> answer) {
    try {
      return answer.apply(request);
    } catch (RefusalException refusal) {
      return JsonAnswer.of(request, refusal);
    }
  }
}
