// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Value;
import io.incipit.protocol.Command;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The commands by which Redis' tools ask what a server is and can.
final class ServerCommands {
  /// The version of Redis whose manners this server has; clients choose their features by it.
  static final String REDIS_VERSION = "7.4.0";

  /// The version of Incipit.
  static final String VERSION = "0.1.0";

  private static final List<String> SECTIONS =
      List.of("server", "clients", "memory", "stats", "replication", "keyspace");

  /// Settings of Redis that its tools ask for, with what holds here.
  private static final Map<String, String> ASKED_FOR =
      new TreeMap<>(Map.of("appendonly", "no", "databases", "1", "save", ""));

  private final Peers peers;

  ServerCommands(Peers peers) {
    this.peers = peers;
  }

  void command(Request request, RespBuffer out) {
    if (request.count() == 1) {
      info(Command.all(), out);
    } else if (request.is(1, "COUNT") && request.count() == 2) {
      out.integer(Command.all().size());
    } else if (request.is(1, "LIST") && request.count() == 2) {
      out.array(Command.all().size());
      Command.all().forEach(command -> out.bulk(name(command)));
    } else if (request.is(1, "INFO")) {
      named(request, out);
    } else if (request.is(1, "DOCS")) {
      docs(request, out);
    } else {
      out.error("ERR " + Texts.unknownSubcommand("COMMAND", request));
    }
  }

  private static void info(List<Command> commands, RespBuffer out) {
    out.array(commands.size());
    commands.forEach(command -> info(command, out));
  }

  private static void named(Request request, RespBuffer out) {
    if (request.count() == 2) {
      info(Command.all(), out);
      return;
    }
    out.array(request.count() - 2);
    for (int i = 2; i < request.count(); i++) {
      Command.find(request.text(i)).ifPresentOrElse(command -> info(command, out), out::nothing);
    }
  }

  /// Ten values, as of Redis 7: name, arity, flags, three of keys, categories, tips, two more.
  private static void info(Command command, RespBuffer out) {
    out.array(10).bulk(name(command)).integer(command.arity());
    out.array(1).simple(changes(command) ? "write" : "readonly");
    out.integer(0).integer(0).integer(0);
    out.array(0).array(0).array(0).array(0);
  }

  private static boolean changes(Command command) {
    return switch (command.kind()) {
      case CHANGE, ADMIN -> true;
      case QUESTION, CONNECTION, SERVER -> false;
    };
  }

  private static void docs(Request request, RespBuffer out) {
    var commands = new ArrayList<Command>();
    for (int i = 2; i < request.count(); i++) {
      Command.find(request.text(i)).ifPresent(commands::add);
    }
    if (request.count() == 2) {
      commands.addAll(Command.all());
    }
    out.map(commands.size());
    for (var command : commands) {
      out.bulk(name(command)).map(5);
      out.bulk("summary").bulk(command.summary());
      out.bulk("since").bulk(VERSION);
      out.bulk("group").bulk(command.kind().name().toLowerCase(Locale.ROOT));
      out.bulk("complexity").bulk(command.complexity());
      out.bulk("syntax").bulk((command.wireName() + " " + command.syntax()).strip());
    }
  }

  private static String name(Command command) {
    return command.wireName().toLowerCase(Locale.ROOT);
  }

  void config(Request request, RespBuffer out) {
    if (request.is(1, "GET") && request.count() >= 3) {
      var known = ASKED_FOR.entrySet().stream().filter(setting -> isAskedFor(setting, request));
      var found = known.toList();
      out.map(found.size());
      found.forEach(setting -> out.bulk(setting.getKey()).bulk(setting.getValue()));
    } else {
      out.error("ERR " + Texts.unknownSubcommand("CONFIG", request));
    }
  }

  private static boolean isAskedFor(Map.Entry<String, String> setting, Request request) {
    for (int i = 2; i < request.count(); i++) {
      if (request.is(i, "*") || request.is(i, setting.getKey().toUpperCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  void info(Request request, RespBuffer out) {
    var wanted = new ArrayList<String>();
    for (int i = 1; i < request.count(); i++) {
      wanted.add(request.text(i).toLowerCase(Locale.ROOT));
    }
    boolean all =
        wanted.isEmpty()
            || wanted.contains("all")
            || wanted.contains("default")
            || wanted.contains("everything");
    var text = new StringBuilder();
    for (var section : SECTIONS) {
      if (all || wanted.contains(section)) {
        text.append(text.isEmpty() ? "" : "\r\n").append("# ");
        text.append(section.substring(0, 1).toUpperCase(Locale.ROOT)).append(section.substring(1));
        text.append("\r\n");
        section(section, text);
      }
    }
    out.bulk(text.toString());
  }

  private void section(String section, StringBuilder text) {
    switch (section) {
      case "server" -> {
        line(text, "redis_version", REDIS_VERSION);
        line(text, "redis_mode", "standalone");
        line(text, "server_name", "incipit");
        line(text, "incipit_version", VERSION);
        line(text, "java_version", Runtime.version().toString());
        line(text, "tcp_port", Integer.toString(peers.respPort()));
        line(text, "uptime_in_seconds", Long.toString(peers.uptimeSeconds()));
      }
      case "clients" -> {
        line(text, "connected_clients", Integer.toString(peers.clients().size()));
        line(text, "maxclients", Integer.toString(peers.config().connectionsMax()));
      }
      case "memory" -> {
        line(text, "used_memory", stat("index-bytes"));
        line(text, "maxmemory", stat("index-limit-bytes"));
        line(text, "buffered_bytes", Long.toString(peers.budget().used()));
      }
      case "stats" ->
          stats().forEach((name, value) -> line(text, name.replace('-', '_'), value.text()));
      case "replication" -> {
        line(text, "role", "master");
        line(text, "connected_slaves", "0");
      }
      default -> {
        // Keyspace: there are no keys, so it is empty, as in an empty Redis.
      }
    }
  }

  private String stat(String name) {
    return stats().getOrDefault(name, Value.of(0)).text();
  }

  private Map<String, Value> stats() {
    return peers.service().answer(new Op.Stats(Optional.empty())) instanceof Reply.Row(var fields)
        ? fields
        : Map.of();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append(':').append(value).append("\r\n");
  }
}
