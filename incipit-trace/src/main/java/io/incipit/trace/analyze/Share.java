// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import java.util.ArrayList;
import java.util.List;

/// A part of a whole, in `[0, 1]`.
final class Share {
  private Share() {}

  /// 0 of an empty whole.
  static double of(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  static List<Double> each(long[] parts, long[] wholes) {
    var shares = new ArrayList<Double>();
    for (int i = 0; i < parts.length; i++) {
      shares.add(of(parts[i], wholes[i]));
    }
    return shares;
  }
}
