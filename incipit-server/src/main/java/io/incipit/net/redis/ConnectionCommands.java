// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.redis;

import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;

/// The commands that concern one connection, in the manner of Redis. For its event loop.
public final class ConnectionCommands {
  private static final String OK = "OK";

  private final Client client;
  private final AclCommand acl;
  private final ClientCommand clients;
  private final ServerCommands server;
  private final ToolCommands tools;
  private final ClusterCommand cluster;

  public ConnectionCommands(ServerView server, Client client) {
    this.client = client;
    this.acl = new AclCommand(client.session());
    this.clients = new ClientCommand(server, client);
    this.server = new ServerCommands(server);
    this.tools = new ToolCommands(server);
    this.cluster = new ClusterCommand(server, client);
  }

  /// Does what would take long on the event loop of the first connection; to be called before there
  /// is one.
  public static void prepare() {
    InfoText.prepare();
  }

  /// Lets replies take the form of the connection's version of RESP.
  private void begin(RespBuffer out) {
    out.resp3(client.resp3());
  }

  /// Answers the subcommand `HELP` of any command that has subcommands.
  ///
  /// @return whether it was that
  public boolean helps(Command command, Request request, RespBuffer out) {
    if (request.count() != 2 || !request.is(1, "HELP") || !Help.has(command)) {
      return false;
    }
    Help.write(command, out);
    return true;
  }

  /// Answers a request that its command [Command#accepts]. Transactions are somebody else's.
  ///
  /// @return whether the connection goes on
  public boolean run(Command command, Request request, RespBuffer out) {
    begin(out);
    switch (command) {
      case PING -> ping(request, out);
      case ECHO -> out.bulk(request.bytes(), request.offset(1), request.length(1));
      case HELLO -> hello(request, out);
      case AUTH -> auth(request, out);
      case ACL -> acl.run(request, out);
      case CLIENT -> {
        return clients.run(request, out);
      }
      case SELECT -> select(request, out);
      case CLUSTER -> cluster.run(request, out);
      case READONLY, READWRITE, ASKING -> out.simple(OK);
      case RESET -> {
        client.reset();
        begin(out);
        out.simple("RESET");
      }
      case QUIT -> {
        out.simple(OK);
        return false;
      }
      case HELP -> Help.writeAll(out);
      case COMMAND -> server.command(request, out);
      case INFO -> server.info(request, out);
      case CONFIG -> server.config(request, out);
      case SLOWLOG, LATENCY, MEMORY, TIME, ROLE, LASTSAVE, MODULE ->
          tools.run(command, request, out);
      default ->
          throw new IllegalArgumentException(
              "command: %s (expected: one of the connection)".formatted(command.wireName()));
    }
    return true;
  }

  private static void ping(Request request, RespBuffer out) {
    if (request.count() > 2) {
      out.error("ERR " + RedisErrors.wrongArity("PING"));
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
      out.error(RedisErrors.NOT_A_NUMBER);
    }
  }

  /// Where there are users, somebody has looked at the words before. Where there are none: like a
  /// Redis without passwords, any is right for the user `default`, there is no other user, and a
  /// password alone is taken for a mistake.
  private void auth(Request request, RespBuffer out) {
    if (client.session().isGuarded()) {
      if (request.count() > 3) {
        out.error(RedisErrors.SYNTAX);
      } else {
        out.simple(OK);
      }
      return;
    }
    switch (request.count()) {
      case 2 ->
          out.error(
              "ERR AUTH <password> called without any password configured for the default user."
                  + " Are you sure your configuration is correct?");
      case 3 -> {
        if (isUser(request, 1)) {
          out.simple(OK);
        } else {
          out.error(RedisErrors.WRONG_PASSWORD);
        }
      }
      default -> out.error(RedisErrors.SYNTAX);
    }
  }

  private static boolean isUser(Request request, int i) {
    return request.text(i).equals("default");
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
    if (client.session().isUnknown()) {
      out.error(
          "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO"
              + " <proto> AUTH <user> <pass> option can be used to authenticate the client and"
              + " select the RESP protocol version at the same time");
      return;
    }
    if (helloOptions(request, out)) {
      client.resp3(resp3);
      out.resp3(resp3);
      greet(out);
    }
  }

  /// Takes what follows the version.
  private boolean helloOptions(Request request, RespBuffer out) {
    var name = client.name();
    for (int i = 2; i < request.count(); i++) {
      int more = request.count() - 1 - i;
      if (request.is(i, "AUTH") && more >= 2) {
        if (!client.session().isGuarded() && !isUser(request, i + 1)) {
          out.error(RedisErrors.WRONG_PASSWORD);
          return false;
        }
        i += 2;
      } else if (request.is(i, "SETNAME") && more >= 1) {
        name = request.text(++i);
        if (!ClientCommand.isName(name, out)) {
          return false;
        }
      } else {
        out.error(
            "ERR Syntax error in HELLO option '%s'"
                .formatted(RedisErrors.shown(request, i, Limits.NAME_BYTES_MAX)));
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
}
