// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.log;

import io.incipit.trace.BadLineException;
import io.incipit.trace.prompt.JsonMembers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An object of a log, and the objects in it that a logger may have put things into.
///
/// @param asked the object itself, then what wraps the request, from the outside in
/// @param answered what holds the answer; text if it was logged as that
record LogRow(List<JsonNode> asked, List<JsonNode> answered) {
  /// How deep wrappers are looked into.
  static final int DEPTH_MAX = 3;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Looks into a row.
  static LogRow of(JsonNode row) throws BadLineException {
    var asked = new ArrayList<JsonNode>();
    asked.add(JsonMembers.of(row, "").object());
    int from = 0;
    for (int depth = 0; depth < DEPTH_MAX; depth++) {
      int to = asked.size();
      for (int i = from; i < to; i++) {
        for (var name : LogNames.WRAPPERS) {
          object(asked.get(i).get(name)).ifPresent(asked::add);
        }
      }
      from = to;
    }
    var answered = new ArrayList<JsonNode>();
    for (var name : LogNames.ANSWERS) {
      var answer = row.get(name);
      if (answer != null && !answer.isNull()) {
        var object = object(answer);
        answered.add(object.orElse(answer));
        object.map(its -> its.get("body")).flatMap(LogRow::object).ifPresent(answered::add);
      }
    }
    return new LogRow(asked, answered);
  }

  /// The object that a node is, or has as text.
  private static Optional<JsonNode> object(@Nullable JsonNode node) {
    if (node == null || node.isObject()) {
      return Optional.ofNullable(node);
    }
    if (!node.isString() || !node.stringValue().startsWith("{")) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readTree(node.stringValue())).filter(JsonNode::isObject);
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  /// The first of these members that the request has.
  Optional<Found> asked(List<String> names) {
    return first(asked, names);
  }

  /// The first of these members that one of the objects has.
  static Optional<Found> first(List<JsonNode> objects, List<String> names) {
    for (var object : objects) {
      for (var name : names) {
        if (object.hasNonNull(name)) {
          return Optional.of(new Found(name, object.get(name)));
        }
      }
    }
    return Optional.empty();
  }

  /// When it was asked.
  Optional<Found> time() {
    return asked(LogNames.TIMES).or(() -> first(answered, List.of("created", "created_at")));
  }

  /// Which conversation it belongs to; empty if that was not logged.
  String session() {
    return asked(LogNames.SESSIONS).map(found -> found.value().asString("")).orElse("");
  }

  /// What must be the same for two requests to share blocks: the model, and the salt.
  String scope() {
    var model = asked(List.of("model"));
    var salt = asked(List.of("cache_salt"));
    return text(model) + "\n" + text(salt);
  }

  private static String text(Optional<Found> found) {
    return found.map(its -> its.value().asString("")).orElse("");
  }

  /// Whether it is one request, and not a conversation of a data set.
  boolean isRequest() {
    return asked(List.of("model")).isPresent() || time().isPresent() || !usages().isEmpty();
  }

  /// Tokens of the answer as recorded.
  OptionalLong outputTokens() {
    return count(LogNames.OUTPUT_TOKENS);
  }

  /// Tokens of the prompt as recorded.
  OptionalLong promptTokens() {
    return count(LogNames.PROMPT_TOKENS);
  }

  private OptionalLong count(List<String> names) {
    var objects = new ArrayList<>(usages());
    objects.addAll(asked);
    objects.addAll(answered);
    for (var object : objects) {
      for (var name : names) {
        var value = object.get(name);
        if (value != null && value.isIntegralNumber() && value.longValue() >= 0) {
          return OptionalLong.of(Math.min(value.longValue(), Integer.MAX_VALUE - 8L));
        }
      }
    }
    return OptionalLong.empty();
  }

  private List<JsonNode> usages() {
    var usages = new ArrayList<JsonNode>();
    for (var objects : List.of(answered, asked)) {
      for (var object : objects) {
        object(object.get("usage")).ifPresent(usages::add);
      }
    }
    return usages;
  }

  /// The answer, where there is one: a message, the parts of one, or text.
  Optional<JsonNode> answer() {
    for (var object : answered) {
      if (object.isString()) {
        return Optional.of(object);
      }
      var choice = object.path("choices").path(0);
      for (var node :
          List.of(choice.path("message"), choice.path("text"), object.path("content"))) {
        if (node.isObject() || node.isString() || node.isArray()) {
          return Optional.of(node);
        }
      }
    }
    return Optional.empty();
  }

  /// A member that was found.
  record Found(String name, JsonNode value) {}
}
