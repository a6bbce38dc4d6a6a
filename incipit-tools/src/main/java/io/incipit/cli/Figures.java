// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import java.util.Locale;

/// How numbers are written in reports.
final class Figures {
  private static final int KILO = 1000;

  private Figures() {}

  /// `12,031`
  static String whole(long count) {
    return format("%,d", count);
  }

  /// The same, rounded.
  static String whole(double count) {
    return whole(Math.round(count));
  }

  /// `36.6%`
  static String percent(double share) {
    return format("%.1f%%", 100 * share);
  }

  /// `36.64%`
  static String percentFine(double share) {
    return format("%.2f%%", 100 * share);
  }

  /// `2.78`, or `1,180` from a thousand on.
  static String number(double value) {
    if (Math.abs(value) >= KILO) {
      return whole(value);
    }
    return value == Math.rint(value) ? whole(value) : format("%.2f", value);
  }

  /// `30 s`, `5 min`
  static String seconds(int seconds) {
    return seconds >= 120 && seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }

  private static String format(String pattern, Object value) {
    return String.format(Locale.ROOT, pattern, value);
  }
}
