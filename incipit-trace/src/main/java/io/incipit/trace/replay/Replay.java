// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.env.Clock;
import io.incipit.trace.LeftOut;
import io.incipit.trace.TraceReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// Replays a trace: a request is looked up, then what was missing is published, before the client
/// looks up the next one. With one client the counts are the same in every run.
public final class Replay {
  /// The owner that a replay publishes as; with several clients, the beginning of their names.
  public static final String OWNER = "replay";

  private static final double NANOS_PER_SECOND = 1e9;

  private final ReplayOptions options;
  private final Clock clock;
  private final ReplayProgress progress;

  /// Makes a replay; it starts nothing.
  public Replay(ReplayOptions options, Clock clock, ReplayProgress progress) {
    this.options = options;
    this.clock = clock;
    this.progress = progress;
  }

  /// Replays all that is left in a trace; blocks until that is done. Closes neither.
  ///
  /// @throws IOException if the trace cannot be read, or the target fails or refuses
  public ReplayReport run(TraceReader reader, ReplayTarget target)
      throws IOException, InterruptedException {
    var pace = new Pace(clock, options.speed());
    var feed = new RequestFeed(reader, progress, pace);
    long began = clock.nanoTime();
    var sum = new ReplayCounts();
    for (var one : counts(feed, target, pace)) {
      sum.add(one);
    }
    double elapsed = (clock.nanoTime() - began) / NANOS_PER_SECOND;
    double busy = sum.busyNs / NANOS_PER_SECOND / options.clients();
    return new ReplayReport(
        sum.requests,
        sum.blocks,
        sum.blockHits,
        sum.tokens,
        sum.tokenHits,
        feed.distinctBlocks(),
        LeftOut.of(reader),
        elapsed,
        busy == 0 ? 0 : sum.requests / busy,
        sum.latency(),
        sum.hitRates(),
        target.footprint(),
        target.traffic());
  }

  private List<ReplayCounts> counts(RequestFeed feed, ReplayTarget target, Pace pace)
      throws IOException, InterruptedException {
    var clients =
        IntStream.range(0, options.clients())
            .mapToObj(i -> new ReplayClient(owner(i), options, feed, target, pace))
            .toList();
    var threads = Executors.newFixedThreadPool(options.clients());
    try {
      var running = clients.stream().map(threads::submit).toList();
      var counts = new ArrayList<ReplayCounts>();
      for (var client : running) {
        counts.add(outcome(client));
      }
      return counts;
    } finally {
      feed.stop();
      threads.shutdownNow();
      threads.close();
    }
  }

  private String owner(int client) {
    return options.clients() == 1 ? OWNER : OWNER + "-" + client;
  }

  private static ReplayCounts outcome(Future<ReplayCounts> client)
      throws IOException, InterruptedException {
    try {
      return client.get();
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IOException("replay: " + failed.getMessage(), failed);
      }
    }
  }
}
