// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

/// What the HTTP port answers under one path.
@FunctionalInterface
public interface Route {
  /// The response to a `GET`; a `HEAD` gets its headers. Called on an event loop: must not block.
  RouteResponse answer(RouteRequest request);
}
