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
  record Store(Tier tier, BlockChain parent, BlockChain hashes) implements Change {
    public Store {
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
