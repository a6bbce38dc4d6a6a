// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import io.incipit.net.access.Verb;
import java.util.Optional;
import java.util.function.Function;

/// What the HTTP port answers under one path.
///
/// @param asked how it is asked, and where it is answered
/// @param needs the right that it asks for, where there are users; none if it is for everybody, and
///     so names nothing
/// @param byNamespace whether it asks for that right in the namespaces that a request names, by
///     [RouteRequest#asker], so that any user may come so far; if not, it is for those who have it
///     on the whole server
/// @param answers the response to a request
public record Route(
    Asked asked,
    Optional<Verb> needs,
    boolean byNamespace,
    Function<RouteRequest, RouteResponse> answers) {
  /// How a route is asked, and where it is answered.
  public enum Asked {
    /// By `GET`, or `HEAD` for the headers; on an event loop, so that it must not block.
    AT_ONCE,

    /// By the same; on a thread that may take its time.
    LATER,

    /// By `POST` with a body of JSON; on a thread that may take its time.
    WITH_BODY
  }

  /// A route for everybody that is answered at once.
  public static Route open(Function<RouteRequest, RouteResponse> answers) {
    return new Route(Asked.AT_ONCE, Optional.empty(), false, answers);
  }

  /// A route for those who have a right on the whole server.
  public static Route of(Asked asked, Verb needed, Function<RouteRequest, RouteResponse> answers) {
    return new Route(asked, Optional.of(needed), false, answers);
  }

  /// A route that itself asks for a right in the namespaces that a request names.
  public static Route inNamespaces(
      Asked asked, Verb needed, Function<RouteRequest, RouteResponse> answers) {
    return new Route(asked, Optional.of(needed), true, answers);
  }

  /// The response to a request.
  public RouteResponse answer(RouteRequest request) {
    return answers.apply(request);
  }
}
