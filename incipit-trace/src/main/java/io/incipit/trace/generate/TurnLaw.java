// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.generate;

/// How many turns sessions have.
sealed interface TurnLaw {
  /// One turn.
  record Once() implements TurnLaw {}

  /// After each turn the session ends with a chance of its own, drawn once from a beta distribution
  /// and multiplied by `(first / 3000) ^ exponent`, `first` being at least 64 tokens.
  record Beta(double a, double b, double exponent) implements TurnLaw {}

  /// A log-normal number of turns, at least one.
  record Count(double median, double sigma) implements TurnLaw {}

  /// At least `min`, and an exponential number beyond it.
  record Exponential(double min, double mean) implements TurnLaw {}

  /// Reads `once`, `beta A B EXPONENT`, `count MEDIAN SIGMA` or `exponential MIN MEAN`.
  ///
  /// @throws IllegalArgumentException with what was expected
  static TurnLaw parse(String text) {
    var words = text.strip().split("\\s+", -1);
    if (words.length == 1 && words[0].equals("once")) {
      return new Once();
    }
    if (words.length == 4 && words[0].equals("beta")) {
      return new Beta(
          Settings.number(words[1]), Settings.number(words[2]), Settings.number(words[3]));
    }
    if (words.length == 3 && words[0].equals("count")) {
      return new Count(Settings.number(words[1]), Settings.number(words[2]));
    }
    if (words.length == 3 && words[0].equals("exponential")) {
      return new Exponential(Settings.number(words[1]), Settings.number(words[2]));
    }
    throw new IllegalArgumentException(
        "%s (expected: once, beta A B EXPONENT, count MEDIAN SIGMA or exponential MIN MEAN)"
            .formatted(text));
  }
}
