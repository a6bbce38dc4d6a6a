// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.block.Tier;
import java.util.List;

/// How much of a prompt the workers of a fleet hold.
///
/// @param workers best first
/// @param isTruncated whether some were left out because there are so many; each has the floor
/// @param floor leading blocks by tier, cumulative, that all have who were left out
/// @param unknown those asked for by name of whom nothing is known
record FleetMatch(
    List<WorkerMatch> workers, boolean isTruncated, List<Integer> floor, List<String> unknown) {
  FleetMatch {
    workers = List.copyOf(workers);
    floor = List.copyOf(floor);
    unknown = List.copyOf(unknown);
  }

  /// Leading blocks that who were left out have with tiers up to one.
  int floor(Tier tier) {
    return floor.get(tier.code());
  }

  /// For each leading block how many ranks have it in the first tier.
  int[] frequencies() {
    int longest = workers.stream().mapToInt(worker -> worker.upTo(Tier.GPU)).max().orElse(0);
    var frequencies = new int[longest];
    for (var worker : workers) {
      for (var rank : worker.ranks()) {
        int blocks = rank.upTo(Tier.GPU);
        if (blocks > 0) {
          frequencies[blocks - 1]++;
        }
      }
    }
    for (int i = longest - 2; i >= 0; i--) {
      frequencies[i] += frequencies[i + 1];
    }
    return frequencies;
  }
}
