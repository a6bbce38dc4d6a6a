// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

/// One value in a [Reply.Row]: a text or a whole number.
public sealed interface Value {
  /// A text.
  record Text(String text) implements Value {}

  /// A whole number.
  record Whole(long number) implements Value {
    @Override
    public String text() {
      return Long.toString(number);
    }
  }

  /// The value as text; of a number its decimal digits.
  String text();

  /// A text.
  static Value of(String text) {
    return new Text(text);
  }

  /// A number.
  static Value of(long number) {
    return new Whole(number);
  }

  /// The value as a number, which a text is if it is written in digits: older servers, and all of
  /// them in RESP2, send numbers so.
  ///
  /// @throws NumberFormatException if a text is no number
  default long number() {
    return Long.parseLong(text());
  }
}
