// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Errors in the words of Redis, by which its clients know them.
final class Texts {
  private static final int SHOWN_MAX = 128;

  private Texts() {}

  static String unknownCommand(Request request) {
    var arguments = new StringBuilder();
    for (int i = 1; i < request.count() && arguments.length() < SHOWN_MAX; i++) {
      var argument = shown(request, i, SHOWN_MAX - arguments.length());
      arguments.append('\'').append(argument).append("' ");
    }
    return "unknown command '%s', with args beginning with: %s"
        .formatted(shown(request, 0, SHOWN_MAX), arguments);
  }

  static String wrongArity(String name) {
    return "wrong number of arguments for '%s' command".formatted(name.toLowerCase(Locale.ROOT));
  }

  static String unknownSubcommand(String command, Request request) {
    return "unknown subcommand '%s'. Try %s HELP.".formatted(shown(request, 1, SHOWN_MAX), command);
  }

  /// Word `i`, cut after `charactersMax`.
  static String shown(Request request, int i, int charactersMax) {
    int bytes = Math.min(request.length(i), 4 * charactersMax);
    var text = new String(request.bytes(), request.offset(i), bytes, StandardCharsets.UTF_8);
    return text.length() <= charactersMax ? text : text.substring(0, charactersMax);
  }
}
