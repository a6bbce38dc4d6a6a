// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.log;

import io.incipit.trace.BadLineException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A message of a chat.
///
/// @param role `user` or `assistant` for what goes by other names, else as logged
/// @param pieces of its content, in order
/// @param node as it was logged
record Message(String role, List<Piece> pieces, JsonNode node) {
  static final String ASSISTANT = "assistant";

  /// What a message is made of.
  sealed interface Piece {
    /// Text, or JSON of something that a template would write as such.
    record Text(String text) implements Piece {}

    /// An image, a sound, a file: how many tokens that is, nobody said.
    record Other(JsonNode part) implements Piece {}
  }

  /// The messages of a chat.
  ///
  /// @param name of the member, for the error
  static List<Message> list(String name, JsonNode array) throws BadLineException {
    if (!array.isArray()) {
      throw new BadLineException(
          "%s: %s (expected: an array of messages)".formatted(name, array.getNodeType()));
    }
    var messages = new ArrayList<Message>();
    for (var node : array) {
      var role = LogRow.first(List.of(node), LogNames.ROLES);
      if (role.isEmpty() || !role.get().value().isString()) {
        throw new BadLineException(
            "%s[%d].role: missing (expected: role and content, or from and value)"
                .formatted(name, messages.size()));
      }
      messages.add(of(role.get().value().stringValue(), node));
    }
    return messages;
  }

  /// A message whose role is known.
  static Message of(String role, JsonNode node) {
    var pieces = new ArrayList<Piece>();
    if (node.isObject()) {
      LogRow.first(List.of(node), LogNames.CONTENTS)
          .ifPresent(content -> append(content.value(), pieces));
      for (var name : LogNames.CALLS) {
        if (node.hasNonNull(name)) {
          pieces.add(new Piece.Text(node.get(name).toString()));
        }
      }
    } else {
      append(node, pieces);
    }
    return new Message(known(role), pieces, node);
  }

  boolean isAnswer() {
    return role.equals(ASSISTANT);
  }

  private static String known(String role) {
    if (LogNames.ASSISTANT.contains(role)) {
      return ASSISTANT;
    }
    return LogNames.USER.contains(role) ? "user" : role;
  }

  private static void append(JsonNode content, List<Piece> pieces) {
    if (content.isString()) {
      pieces.add(new Piece.Text(content.stringValue()));
    } else if (content.isArray()) {
      content.forEach(part -> append(part, pieces));
    } else if (content.path("text").isString()) {
      pieces.add(new Piece.Text(content.get("text").stringValue()));
    } else if (content.path("type").asString("").matches(".*(image|audio|video|file|document).*")) {
      pieces.add(new Piece.Other(content));
    } else if (!content.isNull()) {
      pieces.add(new Piece.Text(content.toString()));
    }
  }
}
