// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// What stands behind the question mark of a path.
final class Parameters {
  private final Map<String, String> values = new HashMap<>();

  /// @param query as it came; may be empty
  Parameters(String query) {
    for (var pair : query.split("&", -1)) {
      int at = pair.indexOf('=');
      if (at > 0) {
        values.put(decoded(pair.substring(0, at)), decoded(pair.substring(at + 1)));
      }
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw new RefusalException(400, "query: malformed (expected: percent-encoded UTF-8)");
    }
  }

  /// A text; empty if it is absent.
  String text(String name) {
    return values.getOrDefault(name, "");
  }

  /// A whole number within bounds.
  int number(String name, int byDefault, int min, int max) {
    var text = text(name);
    if (text.isEmpty()) {
      return byDefault;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Said below.
    }
    throw new RefusalException(
        400, "%s: %s (expected: a whole number from %d to %d)".formatted(name, text, min, max));
  }
}
