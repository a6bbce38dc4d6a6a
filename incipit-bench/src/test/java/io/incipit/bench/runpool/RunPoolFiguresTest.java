// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What look-ups take on the conversation trace, beside a plain one-sided hash table, of which all
/// keys are asked at once, and beside Sherman and CHIME, batched and preloaded; all modelled alike.
final class RunPoolFiguresTest {
  private static final long DIRECTORY = 2 << 20;

  /// A fifth of what Redis takes for a key and a value of 16 bytes.
  private static final double BLOCK_BYTES = 24.2;

  /// Mean, median and 99th percentile.
  private record Of(double mean, double median, double tail) {
    Of over(double part) {
      return new Of(mean / part, median / part, tail / part);
    }
  }

  private static final Of RACE_REQUESTS_512 = new Of(48, 28, 334);
  private static final Of RACE_BYTES_512 = new Of(3_069, 1_792, 21_376);
  private static final Of BEST_MICROS_512 = new Of(2.2, 2.1, 2.7);
  private static final double RACE_TAIL_512 = 7.6;
  private static final Of RACE_REQUESTS_16 = new Of(1_535, 896, 10_688);
  private static final Of RACE_BYTES_16 = new Of(98_000, 57_000, 684_000);
  private static final Of BEST_MICROS_16 = new Of(4.3, 3.4, 16);
  private static final double RACE_TAIL_16 = 181;

  private static Replay replay(
      Chains chains, boolean locations, int clients, long directory, boolean preloaded) {
    var replay =
        new Replay(chains, new RunPoolConfig(locations, Writing.OWNER), clients, directory);
    if (preloaded) {
      replay.preload(0);
    }
    replay.run(!preloaded);
    System.out.print(
        replay.row(
            "x%d, clients: %d, directory: %d%s%s"
                .formatted(
                    chains.expansion(),
                    clients,
                    directory,
                    locations ? ", locations" : "",
                    preloaded ? ", preloaded" : ", cold")));
    return replay;
  }

  private static void assertNoMore(double[] values, Of limit) {
    assertThat(Replay.mean(values)).isLessThanOrEqualTo(limit.mean());
    assertThat(Replay.percentile(values, 0.5)).isLessThanOrEqualTo(limit.median());
    assertThat(Replay.percentile(values, 0.99)).isLessThanOrEqualTo(limit.tail());
  }

  private static void assertTrips(Replay replay) {
    assertThat(Replay.percentile(replay.trips, 0.5)).isEqualTo(1);
    assertThat(Replay.percentile(replay.trips, 0.99)).isLessThanOrEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void trace512_oneClient_staysWithinTheLimits(boolean preloaded) throws IOException {
    assumeThat(Chains.hasTrace()).isTrue();
    var replay = replay(Chains.trace(1), false, 1, DIRECTORY, preloaded);

    assertTrips(replay);
    assertNoMore(replay.requests, RACE_REQUESTS_512.over(3));
    assertNoMore(replay.bytes, RACE_BYTES_512.over(3));
    assertNoMore(replay.micros, BEST_MICROS_512);
    assertThat(replay.bytesPerBlock()).isLessThanOrEqualTo(BLOCK_BYTES);
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void trace16_oneClient_staysWithinTheLimits(boolean preloaded) throws IOException {
    assumeThat(Chains.hasTrace()).isTrue();
    var replay = replay(Chains.trace(32), false, 1, DIRECTORY, preloaded);

    assertTrips(replay);
    assertNoMore(replay.requests, RACE_REQUESTS_16.over(40));
    assertNoMore(replay.bytes, RACE_BYTES_16.over(40));
    assertNoMore(replay.micros, BEST_MICROS_16);
    assertThat(replay.bytesPerBlock()).isLessThanOrEqualTo(BLOCK_BYTES / 2);
  }

  @ParameterizedTest
  @CsvSource({"1", "32"})
  void trace_sixteenClients_haveATailNoLongerThanTheTables(int expansion) throws IOException {
    assumeThat(Chains.hasTrace()).isTrue();
    var replay = replay(Chains.trace(expansion), false, 16, DIRECTORY, false);

    assertThat(Replay.percentile(replay.trips, 0.5)).isEqualTo(1);
    assertThat(Replay.percentile(replay.micros, 0.99))
        .isLessThanOrEqualTo(expansion == 1 ? RACE_TAIL_512 : RACE_TAIL_16);
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void trace512_withLocations_bringsEachInAboutOneRoundTrip(boolean preloaded) throws IOException {
    assumeThat(Chains.hasTrace()).isTrue();
    var replay = replay(Chains.trace(1), true, 1, DIRECTORY, preloaded);

    assertTrips(replay);
    assertNoMore(replay.bytes, RACE_BYTES_512.over(3));
  }

  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "32, false", "32, true"})
  void trace_withoutDirectory_takesMoreRoundTrips(int expansion, boolean preloaded)
      throws IOException {
    assumeThat(Chains.hasTrace()).isTrue();
    var replay = replay(Chains.trace(expansion), false, 1, 0, preloaded);

    assertThat(Replay.percentile(replay.trips, 0.5)).isBetween(1.0, 3.0);
    assertThat(replay.directoryBytes()).isZero();
  }

  @Test
  void madeUpTrace_isAnsweredRight() throws IOException {
    var replay = replay(Chains.madeUp(2_000, 4), true, 3, 40_000, false);

    assertThat(Replay.percentile(replay.trips, 0.5)).isLessThanOrEqualTo(2);
    assertThat(replay.directoryBytes()).isLessThanOrEqualTo(40_000);
  }
}
