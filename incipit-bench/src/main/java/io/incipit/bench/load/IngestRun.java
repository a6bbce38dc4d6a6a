// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.bench.report.Samples;
import io.incipit.bench.target.CpuTime;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Value;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.ingest.Engines;
import io.incipit.ingest.SourceConfig;
import io.incipit.ingest.chain.OwnChain;
import io.incipit.ingest.event.BadEventException;
import io.incipit.ingest.event.EventBatch;
import io.incipit.ingest.event.EventDecoder;
import io.incipit.service.Service;
import io.incipit.service.ServiceConfig;
import java.io.IOException;
import java.util.Optional;

/// Measures in this process what a block costs that an engine stores and later removes: from the
/// bytes of its messages to the index, without sockets.
final class IngestRun {
  private static final String NAMESPACE = "bench";
  private static final int FLUSH_EACH = 64;
  private static final double NANOS_PER_MICRO = 1e3;

  private final Samples samples;
  private final long seed;

  IngestRun(Samples samples, long seed) {
    this.samples = samples;
    this.seed = seed;
  }

  /// Feeds messages from the first to the last, round by round, each round on top of the one
  /// before, first for a while that only warms up.
  void run(String name, EngineMessages messages, int rounds, long warmUpNs)
      throws IOException, InterruptedException {
    var service =
        new Service(
            new ServiceConfig(1, 1_000, 64 << 20, 100, 1L << 30, 64 << 20), RandomSource.system());
    var engines = new Engines(service, Clock.system(), RandomSource.system());
    engines.start();
    try {
      var feed =
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
      long seq = 0;
      long startNs = Clock.system().nanoTime();
      int round = 0;
      while (round < rounds) {
        boolean warm = Clock.system().nanoTime() - startNs > warmUpNs;
        Memory.collect();
        long cpuNs = CpuTime.processNs();
        long threadNs = CpuTime.threadNs();
        for (var payload : messages.payloads()) {
          feed.take(seq, payload);
          seq++;
          if (seq % FLUSH_EACH == 0) {
            feed.flush();
          }
        }
        feed.flush();
        threadNs = CpuTime.threadNs() - threadNs;
        awaitEmpty(service);
        cpuNs = CpuTime.processNs() - cpuNs;
        if (feed.held() != 0) {
          throw new IllegalStateException("held: %d (expected: 0)".formatted(feed.held()));
        }
        if (warm) {
          parts(name, messages, cpuNs, threadNs);
          round++;
        }
      }
    } finally {
      engines.stop();
      service.stop();
    }
  }

  private void parts(String name, EngineMessages messages, long cpuNs, long threadNs)
      throws IOException {
    long decodeNs = decode(messages);
    long hashNs = hash(messages);
    int pairs = messages.pairs();
    add("ingest." + name + ".pair.us", cpuNs, pairs);
    add("ingest." + name + ".decode.us", decodeNs, pairs);
    add("ingest." + name + ".hash.us", hashNs, pairs);
    add("ingest." + name + ".map.us", Math.max(0, threadNs - decodeNs - hashNs), pairs);
    add("ingest." + name + ".index.us", Math.max(0, cpuNs - threadNs), pairs);
  }

  private void add(String cell, long ns, int pairs) {
    samples.add(cell, Samples.OURS, ns / NANOS_PER_MICRO / pairs);
  }

  private static void awaitEmpty(Service service) throws InterruptedException {
    while (!isEmpty(service)) {
      Clock.system().sleepNs(1_000_000L);
    }
  }

  private static boolean isEmpty(Service service) {
    return service.answer(new Op.Stats(Optional.of(NAMESPACE))) instanceof Reply.Row(var row)
        && row.get("blocks") instanceof Value.Whole(var blocks)
        && blocks == 0;
  }

  /// CPU time of decoding alone.
  private static long decode(EngineMessages messages) throws IOException {
    var decoder = new EventDecoder();
    var batch = new EventBatch();
    long events = 0;
    long startNs = CpuTime.threadNs();
    for (var payload : messages.payloads()) {
      try {
        decoder.decode(payload, 0, payload.length, batch);
      } catch (BadEventException impossible) {
        throw new IOException(impossible);
      }
      events += batch.size();
    }
    long tookNs = CpuTime.threadNs() - startNs;
    if (events < messages.pairs()) {
      throw new IllegalStateException("events: " + events);
    }
    return tookNs;
  }

  /// CPU time of naming alone.
  private long hash(EngineMessages messages) {
    var chain = new OwnChain(seed, "model");
    long sum = 0;
    long startNs = CpuTime.threadNs();
    for (int block = 0; block < messages.pairs(); block++) {
      if (EngineMessages.isFirst(block)) {
        chain.root("", "");
      }
      chain.next(
          messages.tokens(), block * EngineMessages.BLOCK_TOKENS, EngineMessages.BLOCK_TOKENS);
      sum += chain.low();
    }
    long tookNs = CpuTime.threadNs() - startNs;
    if (sum == 0) {
      throw new IllegalStateException("no names");
    }
    return tookNs;
  }
}
