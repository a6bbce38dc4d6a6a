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
            IncipitTarget.byHash(longest, FEW_OWNERS));
    targets.forEach(target -> feed.run(target, true));
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
    int steps = quick ? churn.count() / 8 : churn.count();
    rounds.churn(workload.name(), churn, longest, steps, 3);
    progress.accept("one writer and one reader");
    var beside = new Beside(samples, churn, longest);
    beside.ours(workload.name(), 3, quick ? 1_000_000_000L : 3_000_000_000L);
    if (!quick) {
      beside.concurrentMap(workload.name(), 3, 3_000_000_000L);
    }
  }

  private void manyOwners() {
    Memory.collect();
    progress.accept("1,024 owners");
    var workload = Workload.of("64", prompts, 8, seed);
    var feed = Workload.feedOf(workload, prompts, MANY_OWNERS, seed);
    int longest = workload.full().longest();
    var targets =
        List.of(
            new OwnerListTarget(longest, MANY_OWNERS), IncipitTarget.byHash(longest, MANY_OWNERS));
    targets.forEach(target -> feed.run(target, true));
    int count = quick ? 3 : 7;
    var arrival = workload.arrival().every(step(workload));
    var full = workload.full().every(step(workload));
    rounds.ask("score.1024.arrival.64", targets, arrival, Question.SCORE, count);
    rounds.ask("score.1024.full.64", targets, full, Question.SCORE, count);
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
    var targets = rounds.put(workload, makers, 3);
    rounds.ask("match.length.10m", targets, workload.full(), Question.LENGTH, 5);
    rounds.ask("match.holders.10m", targets, workload.full(), Question.HOLDERS, 5);
  }
}
