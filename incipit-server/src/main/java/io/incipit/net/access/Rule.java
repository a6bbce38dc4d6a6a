// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import io.incipit.protocol.Glob;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Some rights in the namespaces whose names fit a pattern, written `read,publish@team-a-*`. In the
/// pattern only `*` stands for others. Immutable.
final class Rule {
  private static final int PATTERN_MAX = 128;
  private static final String ALL_NAMES = "*";

  private final int rights;
  private final String pattern;
  private final Glob names;

  private Rule(int rights, String pattern) {
    this.rights = rights;
    this.pattern = pattern;
    this.names = Glob.ofStarsAlone(pattern);
  }

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

  /// Mask of [Verb]s.
  int rights() {
    return rights;
  }

  /// Whether it is about the server as a whole.
  boolean isOfServer() {
    return pattern.equals(ALL_NAMES);
  }

  /// Whether it is about a namespace.
  boolean fits(String name) {
    return names.matches(name.getBytes(StandardCharsets.UTF_8));
  }

  /// As users files write it.
  String text() {
    return Verb.words(rights) + "@" + pattern;
  }
}
