// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import java.util.function.Supplier;

/// Says which option a value was given by, of which those who read the value know nothing.
public final class Blame {
  private Blame() {}

  /// What is made of an option's value.
  ///
  /// @throws IllegalArgumentException `option: value (expected: ...)` if that reader threw one that
  ///     begins with a name of its own
  public static <T> T on(String option, Supplier<T> reader) {
    try {
      return reader.get();
    } catch (IllegalArgumentException refused) {
      var text = String.valueOf(refused.getMessage());
      int named = text.indexOf(": ");
      throw new IllegalArgumentException(
          option + (named < 0 ? ": " + text : text.substring(named)), refused);
    }
  }
}
