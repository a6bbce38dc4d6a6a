// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.policy.PoolConfig;
import io.incipit.trace.LeftOut;
import io.incipit.trace.simulate.policy.PolicyName;
import io.incipit.trace.simulate.tier.DiskShape;
import io.incipit.trace.simulate.tier.TierRow;
import io.incipit.trace.simulate.tier.TieredPool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Runs caches over traces, all caches of a trace side by side, and each on one thread at a time: a
/// trace is read twice, once to learn what capacities and offline policies depend on, once to feed
/// the caches. Memory is that of the caches and of two batches of requests, however long a trace.
///
/// The same traces and the same spec give the same rows.
public final class Simulation {
  private static final double SURVEY_SHARE = 0.2;

  private final SimSpec spec;
  private final int threads;
  private final SimProgress progress;
  private final Function<Capacity, HitSink> sinks;
  private final BiFunction<Capacity, SimSpec.Disk, HitSink> diskSinks;
  private long simulated;

  /// Makes a simulation; it starts nothing.
  ///
  /// @param threads caches that run at the same time
  public Simulation(SimSpec spec, int threads, SimProgress progress) {
    this(spec, threads, progress, _ -> (_, _) -> {}, (_, _) -> (_, _) -> {});
  }

  /// Makes a simulation, as above, whose caches tell what they find.
  ///
  /// @param sinks asked once for each cache, that is for each trace and policy at that capacity
  /// @param diskSinks the same for caches with a disk
  public Simulation(
      SimSpec spec,
      int threads,
      SimProgress progress,
      Function<Capacity, HitSink> sinks,
      BiFunction<Capacity, SimSpec.Disk, HitSink> diskSinks) {
    this.spec = spec;
    this.threads = threads;
    this.progress = progress;
    this.sinks = sinks;
    this.diskSinks = diskSinks;
  }

  /// Simulates every trace in turn; blocks until that is done.
  ///
  /// @throws IOException if a trace cannot be read
  public SimReport run(List<TraceSource> traces) throws IOException, InterruptedException {
    var rows = new ArrayList<SimRow>();
    var tiers = new ArrayList<TierRow>();
    var curves = new LinkedHashMap<String, LruCurve>();
    var leftOut = new LinkedHashMap<String, LeftOut>();
    var hints = new LinkedHashMap<String, HintCounts>();
    for (int i = 0; i < traces.size(); i++) {
      var trace = traces.get(i);
      var part = new Part((double) i / traces.size(), 1.0 / traces.size());
      var survey = survey(trace, part);
      survey.curve().ifPresent(curve -> curves.put(trace.name(), curve));
      leftOut.put(trace.name(), survey.leftOut());
      boolean timed = survey.timing() == PoolConfig.Timing.CLOCK;
      var source = new HintSource(spec.hints(), survey.returns(), spec.seed(), timed);
      var caches = run(trace, survey, source, part);
      rows.addAll(rows(trace, survey, caches));
      tiers.addAll(tiers(trace, survey, caches));
      if (spec.hints().source() != HintSpec.Source.NONE) {
        hints.put(trace.name(), source.counts());
      }
    }
    return new SimReport(rows, curves, leftOut, hints, tiers);
  }

  private Survey survey(TraceSource trace, Part part) throws IOException {
    try (var reader = trace.open()) {
      return Survey.of(reader, spec, () -> report(part, SURVEY_SHARE * reader.progress()));
    }
  }

  /// Says how far a trace has come.
  ///
  /// @param done of the trace, in `[0, 1]`
  private void report(Part part, double done) {
    progress.reached(part.from() + part.share() * done, simulated);
  }

  private List<SimCache> run(TraceSource trace, Survey survey, HintSource hints, Part part)
      throws IOException, InterruptedException {
    var caches = caches(survey);
    var workers = Executors.newFixedThreadPool(threads);
    try (var reader = trace.open()) {
      var answers = new Answers(survey.timing(), hints);
      var batch = Batch.read(reader, answers);
      while (!batch.requests().isEmpty()) {
        var running = start(workers, caches, batch);
        simulated += batch.requests().size();
        batch = Batch.read(reader, answers);
        finish(running);
        report(part, SURVEY_SHARE + (1 - SURVEY_SHARE) * reader.progress());
      }
    } finally {
      workers.shutdownNow();
      workers.close();
    }
    return caches;
  }

  /// What part of all traces one of them is.
  private record Part(double from, double share) {}

  /// All without a disk, then all with one.
  private List<SimCache> caches(Survey survey) {
    var caches = new ArrayList<SimCache>();
    for (var policy : spec.policies()) {
      for (var capacity : spec.capacities()) {
        var sink = sinks.apply(capacity);
        caches.add(cache(survey, policy, blocks(survey, capacity), DiskShape.NONE, sink));
      }
    }
    for (var policy : spec.policies()) {
      for (var capacity : spec.capacities()) {
        for (var disk : spec.disks()) {
          var shape = shape(survey, disk);
          int blocks = SimSpec.Disk.hostBlocks(blocks(survey, capacity), shape);
          caches.add(cache(survey, policy, blocks, shape, diskSinks.apply(capacity, disk)));
        }
      }
    }
    return caches;
  }

  private SimCache cache(Survey survey, String policy, int blocks, DiskShape disk, HitSink sink) {
    var config = new PoolConfig(blocks, survey.blockTokens(), survey.timing(), spec.seed());
    var made = PolicyName.parse(policy).factory(survey.foresight());
    var pool = TieredPool.of(config, made, disk);
    return new SimCache(pool, spec.admission(), sink, spec.hints().all());
  }

  private static int blocks(Survey survey, Capacity capacity) {
    return capacity.blocks(survey.distinct(), survey.blockTokens());
  }

  private static DiskShape shape(Survey survey, SimSpec.Disk disk) {
    return disk.shape(survey.distinct(), survey.blockTokens());
  }

  private static List<Future<?>> start(
      ExecutorService workers, List<SimCache> caches, Batch batch) {
    var running = new ArrayList<Future<?>>();
    for (var cache : caches) {
      running.add(workers.submit(() -> cache.offer(batch)));
    }
    return running;
  }

  private static void finish(List<Future<?>> running) throws IOException, InterruptedException {
    for (var cache : running) {
      try {
        cache.get();
      } catch (ExecutionException failed) {
        switch (failed.getCause()) {
          case RuntimeException failure -> throw failure;
          case Error failure -> throw failure;
          case null, default -> throw new IOException("simulation: " + failed, failed);
        }
      }
    }
  }

  private List<SimRow> rows(TraceSource trace, Survey survey, List<SimCache> caches) {
    var rows = new ArrayList<SimRow>();
    for (var policy : spec.policies()) {
      for (var capacity : spec.capacities()) {
        var cache = caches.get(rows.size());
        rows.add(
            new SimRow(
                trace.name(),
                policy,
                spec.admission().toString(),
                capacity.toString(),
                blocks(survey, capacity),
                cache.blockHitRate(),
                cache.tokenHitRate(),
                cache.savedComputeRate()));
      }
    }
    return rows;
  }

  private List<TierRow> tiers(TraceSource trace, Survey survey, List<SimCache> caches) {
    var rows = new ArrayList<TierRow>();
    int first = spec.policies().size() * spec.capacities().size();
    for (var policy : spec.policies()) {
      for (var capacity : spec.capacities()) {
        for (var disk : spec.disks()) {
          var cache = caches.get(first + rows.size());
          var shape = shape(survey, disk);
          var moves = cache.moves();
          rows.add(
              new TierRow(
                  trace.name(),
                  policy,
                  spec.admission().toString(),
                  capacity.toString(),
                  SimSpec.Disk.hostBlocks(blocks(survey, capacity), shape),
                  disk.toString(),
                  shape.capacityBytes(),
                  cache.hostHitRate(),
                  cache.diskHitRate(),
                  cache.blockHitRate(),
                  cache.tokenHitRate(),
                  cache.savedComputeRate(),
                  moves.writeAmplification(),
                  moves));
        }
      }
    }
    return rows;
  }
}
