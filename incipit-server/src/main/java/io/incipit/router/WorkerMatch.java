// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.block.Tier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// How much of a prompt one worker holds, by data-parallel rank. For one thread.
final class WorkerMatch {
  /// What comes first in an answer.
  static final Comparator<WorkerMatch> BEST_FIRST =
      Comparator.<WorkerMatch>comparingInt(match -> -match.longest())
          .thenComparingInt(match -> -match.upTo(Tier.GPU))
          .thenComparing(match -> match.worker);

  /// Leading blocks of one rank.
  final class Rank {
    private final int number;
    private final int[] upTo = new int[Tier.COUNT];
    private int routed;

    private Rank(int number) {
      this.number = number;
    }

    /// Which of its worker's it is, from 0.
    int number() {
      return number;
    }

    /// Leading blocks with tiers up to one.
    void upTo(Tier tier, int blocks) {
      raise(upTo, tier, blocks);
      raise(bestUpTo, tier, blocks);
    }

    /// Leading blocks in a tier alone.
    void only(Tier tier, int blocks) {
      raise(bestOnly, tier, blocks);
    }

    /// Leading blocks of requests that were routed there.
    void routed(int blocks) {
      routed = Math.max(routed, blocks);
      bestRouted = Math.max(bestRouted, blocks);
    }

    int upTo(Tier tier) {
      return Math.max(upTo[tier.code()], routed);
    }
  }

  private final String worker;

  /// By number.
  private final List<Rank> ranks = new ArrayList<>(1);

  private final int[] bestUpTo = new int[Tier.COUNT];
  private final int[] bestOnly = new int[Tier.COUNT];
  private int bestRouted;
  private boolean partial;

  WorkerMatch(String worker) {
    this.worker = worker;
  }

  private static void raise(int[] most, Tier tier, int blocks) {
    most[tier.code()] = Math.max(most[tier.code()], blocks);
  }

  String worker() {
    return worker;
  }

  Rank rank(int number) {
    int at = 0;
    while (at < ranks.size() && ranks.get(at).number < number) {
      at++;
    }
    if (at == ranks.size() || ranks.get(at).number > number) {
      ranks.add(at, new Rank(number));
    }
    return ranks.get(at);
  }

  /// By number.
  List<Rank> ranks() {
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
    return Math.max(bestUpTo[tier.code()], bestRouted);
  }

  /// The same in a tier alone.
  int only(Tier tier) {
    return tier == Tier.GPU ? upTo(tier) : bestOnly[tier.code()];
  }

  int longest() {
    return upTo(Tier.REMOTE);
  }

  /// Whether it only is that good because of what was routed there.
  boolean isRouted() {
    return bestRouted > bestUpTo[Tier.REMOTE.code()];
  }
}
