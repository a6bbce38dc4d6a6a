// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import java.util.Optional;

/// Some rights in the namespaces whose names fit a pattern, written `read,publish@team-a-*`.
///
/// In the pattern only `*` stands for others, any number of them. A mismatch goes back to the last
/// star only, so that matching costs at most the product of both lengths.
///
/// @param rights mask of [Verb]s
/// @param pattern of names; `*` alone is the whole server, too
record Rule(int rights, String pattern) {
  private static final int PATTERN_MAX = 128;
  private static final String ALL_NAMES = "*";

  /// Reads a rule; none if it is not one.
  static Optional<Rule> parse(String text) {
    int at = text.indexOf('@');
    var pattern = text.substring(at + 1);
    if (at <= 0 || pattern.isEmpty() || pattern.length() > PATTERN_MAX) {
      return Optional.empty();
    }
    int rights = 0;
    for (var word : text.substring(0, at).split(",", -1)) {
      var verb = Verb.find(word);
      if (verb.isEmpty()) {
        return Optional.empty();
      }
      rights |= verb.get().granted();
    }
    return Optional.of(new Rule(rights, pattern));
  }

  /// Whether it is about the server as a whole.
  boolean isOfServer() {
    return pattern.equals(ALL_NAMES);
  }

  /// Whether it is about a namespace.
  boolean fits(String name) {
    int p = 0;
    int star = -1;
    int resumed = 0;
    for (int n = 0; n < name.length(); ) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resumed = n;
      } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resumed;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /// As users files write it.
  String text() {
    return Verb.words(rights) + "@" + pattern;
  }
}
