// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.event;

import io.incipit.block.Tier;
import java.util.Locale;

/// What engines call the places of blocks.
final class Media {
  private Media() {}

  /// The tier of a medium, in any case; what nobody knows is remote.
  static Tier tier(String medium) {
    if (medium.equals("GPU")) {
      return Tier.GPU;
    }
    return switch (medium.toUpperCase(Locale.ROOT)) {
      case "", "GPU", "DEVICE" -> Tier.GPU;
      case "CPU", "CPU_PINNED", "CPU_TIER1", "HOST", "HOST_PINNED" -> Tier.HOST;
      case "DISK", "STORAGE" -> Tier.DISK;
      default -> Tier.REMOTE;
    };
  }
}
