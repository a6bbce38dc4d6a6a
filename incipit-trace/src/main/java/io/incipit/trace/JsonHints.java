// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import io.incipit.block.Hint;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// The member `hint` of a line of JSON: `"done"`, or `{"back_in_s": 12.5}`, or nothing, or null.
public final class JsonHints {
  /// Name of the member.
  public static final String NAME = "hint";

  private static final String DONE = "done";
  private static final String BACK = "back_in_s";
  private static final String EXPECTED = "\"done\", {\"back_in_s\": seconds} or null";
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int NANO_DIGITS = 9;
  private static final long MISSING = -1;

  private JsonHints() {}

  /// The hint at which a parser stands.
  public static Hint read(JsonParser json) throws BadLineException {
    var token = json.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return Hint.NONE;
    }
    if (token == JsonToken.VALUE_STRING && DONE.equals(json.getString())) {
      return Hint.DONE;
    }
    if (token != JsonToken.START_OBJECT) {
      throw new BadLineException("hint: %s (expected: %s)".formatted(json.getString(), EXPECTED));
    }
    return new Hint.Back(afterNs(json));
  }

  private static long afterNs(JsonParser json) throws BadLineException {
    long afterNs = MISSING;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean back = BACK.equals(json.currentName());
      json.nextToken();
      if (back) {
        afterNs = JsonNumbers.timeNs(json, "hint.back_in_s", NANOS_PER_SECOND);
      } else {
        json.skipChildren();
      }
    }
    if (afterNs == MISSING) {
      throw new BadLineException("hint: an object without back_in_s (expected: " + EXPECTED + ")");
    }
    if (afterNs > Hint.Back.AFTER_NS_MAX) {
      throw new BadLineException(
          "hint.back_in_s: %s (expected: at most %d)"
              .formatted(seconds(afterNs), Hint.Back.AFTER_NS_MAX / NANOS_PER_SECOND));
    }
    return afterNs;
  }

  /// What stands for a hint in JSON; `null` for none.
  public static String text(Hint hint) {
    return switch (hint) {
      case Hint.None() -> "null";
      case Hint.Done() -> '"' + DONE + '"';
      case Hint.Back(var afterNs) -> "{\"%s\": %s}".formatted(BACK, seconds(afterNs));
    };
  }

  private static String seconds(long nanos) {
    return JsonNumbers.text(nanos, NANO_DIGITS);
  }
}
