// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.redis;

import io.incipit.net.access.Session;
import io.incipit.net.access.User;
import io.incipit.net.access.Users;
import io.incipit.net.access.Verb;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// `ACL`: who one is, and who may do what. For one connection's event loop.
final class AclCommand {
  private static final String ACL = "ACL";

  /// The user of a Redis without passwords, as that shows him.
  private static final String EVERYBODY = "user default on nopass ~* &* +@all";

  private final Session session;

  AclCommand(Session session) {
    this.session = session;
  }

  void run(Request request, RespBuffer out) {
    var subcommand = RedisErrors.shown(request, 1, 16).toUpperCase(Locale.ROOT);
    switch (subcommand) {
      case "WHOAMI", "LIST", "USERS", "CAT" -> {
        if (RedisErrors.takes(ACL, request, 2, 2, out)) {
          tell(subcommand, out);
        }
      }
      default -> out.error("ERR " + RedisErrors.unknownSubcommand(ACL, request));
    }
  }

  private void tell(String subcommand, RespBuffer out) {
    var users = session.access().users().map(Users::all);
    switch (subcommand) {
      case "WHOAMI" -> out.bulk(session.name());
      case "LIST" ->
          texts(users.map(all -> all.stream().map(User::shown).toList()), EVERYBODY, out);
      case "USERS" ->
          texts(
              users.map(all -> all.stream().map(User::name).distinct().toList()),
              session.name(),
              out);
      default -> {
        out.array(Verb.values().length);
        for (var verb : Verb.values()) {
          out.bulk(verb.word());
        }
      }
    }
  }

  private static void texts(Optional<List<String>> texts, String otherwise, RespBuffer out) {
    var all = texts.orElse(List.of(otherwise));
    out.array(all.size());
    all.forEach(out::bulk);
  }
}
