// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.incipit.block.Hash64;
import java.math.BigDecimal;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Numbers and ids of a line of JSON, as traces have them.
public final class JsonNumbers {
  /// The largest number up to which every integer has a double of its own.
  public static final double WHOLE_MAX = 1L << 53;

  private static final double TIME_NS_MAX = 4e18;
  private static final long NONE = -1;

  private JsonNumbers() {}

  /// The integer at which a parser stands, in any spelling: `1024`, `1024.0`, `1.024e3`. A negative
  /// one is refused: it would pass for a missing member.
  ///
  /// @param name of the member, for the error
  public static long integer(JsonParser json, String name) throws BadLineException {
    long value = NONE;
    if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      value = isLong(json) ? json.getLongValue() : NONE;
    } else if (json.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
      value = isWhole(json.getDoubleValue()) ? (long) json.getDoubleValue() : NONE;
    }
    if (value < 0) {
      throw refused(json, name, "an integer from 0 on");
    }
    return value;
  }

  /// The time at which a parser stands, in nanoseconds; any number from 0 on.
  ///
  /// @param unitNs nanoseconds of what the number counts
  public static long timeNs(JsonParser json, String name, long unitNs) throws BadLineException {
    var token = json.currentToken();
    double value = token != null && token.isNumeric() ? json.getDoubleValue() : NONE;
    if (!(value >= 0 && value * unitNs <= TIME_NS_MAX)) {
      throw refused(json, name, "a number from 0 on");
    }
    boolean exact = token == JsonToken.VALUE_NUMBER_INT;
    return exact ? json.getLongValue() * unitNs : Math.round(value * unitNs);
  }

  /// A time as JSON has numbers, with as many digits as it needs.
  ///
  /// @param nanoDigits digits of the unit in nanoseconds: 9 for seconds
  public static String text(long timeNs, int nanoDigits) {
    return BigDecimal.valueOf(timeNs, nanoDigits).stripTrailingZeros().toPlainString();
  }

  /// The id at which a parser stands: an integer of up to 64 bits, signed or not, or a text.
  public static long id(JsonParser json, String name) throws BadLineException {
    var token = json.currentToken();
    if (token == JsonToken.VALUE_NUMBER_INT && isLong(json)) {
      return json.getLongValue();
    }
    if (token == JsonToken.VALUE_NUMBER_INT) {
      var large = json.getBigIntegerValue();
      if (large.signum() > 0 && large.bitLength() <= Long.SIZE) {
        return large.longValue();
      }
    }
    if (token == JsonToken.VALUE_NUMBER_FLOAT && isWhole(json.getDoubleValue())) {
      return (long) json.getDoubleValue();
    }
    if (token == JsonToken.VALUE_STRING && !json.getString().isEmpty()) {
      return id(json.getString());
    }
    throw refused(json, name, "an integer of up to 64 bits, or a text");
  }

  /// What stands for an id that is a text: 16 hexadecimal digits for themselves, others for a hash
  /// of ours.
  public static long id(String text) {
    if (text.matches("[0-9a-fA-F]{16}")) {
      return Long.parseUnsignedLong(text, 16);
    }
    var bytes = text.getBytes(UTF_8);
    return Hash64.chain(0, bytes, 0, bytes.length);
  }

  /// Whether a number is an integer from 0 on that nothing was rounded to.
  public static boolean isWhole(double value) {
    return value >= 0 && value <= WHOLE_MAX && value == Math.rint(value);
  }

  private static boolean isLong(JsonParser json) {
    return json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
  }

  private static BadLineException refused(JsonParser json, String name, String expected) {
    return new BadLineException(
        "%s: %s (expected: %s)".formatted(name, json.getString(), expected));
  }
}
