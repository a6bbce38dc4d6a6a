// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import java.util.Locale;
import java.util.regex.Pattern;

/// How fast a trace is replayed.
///
/// @param factor how many times faster than recorded, above 0; infinite to wait for nothing
public record Speed(double factor) {
  /// One request after the other, as fast as the target answers.
  public static final Speed MAX = new Speed(Double.POSITIVE_INFINITY);

  private static final Pattern FACTOR = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)x");

  public Speed {
    if (!(factor > 0)) {
      throw new IllegalArgumentException("speed: %s (expected: above 0)".formatted(factor));
    }
  }

  /// Reads `max`, `as-recorded`, or a factor such as `10x` or `0.5x`.
  public static Speed parse(String text) {
    var word = text.toLowerCase(Locale.ROOT);
    var factor = FACTOR.matcher(word);
    if (word.equals("max")) {
      return MAX;
    }
    if (word.equals("as-recorded")) {
      return new Speed(1);
    }
    if (factor.matches() && Double.parseDouble(factor.group(1)) > 0) {
      return new Speed(Double.parseDouble(factor.group(1)));
    }
    throw new IllegalArgumentException(
        "%s (expected: max, as-recorded, or a factor above 0 such as 10x)".formatted(text));
  }

  /// Whether requests wait for their time.
  public boolean isPaced() {
    return factor != Double.POSITIVE_INFINITY;
  }

  /// As [#parse] reads it.
  @Override
  public String toString() {
    if (!isPaced()) {
      return "max";
    }
    return factor == 1 ? "as-recorded" : Double.toString(factor) + "x";
  }
}
