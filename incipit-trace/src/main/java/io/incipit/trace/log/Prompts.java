// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.log;

import io.incipit.trace.BadLineException;
import io.incipit.trace.TextReading;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The prompts of a request for completions: it may have several.
final class Prompts {
  private Prompts() {}

  /// A text, the numbers of its tokens, or an array of either.
  static List<PromptTokens> of(LogRow.Found found, TextReading reading, KnownTexts texts)
      throws BadLineException {
    var value = found.value();
    var prompts = new ArrayList<PromptTokens>();
    boolean several = value.isArray() && !value.path(0).isIntegralNumber();
    for (var prompt : several ? value : List.of(value)) {
      var tokens = new PromptTokens(reading.blockTokens());
      append(found.name(), prompt, texts, tokens);
      if (tokens.length() == 0) {
        throw new BadLineException(
            "%s: empty (expected: at least a token)".formatted(found.name()));
      }
      prompts.add(tokens);
    }
    if (prompts.isEmpty()) {
      throw new BadLineException("%s: [] (expected: at least a prompt)".formatted(found.name()));
    }
    return prompts;
  }

  private static void append(String name, JsonNode prompt, KnownTexts texts, PromptTokens tokens)
      throws BadLineException {
    if (prompt.isString()) {
      tokens.add(texts.tokens(prompt.stringValue()));
      return;
    }
    boolean numbers = prompt.isArray();
    for (var token : prompt) {
      numbers &= token.isIntegralNumber() && token.canConvertToInt();
    }
    if (!numbers) {
      throw new BadLineException(
          "%s: %s (expected: a text, an array of token numbers, or an array of either)"
              .formatted(name, prompt.getNodeType()));
    }
    for (var token : prompt) {
      tokens.add(token.intValue());
    }
  }
}
