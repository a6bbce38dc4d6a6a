// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Reads what was posted. Costs a long for each number, whatever else is there is left out.
final class BodyReader {
  /// Digits of 2^64 - 1.
  private static final int DIGITS_MAX = 20;

  private static final JsonFactory JSON = JsonFactory.builder().build();

  private BodyReader() {}

  /// The object that some bytes say.
  static Body read(byte[] bytes) {
    if (bytes.length == 0) {
      throw new RefusalException(400, "body: empty (expected: a JSON object)");
    }
    try (var json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new RefusalException(400, "body: no object (expected: a JSON object)");
      }
      var body = object(json, true);
      if (json.nextToken() != null) {
        throw new RefusalException(400, "body: more after the object (expected: one JSON object)");
      }
      return body;
    } catch (JacksonException broken) {
      var place = broken.getLocation();
      throw new RefusalException(
          400,
          "body: not JSON at line %d, column %d (expected: a JSON object)"
              .formatted(place.getLineNr(), place.getColumnNr()));
    }
  }

  private static Body object(JsonParser json, boolean withObjects) {
    Map<String, Object> members = new HashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      var name = json.currentName();
      json.nextToken();
      var value =
          json.currentToken() == JsonToken.START_ARRAY ? array(json, withObjects) : scalar(json);
      if (value != null) {
        members.put(name, value);
      }
    }
    return new Body(members);
  }

  /// A value that is no array; null for one that says nothing, or nothing that anybody asks for.
  private static @Nullable Object scalar(JsonParser json) {
    return switch (json.currentToken()) {
      case VALUE_STRING -> json.getString();
      case VALUE_NUMBER_INT ->
          json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? json.getBigIntegerValue()
              : (Object) json.getLongValue();
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> {
        json.skipChildren();
        yield null;
      }
    };
  }

  private static Object array(JsonParser json, boolean withObjects) {
    var numbers = new Numbers();
    List<Object> others = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() == JsonToken.VALUE_NUMBER_INT && others.isEmpty()) {
        numbers.add(bits(json));
      } else {
        var value =
            withObjects && json.currentToken() == JsonToken.START_OBJECT
                ? object(json, false)
                : scalar(json);
        move(numbers, others);
        others.add(value == null ? "null" : value);
      }
    }
    return others.isEmpty() ? numbers : others;
  }

  /// The numbers before the first that is none.
  private static void move(Numbers numbers, List<Object> others) {
    if (others.isEmpty()) {
      for (int i = 0; i < numbers.count(); i++) {
        others.add(numbers.get(i));
      }
    }
  }

  /// The 64 bits of a whole number, signed or not. Read from its digits as they came: hashes have
  /// so many that the parser would make an object of each.
  private static long bits(JsonParser json) {
    var digits = json.getStringCharacters();
    int at = json.getStringOffset();
    int end = at + json.getStringLength();
    boolean negative = digits[at] == '-';
    at += negative ? 1 : 0;
    if (end - at > DIGITS_MAX) {
      throw tooLarge(json);
    }
    long bits = 0;
    int last = end - at == DIGITS_MAX ? end - 1 : end;
    for (; at < last; at++) {
      bits = 10 * bits + digits[at] - '0';
    }
    if (at < end) {
      int digit = digits[at] - '0';
      if (Long.compareUnsigned(bits, Long.divideUnsigned(-1L - digit, 10)) > 0) {
        throw tooLarge(json);
      }
      bits = 10 * bits + digit;
    }
    if (negative && Long.compareUnsigned(bits, Long.MIN_VALUE) > 0) {
      throw tooLarge(json);
    }
    return negative ? -bits : bits;
  }

  private static RefusalException tooLarge(JsonParser json) {
    return new RefusalException(
        400,
        "%s: %s (expected: at most 64 bits)"
            .formatted(json.streamReadContext().getParent().currentName(), json.getString()));
  }
}
