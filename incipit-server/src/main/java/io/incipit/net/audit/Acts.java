// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import io.incipit.protocol.Command;
import io.incipit.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Which requests are administrative: those that change the server, or what is kept, by a right
/// that administrators have. A command without an answer does not compile.
final class Acts {
  private static final int NAME_BYTES_MAX = 64;

  /// Not a letter of a subcommand.
  private static final Pattern BETWEEN = Pattern.compile("[^A-Z-]+");

  private static final Map<Command, List<Subcommand>> SUBCOMMANDS = new EnumMap<>(Command.class);

  /// A word that follows a command.
  ///
  /// @param shown both
  private record Subcommand(String word, String shown) {}

  static {
    var commands =
        EnumSet.of(
            Command.NAMESPACE,
            Command.CLIENT,
            Command.ACL,
            Command.CONFIG,
            Command.CLUSTER,
            Command.COMMAND,
            Command.SLOWLOG,
            Command.LATENCY,
            Command.MEMORY,
            Command.MODULE);
    for (var command : commands) {
      var words =
          BETWEEN
              .splitAsStream(command.syntax())
              .filter(word -> word.length() > 1)
              .distinct()
              .map(word -> new Subcommand(word, command.wireName() + " " + word))
              .toList();
      SUBCOMMANDS.put(command, words);
    }
  }

  private Acts() {}

  /// Whether a request is one. Attempts to change what cannot be changed are.
  static boolean isOne(Command command, Request request) {
    return switch (command) {
      case FLUSHDB, FLUSHALL -> true;
      case NAMESPACE -> says(request, "CREATE", "DROP");
      case CLIENT -> says(request, "KILL");
      case CONFIG -> !says(request, "GET", "HELP");
      case ACL -> !says(request, "WHOAMI", "LIST", "USERS", "CAT", "HELP");
      case AUTH, HELLO, RESET, QUIT, PING, ECHO, SELECT, CLUSTER, READONLY, READWRITE -> false;
      case ASKING, MULTI, EXEC, DISCARD, WATCH, UNWATCH -> false;
      case HELP, COMMAND, TIME, ROLE, LASTSAVE, MODULE, INFO, SLOWLOG, LATENCY, MEMORY -> false;
      case MATCH, SCORE, RUN, LOCATE, OWNERS, INSPECT, EXPLAIN, HOT, STATS, ENGINES, SALTS -> false;
      case READ, WHERE, ATTACH, TOUCH_BLOCKS -> false;
      // What publishers do with their own.
      case PUBLISH, HINT, HINTS, PUT, COMMIT, ABORT, PIN, UNPIN -> false;
      case GET, STRLEN, GETRANGE, TYPE, TTL, PTTL, MGET, EXISTS, TOUCH, FETCH -> false;
      case SCAN, KEYS, DBSIZE -> false;
      case SET, SETNX, SETEX, PSETEX, MSET, DEL, UNLINK -> false;
      case EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT, PERSIST -> false;
    };
  }

  /// The namespace that an administrative request names; empty if it names none.
  static String namespace(Command command, Request request) {
    if (command != Command.NAMESPACE || request.count() < 3) {
      return "";
    }
    int length = Math.min(NAME_BYTES_MAX, request.length(2));
    return new String(request.bytes(), request.offset(2), length, StandardCharsets.UTF_8);
  }

  private static boolean says(Request request, String... words) {
    for (var word : words) {
      if (request.count() > 1 && request.is(1, word)) {
        return true;
      }
    }
    return false;
  }

  /// A command as the log has it: with its subcommand, if that is one that there is. A few
  /// comparisons, since strangers choose how often it is asked.
  static String shown(Command command, Request request) {
    var known = request.count() < 2 ? null : SUBCOMMANDS.get(command);
    if (known != null) {
      for (var subcommand : known) {
        if (request.is(1, subcommand.word())) {
          return subcommand.shown();
        }
      }
    }
    return command.wireName();
  }
}
