// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.block.Tier;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/// How much of a prompt one worker holds, by data-parallel rank. For one thread.
final class WorkerMatch {
  /// What comes first in an answer.
  static final Comparator<WorkerMatch> BEST_FIRST =
      Comparator.<WorkerMatch>comparingInt(match -> -match.longest())
          .thenComparingInt(match -> -match.upTo(Tier.GPU))
          .thenComparing(match -> match.worker);

  /// Leading blocks of one rank.
  static final class Rank {
    private final int[] upTo = new int[Tier.COUNT];
    private final int[] only = new int[Tier.COUNT];
    private int routed;

    /// Leading blocks with tiers up to one.
    void upTo(Tier tier, int blocks) {
      upTo[tier.code()] = Math.max(upTo[tier.code()], blocks);
    }

    /// Leading blocks in a tier alone.
    void only(Tier tier, int blocks) {
      only[tier.code()] = Math.max(only[tier.code()], blocks);
    }

    /// Leading blocks of requests that were routed there.
    void routed(int blocks) {
      routed = Math.max(routed, blocks);
    }

    int upTo(Tier tier) {
      return Math.max(upTo[tier.code()], routed);
    }

    int only(Tier tier) {
      return tier == Tier.GPU ? upTo(tier) : only[tier.code()];
    }
  }

  private final String worker;
  private final TreeMap<Integer, Rank> ranks = new TreeMap<>();
  private boolean partial;

  WorkerMatch(String worker) {
    this.worker = worker;
  }

  String worker() {
    return worker;
  }

  Rank rank(int number) {
    return ranks.computeIfAbsent(number, _ -> new Rank());
  }

  /// By number.
  Map<Integer, Rank> ranks() {
    return ranks;
  }

  /// It may hold more than is known.
  void partial() {
    partial = true;
  }

  boolean isPartial() {
    return partial;
  }

  /// Leading blocks that its best rank has, with tiers up to one.
  int upTo(Tier tier) {
    return ranks.values().stream().mapToInt(rank -> rank.upTo(tier)).max().orElse(0);
  }

  /// The same in a tier alone.
  int only(Tier tier) {
    return ranks.values().stream().mapToInt(rank -> rank.only(tier)).max().orElse(0);
  }

  int longest() {
    return upTo(Tier.REMOTE);
  }

  /// Whether it only is that good because of what was routed there.
  boolean isRouted() {
    return ranks.values().stream()
        .anyMatch(rank -> rank.routed > rank.upTo[Tier.REMOTE.code()] && rank.routed == longest());
  }
}
