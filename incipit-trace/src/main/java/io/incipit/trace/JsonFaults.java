// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/// What is wrong with JSON that cannot be read, in words about the JSON.
public final class JsonFaults {
  private static final Pattern DUPLICATE =
      Pattern.compile("Duplicate [^\"']*[\"']([^\"']*)[\"'].*", Pattern.DOTALL);

  private JsonFaults() {}

  /// What stands where an object is expected.
  ///
  /// @param token null at the end
  public static String name(@Nullable JsonToken token) {
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      default -> String.valueOf(token.asString());
    };
  }

  /// A few words, to follow "not JSON, ".
  public static String reason(JacksonException broken) {
    var message = String.valueOf(broken.getOriginalMessage());
    if (broken instanceof UnexpectedEndOfInputException || message.contains("end-of-input")) {
      return "ends before its object does";
    }
    var duplicate = DUPLICATE.matcher(message);
    if (duplicate.matches()) {
      return "two members named " + duplicate.group(1);
    }
    var place = broken.getLocation();
    return place == null || place.getColumnNr() < 1
        ? "broken"
        : "broken at column " + place.getColumnNr();
  }
}
