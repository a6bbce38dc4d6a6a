// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import io.incipit.net.access.Access;
import io.incipit.net.access.Verb;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Who may ask for which page of a server that has users: those whose token is in the header
/// `Authorization`.
///
/// @param access who they are
record Admission(Access access) {
  private static final String BEARER = "Bearer ";

  /// Why a request is not answered.
  ///
  /// @param waitNs how long that is to be kept from who asked; not positive for not at all
  record Denial(RouteResponse response, long waitNs) {}

  /// Looks at the headers of a request.
  ///
  /// @return null if it is to be answered
  @Nullable Denial denial(HttpRequest begun, Route route, @Nullable SocketAddress from) {
    if (route.needs().isEmpty()) {
      return null;
    }
    var given = begun.headers().getAll(HttpHeaderNames.AUTHORIZATION);
    if (given.size() != 1 || !isBearer(given.getFirst())) {
      return new Denial(unauthorized("Authorization: none (expected: Bearer and a token)"), 0);
    }
    var token = given.getFirst().substring(BEARER.length()).strip();
    var login = access.login(host(from), "", token.getBytes(StandardCharsets.UTF_8));
    if (login.user().isEmpty()) {
      return new Denial(
          unauthorized("Authorization: nobody's token (expected: that of a user)"), login.waitNs());
    }
    var verb = route.needs().get();
    return login.user().get().may(verb) ? null : new Denial(forbidden(verb), 0);
  }

  private static boolean isBearer(String given) {
    return given.regionMatches(true, 0, BEARER, 0, BEARER.length());
  }

  private static RouteResponse unauthorized(String what) {
    return RouteResponse.text(401, what).with("www-authenticate", "Bearer realm=\"incipit\"");
  }

  private static RouteResponse forbidden(Verb verb) {
    return RouteResponse.text(
        403, "user: without that right (expected: one with %s@*)".formatted(verb.word()));
  }

  private static String host(@Nullable SocketAddress from) {
    return from instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : String.valueOf(from);
  }
}
