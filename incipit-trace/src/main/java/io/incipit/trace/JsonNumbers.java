// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Numbers of a line of JSON, as traces have them.
public final class JsonNumbers {
  private JsonNumbers() {}

  /// The integer at which a parser stands. A negative one is refused: it would pass for a missing
  /// member.
  ///
  /// @param name of the member, for the error
  public static long integer(JsonParser json, String name) throws BadLineException {
    boolean fits =
        json.currentToken() == JsonToken.VALUE_NUMBER_INT
            && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    if (!fits || json.getLongValue() < 0) {
      throw new BadLineException(
          "%s: %s (expected: an integer from 0 on)".formatted(name, json.getString()));
    }
    return json.getLongValue();
  }
}
