// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.bench.report.Samples;
import io.incipit.bench.target.FlatTarget;
import io.incipit.bench.target.IncipitTarget;
import io.incipit.bench.target.MapTarget;
import io.incipit.bench.target.OwnerListTarget;
import io.incipit.bench.target.PositionalTarget;
import io.incipit.bench.target.Question;
import io.incipit.bench.target.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Measures our index beside other designs, all in this process, in rounds in which each has its
/// turn.
public final class IndexRun {
  private static final int BLOCKS_10M = 10_000_000;
  private static final int FEW_OWNERS = 8;
  private static final int MANY_OWNERS = 1_024;
  private static final int CAPACITY = 1_500_000;

  private final boolean quick;
  private final long seed;
  private final Prompts prompts;
  private final Consumer<String> progress;
  private final Samples samples = new Samples();
  private final Rounds rounds;

  /// @param quick fewer rounds, fewer questions and no set of ten million blocks
  /// @param progress is told what is being done, line by line
  public IndexRun(boolean quick, long seed, Prompts prompts, Consumer<String> progress) {
    this.quick = quick;
    this.seed = seed;
    this.prompts = prompts;
    this.progress = progress;
    this.rounds = new Rounds(samples, quick ? 20_000_000 : 60_000_000);
  }

  /// Measures everything.
  public Samples run() throws InterruptedException {
    byBlock("512", 1, quick ? 5 : 9);
    byBlock("16", 32, quick ? 5 : 7);
    manyOwners();
    if (!quick) {
      tenMillion();
    }
    return samples;
  }

  /// Everything that is measured on the trace with blocks of one size.
  private void byBlock(String name, int split, int count) throws InterruptedException {
    progress.accept("trace in blocks of " + name + " tokens: storing");
    var workload = Workload.of(name, prompts, split, seed);
    if (split > 1) {
      new Memory(samples).measure(name, workload.feed());
    }
    ask(workload, put(workload, quick ? Math.min(3, count) : count), count);
    progress.accept("trace in blocks of " + name + " tokens: 8 owners");
    fewOwners(workload, count);
    if (split > 1) {
      churn(workload, split);
    }
    wide(workload, split, quick ? Math.min(3, count) : count);
  }

  /// The same in our index alone, with hashes of 16 bytes.
  private void wide(Workload narrow, int split, int count) throws InterruptedException {
    progress.accept("trace in blocks of " + narrow.name() + " tokens: hashes of 16 bytes");
    var workload = narrow.wide();
    if (split > 1) {
      new Memory(samples).measure(workload.name(), workload.feed());
    }
    ask(workload, rounds.put(workload, List.of(), count), count);
    int longest = workload.full().longest();
    var eight = byHash(workload, FEW_OWNERS);
    Workload.feedOf(workload, prompts, FEW_OWNERS, seed).run(eight, true);
    askHolders8(workload, List.of(eight), count);
    if (split > 1) {
      var churn = new Churn(prompts, workload.full(), split, CAPACITY);
      int steps = steps(churn);
      if (steps > 0) {
        rounds.churnAlone(workload.name(), churn, longest, steps, 3);
        if (!quick) {
          new Beside(samples, churn, longest).ours(workload.name(), 3, 3_000_000_000L);
        }
      }
    }
  }

  private static IncipitTarget byHash(Workload workload, int owners) {
    int longest = workload.full().longest();
    return IncipitTarget.byHash(longest, owners, workload.full().hashBytes());
  }

  private List<Target> put(Workload workload, int count) {
    int longest = workload.full().longest();
    var makers = new ArrayList<Supplier<Target>>();
    makers.add(() -> MapTarget.hashMap(longest));
    if (!quick || longest < 1_000) {
      makers.add(() -> MapTarget.concurrent(longest));
    }
    makers.add(() -> new FlatTarget(longest));
    makers.add(() -> new PositionalTarget(longest));
    return rounds.put(workload, makers, count);
  }

  private void ask(Workload workload, List<Target> targets, int count) {
    progress.accept("trace in blocks of " + workload.name() + " tokens: asking");
    var arrival = workload.arrival().every(step(workload));
    var full = workload.full().every(step(workload));
    var name = workload.name();
    rounds.ask("match.length.arrival." + name, targets, arrival, Question.LENGTH, count);
    rounds.ask("match.length.full." + name, targets, full, Question.LENGTH, count);
    rounds.ask("match.holders.arrival." + name, targets, arrival, Question.HOLDERS, count);
    rounds.ask("match.holders.full." + name, targets, full, Question.HOLDERS, count);
  }

  private int step(Workload workload) {
    return quick && workload.full().blocks() > 1_000_000 ? 3 : 1;
  }

  private void fewOwners(Workload workload, int count) {
    Memory.collect();
    int longest = workload.full().longest();
    var feed = Workload.feedOf(workload, prompts, FEW_OWNERS, seed);
    var targets =
        List.of(
            MapTarget.hashMap(longest),
            new PositionalTarget(longest),
            byHash(workload, FEW_OWNERS));
    targets.forEach(target -> feed.run(target, true));
    askHolders8(workload, targets, count);
  }

  private void askHolders8(Workload workload, List<? extends Target> targets, int count) {
    var arrival = workload.arrival().every(step(workload));
    var full = workload.full().every(step(workload));
    var name = workload.name();
    rounds.ask("match.holders8.arrival." + name, targets, arrival, Question.HOLDERS, count);
    rounds.ask("match.holders8.full." + name, targets, full, Question.HOLDERS, count);
  }

  private void churn(Workload workload, int split) throws InterruptedException {
    progress.accept("one owner of limited capacity, storing and dropping");
    var churn = new Churn(prompts, workload.full(), split, CAPACITY);
    int longest = workload.full().longest();
    int steps = steps(churn);
    if (steps == 0) {
      progress.accept(
          "not measured: the owner has room for %,d blocks, and this trace never fills it"
              .formatted(CAPACITY));
      return;
    }
    rounds.churn(workload.name(), churn, longest, steps, 3);
    progress.accept("one writer and one reader");
    var beside = new Beside(samples, churn, longest);
    beside.ours(workload.name(), 3, quick ? 1_000_000_000L : 3_000_000_000L);
    if (!quick) {
      beside.concurrentMap(workload.name(), 3, 3_000_000_000L);
    }
  }

  /// How many prompts of a round are measured; none if they store and drop nothing.
  private int steps(Churn churn) {
    int steps = quick ? churn.count() / 8 : churn.count();
    return churn.changes(steps) > 0 ? steps : 0;
  }

  private void manyOwners() {
    Memory.collect();
    progress.accept("1,024 owners");
    var workload = Workload.of("64", prompts, 8, seed);
    int longest = workload.full().longest();
    score(
        workload,
        List.of(new OwnerListTarget(longest, MANY_OWNERS), byHash(workload, MANY_OWNERS)));
    var wide = workload.wide();
    score(wide, List.of(byHash(wide, MANY_OWNERS)));
  }

  private void score(Workload workload, List<? extends Target> targets) {
    var feed = Workload.feedOf(workload, prompts, MANY_OWNERS, seed);
    targets.forEach(target -> feed.run(target, true));
    int count = quick ? 3 : 7;
    var arrival = workload.arrival().every(step(workload));
    var full = workload.full().every(step(workload));
    var name = workload.name();
    rounds.ask("score.1024.arrival." + name, targets, arrival, Question.SCORE, count);
    rounds.ask("score.1024.full." + name, targets, full, Question.SCORE, count);
  }

  private void tenMillion() {
    Memory.collect();
    progress.accept("ten million blocks in sessions");
    var workload = Workload.sessions("10m", BLOCKS_10M, prompts.count(), seed);
    int longest = Math.max(workload.full().longest(), workload.feed().chains().longest());
    var makers = new ArrayList<Supplier<Target>>();
    makers.add(() -> MapTarget.hashMap(longest));
    makers.add(() -> new FlatTarget(longest));
    makers.add(() -> new PositionalTarget(longest));
    askTenMillion(workload, rounds.put(workload, makers, 3));
    var wide = workload.wide();
    askTenMillion(wide, rounds.put(wide, List.of(), 3));
  }

  private void askTenMillion(Workload workload, List<Target> targets) {
    var name = workload.name();
    rounds.ask("match.length." + name, targets, workload.full(), Question.LENGTH, 5);
    rounds.ask("match.holders." + name, targets, workload.full(), Question.HOLDERS, 5);
  }
}
