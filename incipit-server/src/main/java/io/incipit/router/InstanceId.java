// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import tools.jackson.core.JsonGenerator;

/// Name of a running engine as its router gave it: a text, or a whole number.
///
/// @param text the worker's name
/// @param isNumber whether it is written without quotes
record InstanceId(String text, boolean isNumber) {
  private static final int LENGTH_MAX = 96;

  /// Refuses names that cannot be told from those of ranks.
  static InstanceId of(String text, boolean isNumber) {
    boolean plain = text.chars().noneMatch(c -> c == '#' || Character.isISOControl(c));
    if (text.isEmpty() || text.length() > LENGTH_MAX || !plain) {
      throw new RefusalException(
          400,
          "instance_id: '%s' (expected: 1 to %d characters, no '#')"
              .formatted(text.substring(0, Math.min(text.length(), LENGTH_MAX)), LENGTH_MAX));
    }
    return new InstanceId(text, isNumber);
  }

  void write(JsonGenerator json) {
    if (isNumber) {
      json.writeNumber(text);
    } else {
      json.writeString(text);
    }
  }
}
