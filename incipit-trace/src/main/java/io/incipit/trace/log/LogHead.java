// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.log;

import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Whether a file begins like a log of prompts. The first object may be cut off.
final class LogHead {
  private static final JsonFactory JSON = new JsonFactory();

  private LogHead() {}

  /// Whether the first object, which may stand in an array, has prompts or messages, at its top or
  /// in what wraps a request.
  static boolean hasPrompts(byte[] bytes) {
    try (var json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      var first = json.nextToken();
      if (first == JsonToken.START_ARRAY) {
        first = json.nextToken();
      }
      return first == JsonToken.START_OBJECT && hasPrompts(json, LogRow.DEPTH_MAX);
    } catch (JacksonException cut) {
      return false;
    }
  }

  private static boolean hasPrompts(JsonParser json, int deeper) {
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      var name = String.valueOf(json.currentName());
      var value = json.nextToken();
      if (isPrompts(name, value)) {
        return true;
      }
      if (deeper > 0 && LogNames.WRAPPERS.contains(name)) {
        if (value == JsonToken.START_OBJECT) {
          if (hasPrompts(json, deeper - 1)) {
            return true;
          }
          continue;
        }
        if (value == JsonToken.VALUE_STRING && isWrapped(json.getString())) {
          return true;
        }
      }
      json.skipChildren();
    }
    return false;
  }

  private static boolean isPrompts(String name, JsonToken value) {
    boolean several = value == JsonToken.START_ARRAY;
    boolean messages = LogNames.MESSAGES.contains(name) || LogNames.CONVERSATIONS.contains(name);
    return (messages && several)
        || (LogNames.PROMPTS.contains(name) && (several || value == JsonToken.VALUE_STRING));
  }

  private static boolean isWrapped(String text) {
    return text.startsWith("{")
        && List.of("\"messages\"", "\"prompt\"").stream().anyMatch(text::contains);
  }
}
