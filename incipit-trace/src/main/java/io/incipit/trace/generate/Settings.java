// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.generate;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// Settings by name; each is read once, and what nobody has read is refused at the end.
final class Settings {
  private static final double WHOLE_MAX = 1 << 29;

  private final Map<String, String> values;
  private final TreeSet<String> known = new TreeSet<>();

  Settings(Map<String, String> values) {
    this.values = new TreeMap<>(values);
  }

  /// A number from 0 on.
  double number(String name, double otherwise) {
    return value(name, otherwise, Settings::number);
  }

  int whole(String name, int otherwise) {
    return value(name, otherwise, text -> (int) Math.min(WHOLE_MAX, number(text)));
  }

  /// Reads a setting, or gives what holds if there is none.
  <T> T value(String name, T otherwise, Function<String, T> parser) {
    known.add(name);
    var text = values.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      return parser.apply(text.strip());
    } catch (IllegalArgumentException refused) {
      throw new IllegalArgumentException("%s: %s".formatted(name, refused.getMessage()), refused);
    }
  }

  /// Refuses settings that nobody has asked for.
  void refuseOthers() {
    for (var name : values.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "%s: no such setting (expected: one of %s)".formatted(name, String.join(", ", known)));
      }
    }
  }

  /// A number from 0 on.
  static double number(String text) {
    double number;
    try {
      number = Double.parseDouble(text);
    } catch (NumberFormatException refused) {
      throw new IllegalArgumentException("%s (expected: a number)".formatted(text), refused);
    }
    if (!(number >= 0) || Double.isInfinite(number)) {
      throw new IllegalArgumentException("%s (expected: from 0 on)".formatted(text));
    }
    return number;
  }
}
