// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

/// What the HTTP port answers under one path.
@FunctionalInterface
public interface Route {
  /// How a route is asked, and where it is answered.
  enum Asked {
    /// By `GET`, or `HEAD` for the headers; on an event loop, so that it must not block.
    AT_ONCE,

    /// By the same; on a thread that may take its time.
    LATER,

    /// By `POST` with a body of JSON; on a thread that may take its time.
    WITH_BODY
  }

  /// The response to a request.
  RouteResponse answer(RouteRequest request);

  /// How it is asked.
  default Asked asked() {
    return Asked.AT_ONCE;
  }

  /// A route that is asked in another way and answers the same.
  static Route of(Asked asked, Route route) {
    return new Route() {
      @Override
      public RouteResponse answer(RouteRequest request) {
        return route.answer(request);
      }

      @Override
      public Asked asked() {
        return asked;
      }
    };
  }
}
