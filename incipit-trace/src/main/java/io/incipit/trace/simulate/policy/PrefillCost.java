// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

/// What it costs to compute a block's KV again, in units of a full block without any context.
///
/// The linear part of a transformer costs every token the same, attention costs in proportion to
/// the tokens before it. For a model of 8 billion parameters both are equal at 30,720 tokens: 2 x
/// 8.03e9 operations a token against 4 x 32 layers x 4,096 x the tokens before. So the block at
/// depth p, filled to a fraction f, costs f (1 + (p + 0.5) / X), X being 30,720 tokens in blocks.
public final class PrefillCost {
  private static final double LINEAR_TOKENS = 30_720;

  private PrefillCost() {}

  /// The depth X at which attention costs as much as all the rest.
  public static double linearBlocks(int blockTokens) {
    return LINEAR_TOKENS / blockTokens;
  }

  /// The cost of one full block.
  ///
  /// @param depth blocks before it
  /// @param linearBlocks from [#linearBlocks]
  static double ofBlock(int depth, double linearBlocks) {
    return 1 + (depth + 0.5) / linearBlocks;
  }

  /// The cost of the first `tokens` of a prompt, all blocks together.
  public static double ofPrefix(long tokens, int blockTokens) {
    double linear = linearBlocks(blockTokens);
    long full = tokens / blockTokens;
    double part = (double) (tokens % blockTokens) / blockTokens;
    // The sum of (p + 0.5) for p below n is n^2 / 2.
    return full + full * (double) full / (2 * linear) + part * (1 + (full + 0.5) / linear);
  }
}
