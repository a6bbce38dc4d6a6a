// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.bench.report.Samples;
import io.incipit.bench.target.IncipitTarget;
import io.incipit.bench.target.MapTarget;
import io.incipit.bench.target.Question;
import io.incipit.bench.target.Target;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import org.HdrHistogram.Histogram;

/// Measures look-ups while another thread stores and drops without pause, by the clock on the wall,
/// and counts collections meanwhile.
final class Beside {
  private static final long LONGEST_NS = 60_000_000_000L;
  private static final long WARM_UP_NS = 500_000_000;
  private static final int RECENT = 100;

  private final Samples samples;
  private final Churn churn;
  private final int longest;
  private volatile int written;
  private volatile boolean over;

  Beside(Samples samples, Churn churn, int longest) {
    this.samples = samples;
    this.churn = churn;
    this.longest = longest;
  }

  /// Measures our index, `rounds` times for `roundNs`.
  void ours(String name, int rounds, long roundNs) throws InterruptedException {
    var target = IncipitTarget.byHash(longest, 1, churn.chains().hashBytes());
    var writer = write(target);
    read(target.beside(), WARM_UP_NS);
    long before = collections();
    for (int round = 0; round < rounds; round++) {
      var tookNs = read(target.beside(), roundNs);
      add("beside." + name + ".match.p50.ns", tookNs.getValueAtPercentile(50));
      add("beside." + name + ".match.p99.ns", tookNs.getValueAtPercentile(99));
      add("beside." + name + ".match.p999.ns", tookNs.getValueAtPercentile(99.9));
      add("beside." + name + ".match.max.ns", tookNs.getMaxValue());
      samples.add("beside.match." + name, Samples.OURS, tookNs.getMean());
    }
    add("beside." + name + ".collections", collections() - before);
    end(writer);
    var sizes = target.snapshot();
    double blocks = sizes.blocks();
    samples.add(
        "memory.byhash." + name + ".steady.bytes", Samples.OURS, sizes.byHashBytes() / blocks);
    samples.add("memory.tree." + name + ".steady.bytes", Samples.OURS, sizes.treeBytes() / blocks);
  }

  /// Measures a `ConcurrentHashMap` likewise.
  void concurrentMap(String name, int rounds, long roundNs) throws InterruptedException {
    var target = MapTarget.concurrent(longest);
    var writer = write(target);
    read(target.beside(), WARM_UP_NS);
    for (int round = 0; round < rounds; round++) {
      var tookNs = read(target.beside(), roundNs);
      samples.add("beside.match." + name, target.name(), tookNs.getMean());
    }
    end(writer);
  }

  private Thread write(Target target) {
    churn.fill(target);
    over = false;
    return Thread.ofPlatform()
        .name("writer")
        .start(
            () -> {
              for (int i = 0; !over; i = (i + 1) % churn.count()) {
                churn.step(target, i, true);
                written = i;
              }
            });
  }

  private void end(Thread writer) throws InterruptedException {
    over = true;
    writer.join();
  }

  private Histogram read(Target target, long durationNs) {
    var clock = Clock.system();
    var random = RandomSource.seeded(durationNs);
    var tookNs = new Histogram(LONGEST_NS, 3);
    long end = clock.nanoTime() + durationNs;
    for (long now = clock.nanoTime(); now < end; ) {
      int recent = written - random.nextInt(RECENT);
      target.take(churn.chains(), Math.floorMod(recent, churn.count()));
      long start = clock.nanoTime();
      target.ask(Question.HOLDERS);
      now = clock.nanoTime();
      tookNs.recordValue(Math.min(LONGEST_NS, now - start));
    }
    return tookNs;
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  private void add(String name, long value) {
    samples.add(name, Samples.OURS, (double) value);
  }
}
