// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import io.incipit.block.Tier;

/// Sizes of the packed records in replies; little-endian.
///
/// ```
/// interval   from u32 | to u32 | owner u32 | tier u8, 3 zero
/// holder     owner u32 | tier u8, 3 zero
/// counts     blocks u32, for each tier
/// score      owner u32 | counts
/// ```
final class Records {
  static final int INTERVAL_BYTES = 16;
  static final int HOLDER_BYTES = 8;
  static final int COUNTS_BYTES = 4 * Tier.COUNT;
  static final int SCORE_BYTES = 4 + COUNTS_BYTES;

  private Records() {}
}
