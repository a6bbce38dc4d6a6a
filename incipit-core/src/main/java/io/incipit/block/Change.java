// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import java.util.Optional;

/// One change in an owner's stream. Changes of a publish apply in order, with set semantics: to
/// store what is held, or to remove what is not, changes nothing.
public sealed interface Change {
  /// The owner now holds `hashes`, consecutive children starting below `parent`.
  ///
  /// @param parent the block before the first one; of length 0 for the first block of a prompt,
  ///     else 1
  /// @param skip how many of the first hashes are named for their place only and not held, so that
  ///     what lies below a hole can be told; in `[0, hashes.length()]`
  record Store(Tier tier, BlockChain parent, BlockChain hashes, int skip) implements Change {
    /// Holds all of `hashes`.
    public Store(Tier tier, BlockChain parent, BlockChain hashes) {
      this(tier, parent, hashes, 0);
    }

    public Store {
      if (skip < 0 || skip > hashes.length()) {
        throw new IllegalArgumentException(
            "skip: %d (expected: 0 to %d)".formatted(skip, hashes.length()));
      }
      if (parent.length() > 1) {
        throw new IllegalArgumentException(
            "parent: %d hashes (expected: none or 1)".formatted(parent.length()));
      }
    }
  }

  /// The owner no longer holds `hashes`, named without their chains and in any order.
  record Remove(Tier tier, BlockChain hashes) implements Change {}

  /// The owner holds nothing any more, in `tier` or, if empty, in any tier.
  record Clear(Optional<Tier> tier) implements Change {}

  /// The owner has sent all it holds: it is whole again.
  record Synced() implements Change {}
}
