// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.redis;

import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import java.util.Locale;

/// Which connections a `CLIENT KILL` with options means: those that fit all of them.
final class KillFilter {
  private final Client self;
  private long id;
  private String address = "";
  private String localAddress = "";
  private String user = "";
  private boolean others;
  private boolean skipsSelf = true;

  KillFilter(Client self) {
    this.self = self;
  }

  /// Reads the options, or says what is wrong with them.
  boolean read(Request request, RespBuffer out) {
    if (request.count() % 2 != 0 || request.count() < 4) {
      out.error(RedisErrors.SYNTAX);
      return false;
    }
    for (int i = 2; i < request.count(); i += 2) {
      var error = read(request, i);
      if (!error.isEmpty()) {
        out.error(error);
        return false;
      }
    }
    return true;
  }

  /// Reads the option at word `i`.
  ///
  /// @return what is wrong; empty if nothing is
  private String read(Request request, int i) {
    var value = RedisErrors.shown(request, i + 1, 128);
    switch (RedisErrors.shown(request, i, 16).toUpperCase(Locale.ROOT)) {
      case "ID" -> {
        id = ClientCommand.number(request, i + 1);
        return id > 0 ? "" : "ERR client-id should be greater than 0";
      }
      case "ADDR" -> address = value;
      case "LADDR" -> localAddress = value;
      case "USER" -> {
        user = value;
        return self.session().access().knows(value) ? "" : "ERR No such user '%s'".formatted(value);
      }
      case "TYPE" -> {
        var type = value.toLowerCase(Locale.ROOT);
        others |= !type.equals("normal");
        return ClientCommand.isType(type) ? "" : "ERR Unknown client type '%s'".formatted(value);
      }
      case "SKIPME" -> {
        skipsSelf = value.equalsIgnoreCase("yes");
        return skipsSelf || value.equalsIgnoreCase("no") ? "" : RedisErrors.SYNTAX;
      }
      default -> {
        return RedisErrors.SYNTAX;
      }
    }
    return "";
  }

  boolean fits(Client client) {
    return (id == 0 || client.id() == id)
        && (address.isEmpty() || client.address().equals(address))
        && (localAddress.isEmpty() || client.localAddress().equals(localAddress))
        && (user.isEmpty() || client.session().name().equals(user))
        && !others
        && (!skipsSelf || client != self);
  }
}
