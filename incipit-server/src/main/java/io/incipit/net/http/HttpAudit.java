// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import io.incipit.net.access.User;
import io.incipit.net.access.Verb;
import io.incipit.net.audit.Audit;
import io.incipit.net.audit.AuditEvent;
import io.incipit.net.audit.AuditEvent.Kind;
import io.incipit.net.audit.AuditEvent.Origin;
import io.incipit.net.audit.AuditEvent.Outcome;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Map;
import java.util.Optional;

/// What the audit log is told of one connection of HTTP. Thread-safe.
///
/// @param routes whose paths the log may show: others were made up by clients
record HttpAudit(Audit audit, Map<String, Route> routes, Channel channel) {
  private static final int FORBIDDEN = 403;

  /// A request was denied.
  ///
  /// @param user who asked, if that is known
  /// @param code why
  void denied(HttpRequest begun, Optional<User> user, String code) {
    denied(begun, user, "", code);
  }

  private void denied(HttpRequest begun, Optional<User> user, String namespace, String code) {
    if (audit.isOn()) {
      var kind = code.equals(Admission.WRONG) ? Kind.LOGIN : Kind.REQUEST;
      audit.note(event(kind, Outcome.DENIED, begun, user).about(namespace).since(code));
    }
  }

  /// A user who asks something about namespaces.
  Asker asker(HttpRequest asked, User user) {
    return (verb, namespace) -> {
      var insight = user.look(verb, namespace);
      switch (insight) {
        case MAY -> {
          // So nobody wants to know.
        }
        case MAY_NOT -> denied(asked, Optional.of(user), namespace, "NOPERM");
        case HIDDEN -> denied(asked, Optional.of(user), namespace, "NONAMESPACE");
      }
      return insight;
    };
  }

  /// A request was refused by its headers, perhaps since nobody may ask for such.
  void refused(HttpRequest begun, RouteResponse response) {
    if (response.status() == FORBIDDEN) {
      denied(begun, Optional.empty(), "FORBIDDEN");
    }
  }

  /// A route has answered. Some of them are administrative.
  ///
  /// @param user who asked, if that is known
  void answered(Route route, HttpRequest asked, Optional<User> user, RouteResponse response) {
    boolean act =
        route.asked() == Route.Asked.WITH_BODY
            && route.needs().filter(Verb.ADMIN::equals).isPresent();
    if (act && audit.isOn()) {
      var event = event(Kind.ADMIN, Outcome.DONE, asked, user).about(response.subject());
      boolean done = response.status() < 300;
      audit.note(done ? event : event.failed("status-" + response.status()));
    }
  }

  private AuditEvent event(Kind kind, Outcome outcome, HttpRequest asked, Optional<User> user) {
    return AuditEvent.of(kind, outcome)
        .from(Origin.of("http", user.map(User::name).orElse(""), channel.remoteAddress()))
        .by(action(asked));
  }

  private String action(HttpRequest asked) {
    var method = asked.method().name();
    var shown = method.length() <= 7 ? method : "method";
    try {
      var path = new QueryStringDecoder(asked.uri()).path();
      return routes.containsKey(path) ? shown + " " + path : shown;
    } catch (IllegalArgumentException malformed) {
      return shown;
    }
  }
}
