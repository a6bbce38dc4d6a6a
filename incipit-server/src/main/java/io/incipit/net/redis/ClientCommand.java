// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.redis;

import io.incipit.protocol.Limits;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/// `CLIENT`: what the server knows of this connection and the others. For its event loop.
final class ClientCommand {
  private static final int CLIENTS_LISTED = 1_000;
  private static final String CLIENT = "CLIENT";
  private static final String OK = "OK";
  private static final Set<String> TYPES = Set.of("normal", "master", "replica", "slave", "pubsub");

  private final ServerView server;
  private final Client client;

  ClientCommand(ServerView server, Client client) {
    this.server = server;
    this.client = client;
  }

  /// Answers a request.
  ///
  /// @return whether the connection goes on
  boolean run(Request request, RespBuffer out) {
    var subcommand = RedisErrors.shown(request, 1, 16).toUpperCase(Locale.ROOT);
    client.subcommand(subcommand.toLowerCase(Locale.ROOT));
    switch (subcommand) {
      case "LIST" -> list(request, out);
      case "KILL" -> {
        return kill(request, out);
      }
      case "NO-EVICT", "NO-TOUCH", "TRACKING" -> {
        if (takes(request, 3, out)) {
          onOff(request, out);
        }
      }
      case "SETNAME" -> {
        if (takes(request, 3, out) && isName(request.text(2), out)) {
          client.name(request.text(2));
          out.simple(OK);
        }
      }
      case "SETINFO" -> {
        if (takes(request, 4, out)) {
          setInfo(request, out);
        }
      }
      case "ID", "GETNAME", "INFO", "GETREDIR", "TRACKINGINFO", "UNPAUSE" -> {
        if (takes(request, 2, out)) {
          tell(subcommand, out);
        }
      }
      default -> out.error("ERR " + RedisErrors.unknownSubcommand(CLIENT, request));
    }
    return true;
  }

  private static boolean takes(Request request, int words, RespBuffer out) {
    return RedisErrors.takes(CLIENT, request, words, words, out);
  }

  private void tell(String subcommand, RespBuffer out) {
    switch (subcommand) {
      case "ID" -> out.integer(client.id());
      case "INFO" -> out.bulk(client.line(server.clock().nanoTime()) + "\n");
      case "GETREDIR" -> out.integer(-1);
      case "UNPAUSE" -> out.simple(OK);
      case "TRACKINGINFO" -> {
        out.map(3).bulk("flags").set(1).bulk("off");
        out.bulk("redirect").integer(-1).bulk("prefixes").array(0);
      }
      default -> {
        if (client.name().isEmpty()) {
          out.nothing();
        } else {
          out.bulk(client.name());
        }
      }
    }
  }

  private void setInfo(Request request, RespBuffer out) {
    var value = request.text(3);
    if (!isPlain(value)) {
      out.error(
          "ERR %s cannot contain spaces, newlines or special characters."
              .formatted(RedisErrors.shown(request, 2, 64).toLowerCase(Locale.ROOT)));
    } else if (value.length() > Limits.NAME_BYTES_MAX) {
      out.error(tooLong(RedisErrors.shown(request, 2, 64).toLowerCase(Locale.ROOT), value));
    } else if (request.is(2, "LIB-NAME")) {
      client.libraryName(value);
      out.simple(OK);
    } else if (request.is(2, "LIB-VER")) {
      client.libraryVersion(value);
      out.simple(OK);
    } else {
      out.error("ERR Unrecognized option '%s'".formatted(RedisErrors.shown(request, 2, 64)));
    }
  }

  /// Answers `OK`, but nothing is ever tracked.
  private static void onOff(Request request, RespBuffer out) {
    boolean on = request.is(2, "ON");
    if (!on && !request.is(2, "OFF")) {
      out.error(RedisErrors.SYNTAX);
    } else if (on && request.is(1, "TRACKING")) {
      out.error("ERR Client tracking is not supported: there are no keys");
    } else {
      out.simple(OK);
    }
  }

  private void list(Request request, RespBuffer out) {
    if (request.count() == 2) {
      lines(_ -> true, out);
    } else if (request.is(2, "TYPE") && request.count() == 4) {
      var type = request.text(3).toLowerCase(Locale.ROOT);
      if (TYPES.contains(type)) {
        lines(_ -> type.equals("normal"), out);
      } else {
        out.error("ERR Unknown client type '%s'".formatted(RedisErrors.shown(request, 3, 64)));
      }
    } else if (request.is(2, "ID") && request.count() > 3) {
      var ids = new HashSet<Long>();
      for (int i = 3; i < request.count(); i++) {
        long id = number(request, i);
        if (id <= 0) {
          out.error("ERR Invalid client ID");
          return;
        }
        ids.add(id);
      }
      lines(listed -> ids.contains(listed.id()), out);
    } else {
      out.error(RedisErrors.SYNTAX);
    }
  }

  private void lines(Predicate<Client> wanted, RespBuffer out) {
    var text = new StringBuilder();
    long nowNs = server.clock().nanoTime();
    server.clients().stream()
        .filter(wanted)
        .limit(CLIENTS_LISTED)
        .forEach(listed -> text.append(listed.line(nowNs)).append('\n'));
    out.bulk(text.toString());
  }

  /// Ends connections; one's own after its reply, and by filters only if asked to.
  private boolean kill(Request request, RespBuffer out) {
    if (request.count() == 3) {
      var found =
          server.clients().stream()
              .filter(other -> other.address().equals(request.text(2)))
              .toList();
      if (found.isEmpty()) {
        out.error("ERR No such client");
        return true;
      }
      out.simple(OK);
      return end(found);
    }
    var filter = new KillFilter(client);
    if (!filter.read(request, out)) {
      return true;
    }
    var found = server.clients().stream().filter(filter::fits).toList();
    out.integer(found.size());
    return end(found);
  }

  /// Ends connections, but for this one.
  ///
  /// @return whether this connection is not among them
  private boolean end(List<Client> ended) {
    ended.stream().filter(other -> other != client).forEach(Client::close);
    return !ended.contains(client);
  }

  /// A word as a number; -1 if it is none.
  static long number(Request request, int i) {
    try {
      return Long.parseLong(RedisErrors.shown(request, i, 20));
    } catch (NumberFormatException notANumber) {
      return -1;
    }
  }

  static boolean isType(String type) {
    return TYPES.contains(type);
  }

  private static boolean isPlain(String name) {
    return name.chars().allMatch(letter -> letter > ' ' && letter < 127);
  }

  private static String tooLong(String what, String name) {
    return "ERR %s: %d bytes (expected: at most %d)"
        .formatted(what, name.length(), Limits.NAME_BYTES_MAX);
  }

  static boolean isName(String name, RespBuffer out) {
    if (!isPlain(name)) {
      out.error("ERR Client names cannot contain spaces, newlines or special characters.");
      return false;
    }
    if (name.length() > Limits.NAME_BYTES_MAX) {
      out.error(tooLong("client name", name));
      return false;
    }
    return true;
  }
}
