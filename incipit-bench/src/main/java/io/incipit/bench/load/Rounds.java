// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.bench.report.Samples;
import io.incipit.bench.target.Chains;
import io.incipit.bench.target.IncipitTarget;
import io.incipit.bench.target.MapTarget;
import io.incipit.bench.target.Question;
import io.incipit.bench.target.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/// Measures targets in rounds: in each round each target has its turn, so that what disturbs the
/// machine disturbs all of them. A sample is CPU time of the work less CPU time of taking the same
/// chains without doing anything with them, measured in the same round.
final class Rounds {
  private static final int PASSES_MAX = 64;
  private static final int DIGESTS = 500;

  /// What is left of a sample at least, where taking the chain cost as much as the work.
  private static final double LEAST_NS = 1;

  private final Samples samples;
  private final long sampleNs;

  /// @param sampleNs CPU time that goes into a sample, about, by repeating short work
  Rounds(Samples samples, long sampleNs) {
    this.samples = samples;
    this.sampleNs = sampleNs;
  }

  /// Stores a workload in new targets, round by round, ours once for each way to name a place.
  ///
  /// @return the targets of the last round, full; of ours, the one with look-up by hash
  List<Target> put(Workload workload, List<Supplier<Target>> others, int count) {
    int longest = Math.max(workload.full().longest(), workload.feed().chains().longest());
    int width = workload.full().hashBytes();
    var last = new ArrayList<Target>();
    // Ours is compiled for chains of this length first; the others do the same work for all.
    put(workload.feed(), IncipitTarget.anchored(longest, 1, width));
    put(workload.feed(), IncipitTarget.byHash(longest, 1, width));
    for (int round = 0; round < count; round++) {
      last.clear();
      Memory.collect();
      for (var maker : others) {
        var target = maker.get();
        double took = put(workload.feed(), target);
        samples.add("put.anchored." + workload.name(), target.name(), took);
        samples.add("put.removal." + workload.name(), target.name(), took);
        last.add(target);
        if (round == count - 1) {
          // Slides the entries of a map together in the order of their making, which suits it best;
          // a young collection later would scatter them.
          Memory.collect();
        }
      }
      var anchored = IncipitTarget.anchored(longest, 1, width);
      samples.add("put.anchored." + workload.name(), Samples.OURS, put(workload.feed(), anchored));
      var byHash = IncipitTarget.byHash(longest, 1, width);
      samples.add("put.removal." + workload.name(), Samples.OURS, put(workload.feed(), byHash));
      last.add(byHash);
    }
    return List.copyOf(last);
  }

  private static double put(Feed feed, Target target) {
    long start = target.cpuNs();
    feed.run(target, true);
    long told = target.cpuNs();
    feed.run(target, false);
    long taken = target.cpuNs();
    return net(told - start, taken - told, feed.blocks());
  }

  private static double net(long workNs, long takingNs, long operations) {
    return Math.max(LEAST_NS, (double) (workNs - takingNs) / operations);
  }

  /// Stores and drops what one owner does, in new targets, round by round.
  void churn(String name, Churn churn, int longest, int steps, int count) {
    for (int round = 0; round < count; round++) {
      Memory.collect();
      var map = MapTarget.hashMap(longest);
      double theirs = churn(churn, map, steps);
      samples.add("churn.anchored." + name, map.name(), theirs);
      samples.add("churn.removal." + name, map.name(), theirs);
      churnOurs(name, churn, longest, steps);
    }
  }

  /// The same in ours alone.
  void churnAlone(String name, Churn churn, int longest, int steps, int count) {
    for (int round = 0; round < count; round++) {
      Memory.collect();
      churnOurs(name, churn, longest, steps);
    }
  }

  private void churnOurs(String name, Churn churn, int longest, int steps) {
    int width = churn.chains().hashBytes();
    double anchored = churn(churn, IncipitTarget.anchored(longest, 1, width), steps);
    samples.add("churn.anchored." + name, Samples.OURS, anchored);
    var byHash = IncipitTarget.byHash(longest, 1, width);
    samples.add("churn.removal." + name, Samples.OURS, churn(churn, byHash, steps));
  }

  private static double churn(Churn churn, Target target, int steps) {
    churn.fill(target);
    long start = target.cpuNs();
    for (int i = 0; i < steps; i++) {
      churn.step(target, i, true);
    }
    long told = target.cpuNs();
    for (int i = 0; i < steps; i++) {
      churn.step(target, i, false);
    }
    long taken = target.cpuNs();
    return net(told - start, taken - told, churn.changes(steps));
  }

  /// Asks all targets for all chains.
  ///
  /// @throws IllegalStateException if two targets do not say the same
  void ask(
      String cell, List<? extends Target> targets, Chains chains, Question question, int count) {
    var able = targets.stream().filter(target -> target.answers(question)).toList();
    requireEqual(cell, able, chains, question);
    var sums = new long[able.size()];
    var passes = new int[able.size()];
    for (int i = 0; i < passes.length; i++) {
      long start = able.get(i).cpuNs();
      sums[i] = pass(able.get(i), chains, question);
      long took = able.get(i).cpuNs() - start;
      passes[i] = Math.clamp(sampleNs / Math.max(1, took), 1, PASSES_MAX);
    }
    for (int round = 0; round < count; round++) {
      for (int turn = 0; turn < passes.length; turn++) {
        int i = (turn + round) % passes.length;
        long sum = round(cell, able.get(i), chains, question, passes[i]);
        if (sum != sums[0] * passes[i]) {
          throw new IllegalStateException(
              cell + ": " + able.get(i).name() + " answered something else this time");
        }
      }
    }
    if (Arrays.stream(sums).distinct().count() > 1) {
      throw new IllegalStateException(cell + ": answers differ: " + Arrays.toString(sums));
    }
  }

  private long round(String cell, Target target, Chains chains, Question question, int passes) {
    long sum = 0;
    long start = target.cpuNs();
    for (int i = 0; i < passes; i++) {
      sum += pass(target, chains, question);
    }
    long asked = target.cpuNs();
    for (int i = 0; i < passes; i++) {
      take(target, chains);
    }
    long taken = target.cpuNs();
    long operations = (long) passes * chains.count();
    samples.add(cell, target.name(), net(asked - start, taken - asked, operations));
    return sum;
  }

  private static long pass(Target target, Chains chains, Question question) {
    long sum = 0;
    for (int i = 0; i < chains.count(); i++) {
      target.take(chains, i);
      sum += target.ask(question);
    }
    return sum;
  }

  private static void take(Target target, Chains chains) {
    for (int i = 0; i < chains.count(); i++) {
      target.take(chains, i);
    }
  }

  private static void requireEqual(
      String cell, List<? extends Target> targets, Chains chains, Question question) {
    int step = Math.max(1, chains.count() / DIGESTS);
    for (int i = 0; i < chains.count(); i += step) {
      long expected = 0;
      for (int j = 0; j < targets.size(); j++) {
        var target = targets.get(j);
        target.take(chains, i);
        target.ask(question);
        long digest = target.digest(question);
        expected = j == 0 ? digest : expected;
        if (digest != expected) {
          throw new IllegalStateException(
              "%s: %s and %s differ on chain %d"
                  .formatted(cell, targets.getFirst().name(), target.name(), i));
        }
      }
    }
  }
}
