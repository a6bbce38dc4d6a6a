// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import io.incipit.protocol.Command;
import io.incipit.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Which requests are administrative: those that change the server, or what is kept, by a right
/// that administrators have. A command without an answer does not compile.
final class Acts {
  private static final int NAME_BYTES_MAX = 64;

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

  /// A command as the log has it: with its subcommand, if that is one that there is.
  static String shown(Command command, Request request) {
    var name = command.wireName();
    if (command.kind() == Command.Kind.VALUE || request.count() < 2 || request.length(1) > 16) {
      return name;
    }
    var word = request.text(1).toUpperCase(Locale.ROOT);
    boolean known =
        command.syntax().matches("(?s)(?:.*[|\\s])?\\Q%s\\E(?:[|\\s].*)?".formatted(word));
    return known && isWord(word) ? name + " " + word : name;
  }

  private static boolean isWord(String word) {
    return word.length() > 1 && word.chars().allMatch(c -> (c >= 'A' && c <= 'Z') || c == '-');
  }
}
