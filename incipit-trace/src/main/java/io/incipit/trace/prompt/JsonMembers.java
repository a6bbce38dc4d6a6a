// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.prompt;

import io.incipit.trace.BadLineException;
import io.incipit.trace.JsonFaults;
import io.incipit.trace.JsonNumbers;
import io.incipit.trace.LineSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The members of a JSON object, each with a check and a refusal that names it.
///
/// @param place what to write before a name in refusals, such as `requests[3].`; may be empty
public record JsonMembers(JsonNode object, String place) {
  /// Reads JSON and refuses two members of one name.
  static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                  .build())
          .build();

  private static final int BLOCKS_MAX = 1 << 20;
  private static final double TIME_NS_MAX = 4e18;

  /// The object that a line is.
  static JsonMembers of(LineSource lines) throws BadLineException {
    if (lines.tooLong()) {
      throw new BadLineException(
          "line too long (expected: at most %d bytes)".formatted(LineSource.LINE_BYTES_MAX));
    }
    try {
      var node = JSON.readTree(lines.bytes(), lines.offset(), lines.length());
      return of(node, "");
    } catch (JacksonException broken) {
      throw new BadLineException(
          "not JSON, %s (expected: one object a line)".formatted(reason(broken)));
    }
  }

  /// The object that a node is.
  public static JsonMembers of(JsonNode node, String place) throws BadLineException {
    if (!node.isObject()) {
      throw new BadLineException(
          "%s%s (expected: a JSON object)".formatted(place, node.getNodeType()));
    }
    return new JsonMembers(node, place);
  }

  /// What is wrong with broken JSON, in a few words.
  public static String reason(JacksonException broken) {
    return JsonFaults.reason(broken);
  }

  public boolean has(String name) {
    return object.hasNonNull(name);
  }

  /// An integer in `[min, max]`, in any spelling: `1024`, `1024.0`, `1.024e3`.
  public long integer(String name, long min, long max) throws BadLineException {
    var node = required(name, "an integer");
    boolean exact = node.isIntegralNumber() && node.canConvertToLong();
    boolean whole = node.isFloatingPointNumber() && JsonNumbers.isWhole(node.doubleValue());
    long value = exact ? node.longValue() : whole ? (long) node.doubleValue() : min - 1;
    if (value < min || value > max || !(exact || whole)) {
      throw refused(name, node, "%d to %d".formatted(min, max));
    }
    return value;
  }

  public int tokens(String name, int min) throws BadLineException {
    return (int) integer(name, min, Integer.MAX_VALUE - 8L);
  }

  /// A number from 0 on, in nanoseconds.
  ///
  /// @param unitNs nanoseconds of what the number counts
  public long timeNs(String name, double unitNs) throws BadLineException {
    var node = required(name, "a number from 0 on");
    if (!node.isNumber()
        || !(node.doubleValue() >= 0)
        || node.doubleValue() * unitNs > TIME_NS_MAX) {
      throw refused(name, node, "a number from 0 on");
    }
    return Math.round(node.doubleValue() * unitNs);
  }

  public String text(String name) throws BadLineException {
    var node = required(name, "a text");
    if (!node.isString()) {
      throw refused(name, node, "a text");
    }
    return node.stringValue();
  }

  /// An object.
  public JsonMembers member(String name) throws BadLineException {
    return of(required(name, "an object"), place + name + ": ");
  }

  /// An array of integers of up to 64 bits, signed or not, or of texts.
  public long[] ids(String name) throws BadLineException {
    var node = required(name, "an array of ids");
    if (!node.isArray() || node.size() > BLOCKS_MAX) {
      throw refused(name, node, "an array of at most %d ids".formatted(BLOCKS_MAX));
    }
    var ids = new long[node.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = id(name, i, node.get(i));
    }
    return ids;
  }

  private long id(String name, int i, JsonNode node) throws BadLineException {
    if (node.isIntegralNumber()) {
      var value = node.bigIntegerValue();
      if (node.canConvertToLong() || (value.signum() > 0 && value.bitLength() <= Long.SIZE)) {
        return value.longValue();
      }
    }
    if (node.isFloatingPointNumber() && JsonNumbers.isWhole(node.doubleValue())) {
      return (long) node.doubleValue();
    }
    if (node.isString() && !node.stringValue().isEmpty()) {
      return JsonNumbers.id(node.stringValue());
    }
    throw refused("%s[%d]".formatted(name, i), node, "an integer of up to 64 bits, or a text");
  }

  private JsonNode required(String name, String expected) throws BadLineException {
    var node = object.get(name);
    if (node == null) {
      throw new BadLineException("%s%s: missing (expected: %s)".formatted(place, name, expected));
    }
    return node;
  }

  private BadLineException refused(String name, JsonNode node, String expected) {
    var text = node.toString();
    var shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
    return new BadLineException("%s%s: %s (expected: %s)".formatted(place, name, shown, expected));
  }
}
