// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.redis;

import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Errors in the words of Redis, by which its clients know them.
public final class RedisErrors {
  public static final String WRONG_PASSWORD =
      "WRONGPASS invalid username-password pair or user is disabled.";
  public static final String SYNTAX = "ERR syntax error";
  public static final String NOT_A_NUMBER = "ERR value is not an integer or out of range";
  private static final int SHOWN_MAX = 128;

  private RedisErrors() {}

  public static String unknownCommand(Request request) {
    var arguments = new StringBuilder();
    for (int i = 1; i < request.count() && arguments.length() < SHOWN_MAX; i++) {
      var argument = shown(request, i, SHOWN_MAX - arguments.length());
      arguments.append('\'').append(argument).append("' ");
    }
    return "unknown command '%s', with args beginning with: %s"
        .formatted(shown(request, 0, SHOWN_MAX), arguments);
  }

  public static String wrongArity(String name) {
    return "wrong number of arguments for '%s' command".formatted(name.toLowerCase(Locale.ROOT));
  }

  static String unknownSubcommand(String command, Request request) {
    return "unknown subcommand '%s'. Try %s HELP.".formatted(shown(request, 1, SHOWN_MAX), command);
  }

  /// Whether a subcommand has at least `min` and at most `max` words, both names included; if not,
  /// says so.
  static boolean takes(String command, Request request, int min, int max, RespBuffer out) {
    if (request.count() >= min && request.count() <= max) {
      return true;
    }
    out.error("ERR " + wrongArity(command + "|" + shown(request, 1, 16)));
    return false;
  }

  /// Word `i`, cut after `charactersMax`.
  public static String shown(Request request, int i, int charactersMax) {
    int bytes = Math.min(request.length(i), 4 * charactersMax);
    var text = new String(request.bytes(), request.offset(i), bytes, StandardCharsets.UTF_8);
    return text.length() <= charactersMax ? text : text.substring(0, charactersMax);
  }
}
