// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.redis;

import io.incipit.protocol.Command;
import io.incipit.protocol.Glob;
import io.incipit.protocol.Limits;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The commands by which Redis' clients and tools ask what a server is and can.
final class ServerCommands {
  /// The version of Redis whose manners this server has; clients choose their features by it.
  static final String REDIS_VERSION = "7.4.0";

  /// The version of Incipit that has all these commands first.
  private static final String SINCE = "0.1.0";

  /// The commands on values that change none.
  private static final Set<Command> VALUE_READS =
      EnumSet.of(
          Command.GET,
          Command.MGET,
          Command.FETCH,
          Command.READ,
          Command.WHERE,
          Command.EXPLAIN,
          Command.HOT,
          Command.TOUCH_BLOCKS,
          Command.SALTS,
          Command.STRLEN,
          Command.GETRANGE,
          Command.EXISTS,
          Command.TOUCH,
          Command.TYPE,
          Command.TTL,
          Command.PTTL,
          Command.SCAN,
          Command.KEYS,
          Command.DBSIZE);

  /// The commands on values that name no keys.
  private static final Set<Command> KEYLESS =
      EnumSet.of(
          Command.ATTACH,
          Command.PUT,
          Command.COMMIT,
          Command.ABORT,
          Command.READ,
          Command.WHERE,
          Command.EXPLAIN,
          Command.HOT,
          Command.TOUCH_BLOCKS,
          Command.PIN,
          Command.UNPIN,
          Command.SALTS,
          Command.HINTS,
          Command.SCAN,
          Command.KEYS,
          Command.DBSIZE,
          Command.FLUSHDB,
          Command.FLUSHALL);

  /// The commands that take keys to their end.
  private static final Set<Command> MANY_KEYS =
      EnumSet.of(
          Command.MGET,
          Command.FETCH,
          Command.MSET,
          Command.EXISTS,
          Command.TOUCH,
          Command.DEL,
          Command.UNLINK,
          Command.WATCH);

  private static final int PATTERN_MAX = 128;

  /// The most patterns or names of one request; each costs time on the event loop.
  private static final int WORDS_MAX = 100;

  private final ServerView server;
  private final InfoText info;

  ServerCommands(ServerView server) {
    this.server = server;
    this.info = new InfoText(server);
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
      if (isFew(request, out)) {
        named(request, out);
      }
    } else if (request.is(1, "DOCS")) {
      if (isFew(request, out)) {
        docs(request, out);
      }
    } else {
      out.error("ERR " + RedisErrors.unknownSubcommand("COMMAND", request));
    }
  }

  /// Whether a request has no more words behind its subcommand than it may; if not, says so.
  private static boolean isFew(Request request, RespBuffer out) {
    int words = request.count() - 2;
    if (words > WORDS_MAX) {
      out.error("ERR %d words (expected: at most %d)".formatted(words, WORDS_MAX));
      return false;
    }
    return true;
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
    out.integer(keyWord(command));
    out.integer(MANY_KEYS.contains(command) ? -1 : keyWord(command));
    out.integer(command == Command.MSET ? 2 : Math.min(1, keyWord(command)));
    out.array(0).array(0).array(0).array(0);
  }

  /// Which word of a command is its first key; 0 if it has none.
  private static int keyWord(Command command) {
    if (command == Command.FETCH) {
      return 2;
    }
    boolean ofKeys = command.kind() == Command.Kind.VALUE || command == Command.WATCH;
    return ofKeys && !KEYLESS.contains(command) ? 1 : 0;
  }

  private static boolean changes(Command command) {
    return switch (command.kind()) {
      case CHANGE, ADMIN -> true;
      case VALUE -> !VALUE_READS.contains(command);
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
      out.bulk("since").bulk(SINCE);
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
      if (!isFew(request, out)) {
        return;
      }
      var settings = settings();
      var found = new TreeMap<String, String>();
      for (int i = 2; i < request.count(); i++) {
        var pattern =
            Glob.ofStars(RedisErrors.shown(request, i, PATTERN_MAX).toLowerCase(Locale.ROOT));
        settings.forEach(
            (name, value) -> {
              if (pattern.matches(name.getBytes(StandardCharsets.UTF_8))) {
                found.put(name, value);
              }
            });
      }
      out.map(found.size());
      found.forEach((name, value) -> out.bulk(name).bulk(value));
    } else if (request.is(1, "SET") && request.count() >= 4) {
      refuseSetting(request, out);
    } else if (request.is(1, "REWRITE") && request.count() == 2) {
      out.error("ERR The server is running without a config file");
    } else {
      out.error("ERR " + RedisErrors.unknownSubcommand("CONFIG", request));
    }
  }

  private void refuseSetting(Request request, RespBuffer out) {
    var name = RedisErrors.shown(request, 2, PATTERN_MAX);
    out.error(
        settings().containsKey(name.toLowerCase(Locale.ROOT))
            ? ("ERR CONFIG SET failed (possibly related to argument '%s') - can't set immutable"
                    + " config")
                .formatted(name)
            : "ERR Unknown option or number of arguments for CONFIG SET - '%s'".formatted(name));
  }

  /// Settings of Redis that its tools ask for, with what holds here.
  private Map<String, String> settings() {
    return Map.ofEntries(
        Map.entry("appendonly", "no"),
        Map.entry("databases", "1"),
        Map.entry("hz", "10"),
        Map.entry("maxclients", Integer.toString(server.connectionsMax())),
        Map.entry("maxmemory", Long.toString(server.store().totalBytes())),
        Map.entry("maxmemory-policy", InfoText.MEMORY_POLICY),
        Map.entry("notify-keyspace-events", ""),
        Map.entry("port", Integer.toString(server.respPort())),
        Map.entry("proto-max-bulk-len", Integer.toString(Limits.VALUE_BYTES_MAX)),
        Map.entry("save", ""),
        Map.entry("slowlog-log-slower-than", "-1"),
        Map.entry("slowlog-max-len", "0"),
        Map.entry("timeout", "0"));
  }

  void info(Request request, RespBuffer out) {
    var wanted = new ArrayList<String>();
    for (int i = 1; i < request.count(); i++) {
      wanted.add(RedisErrors.shown(request, i, 32).toLowerCase(Locale.ROOT));
    }
    out.bulk(info.text(wanted));
  }
}
