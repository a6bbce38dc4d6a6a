// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.generate;

import java.util.ArrayList;
import java.util.List;

/// A mixture of distributions: a part is chosen by its weight, then a value from it.
record Lengths(List<Part> parts) {
  /// Nothing but zeros.
  static final Lengths ZERO = new Lengths(List.of(new Part(1, Shape.FIXED, 0, 0)));

  Lengths {
    parts = List.copyOf(parts);
  }

  /// What a part looks like.
  enum Shape {
    /// `middle` is the median, `spread` the standard deviation of the logarithm.
    LOG_NORMAL,
    /// `middle` is the mean, `spread` the standard deviation.
    NORMAL,
    /// Always `middle`.
    FIXED
  }

  /// One distribution of the mixture.
  record Part(double weight, Shape shape, double middle, double spread) {}

  /// Reads `weight shape middle spread, ...`, such as `1 log-normal 160 0.95`.
  ///
  /// @throws IllegalArgumentException with what was expected
  static Lengths parse(String text) {
    var parts = new ArrayList<Part>();
    for (var part : text.split(",", -1)) {
      parts.add(part(part.strip().split("\\s+", -1)));
    }
    return new Lengths(parts);
  }

  private static Part part(String[] words) {
    var expected = "expected: WEIGHT log-normal|normal MIDDLE SPREAD, or WEIGHT fixed VALUE";
    if (words.length < 3) {
      throw new IllegalArgumentException("%s (%s)".formatted(String.join(" ", words), expected));
    }
    var shape =
        switch (words[1]) {
          case "log-normal" -> Shape.LOG_NORMAL;
          case "normal" -> Shape.NORMAL;
          case "fixed" -> Shape.FIXED;
          default -> throw new IllegalArgumentException("%s (%s)".formatted(words[1], expected));
        };
    if (words.length != (shape == Shape.FIXED ? 3 : 4)) {
      throw new IllegalArgumentException("%s (%s)".formatted(String.join(" ", words), expected));
    }
    return new Part(
        Settings.number(words[0]),
        shape,
        Settings.number(words[2]),
        shape == Shape.FIXED ? 0 : Settings.number(words[3]));
  }
}
