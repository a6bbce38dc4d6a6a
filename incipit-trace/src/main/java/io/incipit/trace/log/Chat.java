// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.log;

import io.incipit.trace.TextReading;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The prompt of a chat, message by message, as a template of no model in particular writes it:
/// before a message a token, its role and a token, behind it a token. A prompt ends where the
/// answer's content begins, so the answer's message continues it. For one thread.
final class Chat {
  /// Tokens that no tokenizer makes; the bytes of the last three are no UTF-8.
  private static final int BEGIN = -1;

  private static final int CONTENT = -2;
  private static final int END = -3;

  private final KnownTexts texts;
  private final PromptTokens tokens;
  private long others;
  private int messages;

  Chat(KnownTexts texts, TextReading reading) {
    this.texts = texts;
    this.tokens = new PromptTokens(reading.blockTokens());
  }

  /// Writes what stands before the messages: tools, and instructions.
  void begin(LogRow row) {
    row.asked(LogNames.SYSTEM).ifPresent(found -> add(Message.of("system", found.value())));
    row.asked(LogNames.TOOLS)
        .map(LogRow.Found::value)
        .filter(tools -> tools.isArray() && !tools.isEmpty())
        .ifPresent(tools -> add(tools(tools)));
  }

  private static Message tools(JsonNode tools) {
    return new Message("tools", List.of(new Message.Piece.Text(tools.toString())), tools);
  }

  /// Writes a whole message.
  void add(Message message) {
    open(message.role());
    fill(message);
  }

  /// Writes what stands before the content of an answer.
  void openAnswer() {
    open(Message.ASSISTANT);
  }

  private void open(String role) {
    tokens.add(BEGIN);
    tokens.add(texts.tokens(role));
    tokens.add(CONTENT);
  }

  /// Writes the content of the message that was opened, and ends it.
  void fill(Message message) {
    for (var piece : message.pieces()) {
      switch (piece) {
        case Message.Piece.Text(var text) -> tokens.add(texts.tokens(text));
        case Message.Piece.Other(var part) -> {
          tokens.add(part.toString().hashCode());
          others++;
        }
      }
    }
    tokens.add(END);
    messages++;
  }

  /// Tokens of an answer's content.
  int tokens(Message answer) {
    int count = 0;
    for (var piece : answer.pieces()) {
      count += piece instanceof Message.Piece.Text(var text) ? texts.tokens(text).length : 1;
    }
    return count;
  }

  /// The prompt so far.
  PromptTokens prompt() {
    return tokens;
  }

  /// Whole messages so far.
  int messages() {
    return messages;
  }

  /// Parts so far that were no text.
  long others() {
    return others;
  }
}
