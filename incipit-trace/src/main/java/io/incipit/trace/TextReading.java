// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import io.incipit.trace.token.Tokenizer;
import io.incipit.trace.token.Tokenizers;

/// How prompts that a trace has as text become tokens and blocks.
///
/// @param blockTokens tokens of a block, in `[1, TraceHead.BLOCK_TOKENS_MAX]`
/// @param tokenizerAsked whether somebody asked for it; a trace without text has no use for it
/// @param blockTokensAsked whether somebody asked for them; most traces of blocks say them
public record TextReading(
    Tokenizer tokenizer, int blockTokens, boolean tokenizerAsked, boolean blockTokensAsked) {
  /// Tokens of a block if nobody says otherwise: as in vLLM.
  public static final int BLOCK_TOKENS = 16;

  /// Four bytes a token, and the usual blocks.
  public static final TextReading USUAL =
      new TextReading(Tokenizers.bytes(), BLOCK_TOKENS, false, false);

  public TextReading {
    if (blockTokens < 1 || blockTokens > TraceHead.BLOCK_TOKENS_MAX) {
      throw new IllegalArgumentException(
          "blockTokens: %d (expected: 1 to %d)".formatted(blockTokens, TraceHead.BLOCK_TOKENS_MAX));
    }
  }
}
