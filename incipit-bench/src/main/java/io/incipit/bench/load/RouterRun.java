// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.bench.report.Samples;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/// Measures what it costs to follow engines, and to answer routers.
public final class RouterRun {
  /// What is stored, dropped and asked for, in words.
  public static final String INPUT =
      "made-up prompts in blocks of %d tokens; asked: %d blocks of %d workers"
          .formatted(EngineMessages.BLOCK_TOKENS, FleetRun.BLOCKS, FleetRun.WORKERS);

  private static final int[] BATCHES = {8, 1};
  private static final long QUICK_NS = 250_000_000L;
  private static final long LONG_NS = 1_000_000_000L;
  private static final long QUICK_WARM_UP_NS = 2_500_000_000L;
  private static final long LONG_WARM_UP_NS = 12_000_000_000L;

  private final boolean quick;
  private final long seed;
  private final Consumer<String> progress;
  private final Samples samples = new Samples();

  /// @param quick short rounds, and few
  /// @param progress is told what is being done, line by line
  public RouterRun(boolean quick, long seed, Consumer<String> progress) {
    this.quick = quick;
    this.seed = seed;
    this.progress = progress;
  }

  /// Starts what it needs, measures it and stops it.
  ///
  /// @param dynamo a python that has Dynamo's indexer; without it ours is measured alone
  public Samples run(Optional<String> dynamo) throws IOException, InterruptedException {
    int rounds = quick ? 3 : 7;
    long warmUpNs = quick ? QUICK_WARM_UP_NS : LONG_WARM_UP_NS;
    for (int batch : BATCHES) {
      var messages = new EngineMessages(batch, quick ? 2_048 : 8_192, seed);
      progress.accept("in memory, %d blocks a message".formatted(batch));
      new IngestRun(samples, seed).run("b" + batch, messages, rounds, warmUpNs);
      progress.accept("over loopback, %d blocks a message".formatted(batch));
      new FollowRun(samples).run("b" + batch, messages, rounds, warmUpNs);
    }
    progress.accept("starting and filling ./incipit serve");
    new FleetRun(samples, seed, progress).run(dynamo, rounds, quick ? QUICK_NS : LONG_NS, warmUpNs);
    return samples;
  }
}
