// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.generate;

import java.util.Arrays;

/// A prompt as its blocks; prompts that begin alike share them. Immutable but for the ids.
final class Prompt {
  private final Block[] blocks;
  private final int tokens;
  private final int before;
  private final int blockTokens;

  private Prompt(Block[] blocks, int tokens, int before, int blockTokens) {
    this.blocks = blocks;
    this.tokens = tokens;
    this.before = before;
    this.blockTokens = blockTokens;
  }

  /// A prompt that others go on from.
  static Prompt shared(int tokens, int blockTokens) {
    return new Prompt(new Block[0], 0, 0, blockTokens).then(0, tokens);
  }

  /// The first `kept` tokens of this prompt, and `added` others behind them.
  Prompt then(int kept, int added) {
    int total = kept + added;
    var next = Arrays.copyOf(blocks, Math.ceilDiv(total, blockTokens));
    for (int i = kept / blockTokens; i < next.length; i++) {
      next[i] = new Block();
    }
    return new Prompt(next, total, kept, blockTokens);
  }

  int tokens() {
    return tokens;
  }

  /// Tokens that came before the last ones added.
  int before() {
    return before;
  }

  int length() {
    return blocks.length;
  }

  Block block(int i) {
    return blocks[i];
  }

  /// A block; without an id until it is first seen.
  static final class Block {
    long id = -1;
  }
}
