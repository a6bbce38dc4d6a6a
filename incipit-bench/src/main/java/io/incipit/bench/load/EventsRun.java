// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.bench.report.Samples;
import io.incipit.bench.report.Surroundings;
import io.incipit.bench.target.CpuTime;
import io.incipit.block.Stat;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.ingest.EngineFeed;
import io.incipit.ingest.Engines;
import io.incipit.ingest.SourceConfig;
import io.incipit.service.Service;
import io.incipit.service.ServiceConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Measures in this process what memory an engine's events leave behind, however many there are:
/// from the bytes of its messages to the index, with blocks that are new each time, and messages
/// lost and repeated, caches cleared and engines started anew.
///
/// It goes chapter by chapter. In the first half of one all goes well; then memory is looked at,
/// while 512 prompts of 64 blocks are held; then things go wrong, and in the end nothing is held.
public final class EventsRun {
  /// What is stored and dropped, in words.
  public static final String INPUT =
      "made-up prompts in blocks of %d tokens, 8 blocks a message, each new; with messages lost and"
              .formatted(EngineMessages.BLOCK_TOKENS)
          + " repeated, caches cleared, engines started anew";

  private static final String NAMESPACE = "bench";
  private static final int BATCH = 8;
  private static final int PROMPTS = 2_048;
  private static final int LOOKS = 20;
  private static final int FLUSH_EACH = 64;

  /// One message in so many has some fault.
  private static final int FAULT_EACH = 2_000;

  private static final int LOST_MAX = 100;
  private static final double MIB = 1 << 20;
  private static final double KIB_PER_MIB = 1 << 10;
  private static final double NANOS_PER_MICRO = 1e3;

  private final long events;
  private final long seed;
  private final Consumer<String> progress;
  private final RandomGenerator random;
  private final Samples samples = new Samples();
  private final Service service =
      new Service(
          new ServiceConfig(1, 1_000, 64 << 20, 100, 1L << 30, 64 << 20), RandomSource.system());
  private final Engines engines = new Engines(service, Clock.system(), RandomSource.system());
  private final EngineFeed feed;

  /// Of the chapter; none while memory is looked at.
  private List<byte[]> payloads = List.of();

  /// The number of the next message.
  private long seq;

  private long cpuNs;
  private long lookEvents;

  /// @param events how many at least
  /// @param progress is told what is being done, line by line
  public EventsRun(long events, long seed, Consumer<String> progress) {
    this.events = events;
    this.seed = seed;
    this.progress = progress;
    this.random = RandomSource.seeded(seed);
    this.feed =
        engines.feed(
            new SourceConfig(
                "engine",
                0,
                "none",
                false,
                Optional.empty(),
                NAMESPACE,
                "model",
                EngineMessages.BLOCK_TOKENS,
                true));
  }

  /// Runs to the end.
  ///
  /// @throws IllegalStateException if anything is left then
  public Samples run() throws IOException, InterruptedException {
    engines.start();
    try {
      long looks = 0;
      for (long chapter = 0; feed.events() < events; chapter++) {
        write(chapter);
        long startNs = CpuTime.processNs();
        well(payloads.subList(0, payloads.size() / 2));
        awaitTaken();
        cpuNs += CpuTime.processNs() - startNs;
        if (feed.events() >= looks * events / LOOKS) {
          payloads = List.of();
          look();
          looks++;
          write(chapter);
        }
        startNs = CpuTime.processNs();
        badly(payloads.subList(payloads.size() / 2, payloads.size()));
        awaitTaken();
        cpuNs += CpuTime.processNs() - startNs;
        requireNothing("held", feed.held());
        requireNothing("blocks", blocks());
      }
      end();
    } finally {
      engines.stop();
      service.stop();
    }
    return samples;
  }

  private void write(long chapter) throws IOException {
    payloads = new EngineMessages(BATCH, PROMPTS, seed + chapter).payloads();
  }

  private void well(List<byte[]> some) throws InterruptedException {
    for (var payload : some) {
      send(payload);
    }
  }

  private void send(byte[] payload) throws InterruptedException {
    feed.take(seq, payload);
    seq++;
    if (seq % FLUSH_EACH == 0) {
      feed.flush();
    }
  }

  private void badly(List<byte[]> some) throws IOException, InterruptedException {
    for (var payload : some) {
      if (random.nextInt(FAULT_EACH) == 0) {
        fault(payload);
      }
      send(payload);
    }
  }

  private void fault(byte[] payload) throws IOException, InterruptedException {
    switch (random.nextInt(4)) {
      case 0 -> seq += random.nextInt(1, LOST_MAX);
      case 1 -> {
        send(payload);
        seq--;
      }
      case 2 -> send(EngineMessages.cleared());
      default -> {
        seq = 0;
        send(random.nextBoolean() ? EngineMessages.cleared() : EngineMessages.nothing());
      }
    }
  }

  private void awaitTaken() throws InterruptedException {
    feed.flush();
    while (stat("queued-publishes") > 0) {
      Clock.system().sleepNs(1_000_000L);
    }
    // The last one is still being applied when none waits.
    for (int i = 0; i < 60_000 && feed.held() == 0 && blocks() > 0; i++) {
      Clock.system().sleepNs(1_000_000L);
    }
  }

  private void look() {
    Memory.collect();
    var runtime = Runtime.getRuntime();
    double heap = (runtime.totalMemory() - runtime.freeMemory()) / MIB;
    double resident = Surroundings.residentKib() / KIB_PER_MIB;
    add("events.heap.mib", heap);
    add("events.rss.mib", resident);
    add("events.map.mib", feed.bytes() / MIB);
    add("events.index.mib", stat("index-bytes") / MIB);
    add("events.held.blocks", feed.held());
    add("events.seen.millions", feed.events() / 1e6);
    long since = feed.events() - lookEvents;
    add("events.event.cpu.us", cpuNs / NANOS_PER_MICRO / Math.max(1, since));
    cpuNs = 0;
    lookEvents = feed.events();
    progress.accept(
        "%,d events: heap %.1f MiB, resident %.0f MiB, map %.2f MiB for %,d blocks"
            .formatted(feed.events(), heap, resident, feed.bytes() / MIB, feed.held()));
  }

  private void end() throws IOException, InterruptedException {
    send(EngineMessages.cleared());
    awaitTaken();
    requireNothing("held", feed.held());
    requireNothing("blocks", blocks());
    growth("heap");
    growth("rss");
    growth("map");
    add("events.end.map.bytes", (double) feed.bytes());
    add("events.end.index.bytes", (double) stat("index-bytes"));
    progress.accept(
        "nothing is held; map %,d bytes, index %,d".formatted(feed.bytes(), stat("index-bytes")));
  }

  /// The last look over the first.
  private void growth(String what) {
    var looks = samples.all().getOrDefault("events." + what + ".mib", Map.of());
    var rounds = looks.getOrDefault(Samples.OURS, List.of(1.0));
    add("events." + what + ".growth", rounds.getLast() / rounds.getFirst());
  }

  private void add(String cell, double sample) {
    samples.add(cell, Samples.OURS, sample);
  }

  private static void requireNothing(String name, long number) {
    if (number != 0) {
      throw new IllegalStateException("%s: %d (expected: 0)".formatted(name, number));
    }
  }

  private long stat(String name) {
    return value(service.stats(), name);
  }

  private long blocks() {
    return value(service.stats(NAMESPACE), "blocks");
  }

  private static long value(List<Stat> stats, String name) {
    return stats.stream().filter(its -> its.name().equals(name)).mapToLong(Stat::value).sum();
  }
}
