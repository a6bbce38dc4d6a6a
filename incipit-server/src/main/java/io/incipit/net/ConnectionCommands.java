// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import java.util.Locale;

/// The commands that concern one connection, in the manner of Redis. For its event loop.
final class ConnectionCommands {
  private static final int CLIENTS_LISTED = 1_000;
  private static final String OK = "OK";

  private final Peers peers;
  private final Client client;
  private final ServerCommands server;

  ConnectionCommands(Peers peers, Client client) {
    this.peers = peers;
    this.client = client;
    this.server = new ServerCommands(peers);
  }

  /// Lets replies take the form of the connection's version of RESP.
  void begin(RespBuffer out) {
    out.resp3(client.resp3());
  }

  /// Answers a request that its command [Command#accepts].
  ///
  /// @return whether the connection goes on
  boolean run(Command command, Request request, RespBuffer out) {
    begin(out);
    switch (command) {
      case PING -> ping(request, out);
      case ECHO -> out.bulk(request.bytes(), request.offset(1), request.length(1));
      case HELLO -> hello(request, out);
      case CLIENT -> client(request, out);
      case SELECT -> select(request, out);
      case RESET -> {
        client.reset();
        out.simple("RESET");
      }
      case QUIT -> {
        out.simple(OK);
        return false;
      }
      case COMMAND -> server.command(request, out);
      case INFO -> server.info(request, out);
      case CONFIG -> server.config(request, out);
      case MATCH, SCORE, RUN, LOCATE, PUBLISH, NAMESPACE, OWNERS, STATS, INSPECT ->
          throw new IllegalArgumentException(
              "command: %s (expected: one of the connection)".formatted(command.wireName()));
    }
    return true;
  }

  private static void ping(Request request, RespBuffer out) {
    if (request.count() > 2) {
      out.error("ERR " + Texts.wrongArity("PING"));
    } else if (request.count() == 2) {
      out.bulk(request.bytes(), request.offset(1), request.length(1));
    } else {
      out.simple("PONG");
    }
  }

  private static void select(Request request, RespBuffer out) {
    try {
      if (Integer.parseInt(request.text(1)) == 0) {
        out.simple(OK);
      } else {
        out.error("ERR DB index is out of range");
      }
    } catch (NumberFormatException notANumber) {
      out.error("ERR value is not an integer or out of range");
    }
  }

  private void hello(Request request, RespBuffer out) {
    boolean resp3 = client.resp3();
    if (request.count() > 1) {
      try {
        int version = Integer.parseInt(request.text(1));
        if (version < 2 || version > 3) {
          out.error("NOPROTO unsupported protocol version");
          return;
        }
        resp3 = version == 3;
      } catch (NumberFormatException notANumber) {
        out.error("ERR Protocol version is not an integer or out of range");
        return;
      }
    }
    if (helloOptions(request, out)) {
      client.resp3(resp3);
      out.resp3(resp3);
      greet(out);
    }
  }

  /// Takes what follows the version. There are no passwords: like a Redis that has none, any is
  /// right for the user `default`, and there is no other user.
  private boolean helloOptions(Request request, RespBuffer out) {
    var name = client.name();
    for (int i = 2; i < request.count(); i++) {
      int more = request.count() - 1 - i;
      if (request.is(i, "AUTH") && more >= 2) {
        if (!request.text(i + 1).equals("default")) {
          out.error("WRONGPASS invalid username-password pair or user is disabled.");
          return false;
        }
        i += 2;
      } else if (request.is(i, "SETNAME") && more >= 1) {
        name = request.text(++i);
        if (!isName(name, out)) {
          return false;
        }
      } else {
        out.error(
            "ERR Syntax error in HELLO option '%s'"
                .formatted(Texts.shown(request, i, Limits.NAME_BYTES_MAX)));
        return false;
      }
    }
    client.name(name);
    return true;
  }

  private void greet(RespBuffer out) {
    out.map(7);
    out.bulk("server").bulk("incipit");
    out.bulk("version").bulk(ServerCommands.REDIS_VERSION);
    out.bulk("proto").integer(client.resp3() ? 3 : 2);
    out.bulk("id").integer(client.id());
    out.bulk("mode").bulk("standalone");
    out.bulk("role").bulk("master");
    out.bulk("modules").array(0);
  }

  private void client(Request request, RespBuffer out) {
    var subcommand = request.text(1).toUpperCase(Locale.ROOT);
    switch (subcommand) {
      case "ID" -> {
        if (takes(request, 2, out)) {
          out.integer(client.id());
        }
      }
      case "GETNAME" -> {
        if (takes(request, 2, out)) {
          name(out);
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
      case "INFO" -> {
        if (takes(request, 2, out)) {
          out.bulk(client.line(peers.clock().nanoTime()) + "\n");
        }
      }
      case "LIST" -> list(out);
      case "NO-EVICT", "NO-TOUCH" -> {
        if (takes(request, 3, out)) {
          onOff(request, out);
        }
      }
      default -> out.error("ERR " + Texts.unknownSubcommand("CLIENT", request));
    }
  }

  private static boolean takes(Request request, int words, RespBuffer out) {
    if (request.count() == words) {
      return true;
    }
    out.error("ERR " + Texts.wrongArity("client|" + Texts.shown(request, 1, 16)));
    return false;
  }

  private void name(RespBuffer out) {
    if (client.name().isEmpty()) {
      out.nothing();
    } else {
      out.bulk(client.name());
    }
  }

  private void setInfo(Request request, RespBuffer out) {
    var value = request.text(3);
    if (!isName(value, out)) {
      return;
    }
    if (request.is(2, "LIB-NAME")) {
      client.libraryName(value);
    } else if (request.is(2, "LIB-VER")) {
      client.libraryVersion(value);
    } else {
      out.error("ERR Unrecognized option '%s'".formatted(Texts.shown(request, 2, 64)));
      return;
    }
    out.simple(OK);
  }

  private void list(RespBuffer out) {
    var text = new StringBuilder();
    long nowNs = peers.clock().nanoTime();
    peers.clients().stream()
        .limit(CLIENTS_LISTED)
        .forEach(listed -> text.append(listed.line(nowNs)).append('\n'));
    out.bulk(text.toString());
  }

  private static void onOff(Request request, RespBuffer out) {
    if (request.is(2, "ON") || request.is(2, "OFF")) {
      out.simple(OK);
    } else {
      out.error("ERR syntax error");
    }
  }

  private static boolean isName(String name, RespBuffer out) {
    boolean plain = name.chars().allMatch(letter -> letter > ' ' && letter < 127);
    if (!plain || name.length() > Limits.NAME_BYTES_MAX) {
      out.error("ERR Client names cannot contain spaces, newlines or special characters.");
      return false;
    }
    return true;
  }
}
