// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import java.util.Locale;
import java.util.Optional;

/// Where an owner keeps a block, fastest first. The code is the one on the wire.
public enum Tier {
  GPU(0),
  HOST(1),
  DISK(2),
  REMOTE(3);

  /// How many tiers there are; codes lie in `[0, COUNT)`.
  public static final int COUNT = 4;

  /// A mask with the bit of every tier set.
  public static final int ALL_MASK = (1 << COUNT) - 1;

  private static final Tier[] BY_CODE = values();

  private final int code;

  Tier(int code) {
    this.code = code;
  }

  /// The wire code, in `[0, 4)`.
  public int code() {
    return code;
  }

  /// The bit of this tier in a tier mask.
  public int mask() {
    return 1 << code;
  }

  /// The tier of a wire code.
  ///
  /// @throws IllegalArgumentException if `code` is not in `[0, 4)`
  public static Tier of(int code) {
    if (code < 0 || code >= COUNT) {
      throw new IllegalArgumentException("tier: %d (expected: 0 to 3)".formatted(code));
    }
    return BY_CODE[code];
  }

  /// The tier called `text` in any case, or its code in digits; empty for anything else.
  public static Optional<Tier> parse(String text) {
    var wanted = text.toUpperCase(Locale.ROOT);
    for (var tier : BY_CODE) {
      if (tier.name().equals(wanted) || Integer.toString(tier.code()).equals(wanted)) {
        return Optional.of(tier);
      }
    }
    return Optional.empty();
  }
}
