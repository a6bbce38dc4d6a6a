// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.block.Namespace;
import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.trace.TraceFile;
import io.incipit.trace.mooncake.MooncakeFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What replays of the traces of Mooncake (FAST 2025) give. The numbers come from counting by hand,
/// without an index.
class GoldenReplayTest {
  private static final Path TRACES =
      Path.of(System.getProperty("incipit.root", ".."), "../shared/traces").normalize();

  @ParameterizedTest
  @CsvSource({
    "conversation, 12031, 288500, 105710, 0.3664, 0.3736, 182790",
    "synthetic, 3993, 121877, 77953, 0.6396, 0.6512, 43924",
  })
  void run_allTailsTwice_givesTheSameExactCounts(
      String trace,
      long requests,
      long blocks,
      long hits,
      double blockRate,
      double tokenRate,
      long distinct)
      throws IOException, InterruptedException {
    var report = replay(trace, ReplayOptions.DEFAULT);

    assertThat(report.requests()).isEqualTo(requests);
    assertThat(report.blocks()).isEqualTo(blocks);
    assertThat(report.blockHits()).isEqualTo(hits);
    assertThat(report.blockHitRate()).isCloseTo(blockRate, within(0.00005));
    assertThat(report.tokenHitRate()).isCloseTo(tokenRate, within(0.00005));
    assertThat(report.distinctBlocks()).isEqualTo(distinct);
    assertThat(report.footprint().blocks()).isEqualTo(distinct);

    var again = replay(trace, ReplayOptions.DEFAULT);
    assertThat(again.blockHits()).isEqualTo(report.blockHits());
    assertThat(again.tokenHits()).isEqualTo(report.tokenHits());
    assertThat(again.hitRates()).isEqualTo(report.hitRates());
  }

  @ParameterizedTest
  @CsvSource({"conversation, 288500, 105592", "synthetic, 121877, 77740"})
  void run_fullTails_countsPartialBlocksAsMissed(String trace, long blocks, long hits)
      throws IOException, InterruptedException {
    var report = replay(trace, new ReplayOptions(1, OptionalInt.empty(), Tails.FULL, Speed.MAX));

    assertThat(report.blocks()).isEqualTo(blocks);
    assertThat(report.blockHits()).isEqualTo(hits);
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 0.0445",
    "2000, 0.0543",
    "5000, 0.1118",
    "10000, 0.2116",
    "20000, 0.2878",
    "50000, 0.3546"
  })
  void run_capacity_givesHitRatesOfLeafLru(int capacity, double rate)
      throws IOException, InterruptedException {
    var report =
        replay(
            "conversation", new ReplayOptions(1, OptionalInt.of(capacity), Tails.ALL, Speed.MAX));

    assertThat(report.blockHitRate()).isCloseTo(rate, within(0.0002));
    assertThat(report.footprint().blocks()).isEqualTo(capacity);
  }

  @Test
  void run_conversation_spreadsOverRequestsAsMeasured() throws IOException, InterruptedException {
    var rates = replay("conversation", ReplayOptions.DEFAULT).hitRates();

    assertThat(rates.mean()).isCloseTo(0.384, within(0.0005));
    assertThat(rates.p10()).isCloseTo(0.027, within(0.001));
    assertThat(rates.p25()).isCloseTo(0.067, within(0.001));
    assertThat(rates.p50()).isCloseTo(0.333, within(0.001));
    assertThat(rates.p75()).isCloseTo(0.667, within(0.001));
    assertThat(rates.p90()).isCloseTo(0.929, within(0.001));
    assertThat(rates.half()).isCloseTo(0.425, within(0.0005));
    assertThat(rates.none()).isCloseTo(0.0001, within(0.00005));
  }

  private static ReplayReport replay(String trace, ReplayOptions options)
      throws IOException, InterruptedException {
    var path = TRACES.resolve(trace + "_trace.jsonl");
    assumeTrue(Disk.system().exists(path), "no traces beside the project: " + path);
    var file = new TraceFile(Disk.system(), path, false);
    var namespace = Namespace.of("golden", MooncakeFormat.BLOCK_TOKENS, ReplayTarget.HASH_BYTES);
    try (var reader = new MooncakeFormat().open(file);
        var target = new IndexTarget(namespace)) {
      return new Replay(options, Clock.system(), ReplayProgress.NONE).run(reader, target);
    }
  }
}
