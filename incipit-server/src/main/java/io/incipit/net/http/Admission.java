// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import io.incipit.net.access.Access;
import io.incipit.net.access.User;
import io.incipit.net.access.Verb;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Who may ask for which page of a server that has users: those whose token is in the header
/// `Authorization`, and without such a header those whose certificate is known.
///
/// @param access who they are
/// @param subject the name in the client's certificate; may be empty
record Admission(Access access, String subject) {
  /// The code of a token that is nobody's.
  static final String WRONG = "WRONGPASS";

  private static final String BEARER = "Bearer ";

  static final Verdict ANYBODY = new Verdict(Optional.empty(), null);

  /// Why a request is not answered.
  ///
  /// @param code for the audit log: the error's code over RESP
  /// @param waitNs how long that is to be kept from who asked; not positive for not at all
  record Denial(RouteResponse response, String code, long waitNs) {}

  /// What is to become of a request.
  ///
  /// @param user who asks, if that is known
  /// @param denial null if it is to be answered
  record Verdict(Optional<User> user, @Nullable Denial denial) {}

  /// Looks at the headers of a request.
  Verdict judge(HttpRequest begun, Route route, @Nullable SocketAddress from) {
    if (!access.isGuarded() || route.needs().isEmpty()) {
      return ANYBODY;
    }
    var given = begun.headers().getAll(HttpHeaderNames.AUTHORIZATION);
    var certified = given.isEmpty() ? access.ofSubject(subject) : Optional.<User>empty();
    if (certified.isPresent()) {
      return judge(certified.get(), route);
    }
    if (given.size() != 1 || !isBearer(given.getFirst())) {
      var what = unauthorized("Authorization: none (expected: Bearer and a token)");
      return new Verdict(Optional.empty(), new Denial(what, "NOAUTH", 0));
    }
    var token = given.getFirst().substring(BEARER.length()).strip();
    var login = access.login(host(from), "", token.getBytes(StandardCharsets.UTF_8));
    if (login.user().isEmpty()) {
      var what = unauthorized("Authorization: nobody's token (expected: that of a user)");
      return new Verdict(Optional.empty(), new Denial(what, WRONG, login.waitNs()));
    }
    return judge(login.user().get(), route);
  }

  private static Verdict judge(User user, Route route) {
    var verb = route.needs().orElseThrow();
    boolean may = route.byNamespace() || user.may(verb);
    return new Verdict(Optional.of(user), may ? null : new Denial(forbidden(verb), "NOPERM", 0));
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
