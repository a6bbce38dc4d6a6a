// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.report;

import java.util.Locale;

/// Numbers for people: three digits that mean something.
final class Numbers {
  private Numbers() {}

  static String text(double value) {
    double size = Math.abs(value);
    if (value == Math.rint(value) || size >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", value);
  }
}
