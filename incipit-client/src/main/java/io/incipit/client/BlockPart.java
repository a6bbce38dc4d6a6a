// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.block.BlockChain;

/// One piece of one block of a prompt.
///
/// @param chain of the prompt, at least up to the block
/// @param index of the block in it
/// @param part number of the piece, such as that of a rank or of a group of layers
/// @param parts that the block has
public record BlockPart(BlockChain chain, int index, int part, int parts) {
  private static final int PARTS_MAX = 4_096;

  /// Checks.
  public BlockPart {
    if (index < 0 || index >= chain.length()) {
      throw new IllegalArgumentException(
          "index: %d (expected: in [0, %d))".formatted(index, chain.length()));
    }
    if (part < 0 || part >= parts || parts > PARTS_MAX) {
      throw new IllegalArgumentException(
          "part: %d of %d (expected: below the number of parts, which is at most %d)"
              .formatted(part, parts, PARTS_MAX));
    }
  }

  /// A block that has one part.
  public static BlockPart whole(BlockChain chain, int index) {
    return new BlockPart(chain, index, 0, 1);
  }

  /// The block before it: a chain of one, or of none at the start of a prompt.
  BlockChain parent() {
    return chain.slice(Math.max(0, index - 1), index);
  }

  /// The block: a chain of one.
  BlockChain hash() {
    return chain.slice(index, index + 1);
  }
}
