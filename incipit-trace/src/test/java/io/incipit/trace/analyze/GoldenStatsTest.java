// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.env.Disk;
import io.incipit.trace.TraceFile;
import io.incipit.trace.mooncake.MooncakeFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the traces of Mooncake (FAST 2025) say. The numbers come from scripts that share nothing
/// with this code; percentages are compared to the digits that they were written with.
class GoldenStatsTest {
  private static final Path TRACES =
      Path.of(System.getProperty("incipit.root", ".."), "../shared/traces").normalize();
  private static final Map<String, TraceStats> READ = new HashMap<>();
  private static final String CONVERSATION = "conversation";
  private static final String SYNTHETIC = "synthetic";

  @ParameterizedTest
  @CsvSource({
    "conversation, 12031, 3537, 1180, 288500, 182790, 36.64, 37.36",
    "synthetic, 3993, 1022, 3982, 121877, 43924, 63.96, 65.12"
  })
  void size_ofTheTraces_isAsCounted(
      String trace,
      long requests,
      long span,
      long arrivals,
      long blocks,
      long distinct,
      double blockRate,
      double tokenRate) {
    var size = stats(trace).size();

    assertThat(size.requests()).isEqualTo(requests);
    assertThat(Math.round(size.spanSeconds())).isEqualTo(span);
    assertThat(size.arrivals()).isEqualTo(arrivals);
    assertThat(size.blocks()).isEqualTo(blocks);
    assertThat(size.distinctBlocks()).isEqualTo(distinct);
    assertThat(100 * size.blockHitRate()).isCloseTo(blockRate, within(0.005));
    assertThat(100 * size.tokenHitRate()).isCloseTo(tokenRate, within(0.005));
  }

  @ParameterizedTest
  @CsvSource({
    "conversation, 12035 6909 27367 85401 126195, 343 350 597 1120",
    "synthetic, 15325 11587 38615 66458 191378, 149 69 389 769"
  })
  void tokens_ofTheTraces_areAsCounted(String trace, String input, String output) {
    var in = stats(trace).size().inputTokens();
    var out = stats(trace).size().outputTokens();

    assertRounded(List.of(in.mean(), in.p50(), in.p90(), in.p99(), in.max()), input, 0);
    assertRounded(List.of(out.mean(), out.p50(), out.p90(), out.p99()), output, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "conversation, 36.63 36.58 36.05 33.99 29.16, 28 35 38 38 39 40",
    "synthetic, 63.55 63.12 62.25 59.98 55.26, 11 29 51 68 87 95"
  })
  void late_ofTheTraces_isAsCounted(String trace, String late, String sixths) {
    var size = stats(trace).size();

    assertRounded(percents(size.late().stream().map(SizeStats.Late::blockHitRate)), late, 2);
    assertRounded(percents(size.sixths().stream()), sixths, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "conversation, 38.4 2.7 6.7 33.3 66.7 92.9, 29.3 42.5 21.0 0.0, 1 7 25 106 5 18 38 141",
    "synthetic, 42.3 0.0 0.0 0.0 96.7 98.7, 44.3 44.3 44.1 55.4, 0 32 70 121 1 3 38 98"
  })
  void hits_ofTheTraces_areAsCounted(String trace, String rates, String shares, String blocks) {
    var hits = stats(trace).hits();
    var rate = hits.rate();
    var hit = hits.hitBlocks();
    var fresh = hits.newBlocks();

    assertRounded(
        percents(
            Stream.of(rate.mean(), rate.p10(), rate.p25(), rate.p50(), rate.p75(), rate.p90())),
        rates,
        1);
    assertRounded(
        percents(
            Stream.of(
                hits.aboveHalf(), hits.atLeastHalf(), hits.aboveThreeQuarters(), hits.none())),
        shares,
        1);
    assertRounded(
        Stream.of(hit, fresh)
            .flatMap(spread -> Stream.of(spread.p50(), spread.p75(), spread.p90(), spread.p99()))
            .toList(),
        blocks,
        0);
  }

  @ParameterizedTest
  @CsvSource({
    "conversation, 71.8 66.3 76.1 76.2 66.7 85.8, 92.3 88.4 93.5",
    "synthetic, 96.6 65.1 70.4 97.5 99.2 2.7, 98.5 95.3 98.0"
  })
  void sequence_ofTheTraces_isAsCounted(String trace, String macro, String micro) {
    var rows = stats(trace).sequence().definitions();

    assertThat(rows.stream().map(SequenceStats.Definition::name))
        .containsExactly("A", "B", "C", "D", "F", "R");
    assertRounded(percents(rows.stream().map(SequenceStats.Definition::macro)), macro, 1);
    assertRounded(percents(rows.stream().limit(3).map(SequenceStats.Definition::micro)), micro, 1);
  }

  @Test
  void runs_ofConversation_areAsCounted() {
    var runs = stats(CONVERSATION).sequence().runs();
    var blocks = stats(CONVERSATION).sequence().runBlocks();

    assertRounded(
        List.of(runs.p50(), runs.p75(), runs.p90(), runs.p95(), runs.p99(), runs.max()),
        "2 3 4 5 9 24",
        0);
    assertThat(runs.mean()).isCloseTo(2.78, within(0.005));
    assertRounded(
        List.of(
            blocks.mean(), blocks.p50(), blocks.p75(), blocks.p90(), blocks.p99(), blocks.max()),
        "9 1 7 24 101 246",
        0);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 4575, 94.5, 97.4, 119, 0",
    "1, 1242, 93.8, 97.7, 29, 0",
    "2, 10675, 22.7, 29.6, 7513, 0",
    "3, 1944, 99.3, 99.9, 85, 95"
  })
  void randomness_ofConversation_isAsCounted(
      int row, long tests, double normal, double exact, long many, double manyNormal) {
    var sample = stats(CONVERSATION).randomness().samples().get(row);

    assertThat(sample.tests()).isEqualTo(tests);
    assertThat(100 * sample.passNormal()).isCloseTo(normal, within(0.05));
    assertThat(100 * sample.passExact()).isCloseTo(exact, within(0.05));
    assertThat(sample.manyTests()).isEqualTo(many);
    assertThat(100 * sample.manyPassNormal()).isCloseTo(manyNormal, within(0.5));
  }

  @Test
  void randomness_ofRisingNumbers_passesExactlyWhereTheTestCannotRefuse() {
    var firsts = stats(CONVERSATION).randomness().samples().getFirst();

    assertThat(firsts.passNormal()).isCloseTo(1 - firsts.canRefuseNormal(), within(1e-12));
    assertThat(firsts.passExact()).isCloseTo(1 - firsts.canRefuseExact(), within(1e-12));
    assertThat(stats(SYNTHETIC).randomness().samples().getFirst().tests()).isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource({
    "conversation, 0 54 114 267 519 1578, 0 4283 8295 17839 31439 85247, 52 79 94 98 99",
    "synthetic, 5 18 59 158 282 583, 682 2245 6211 12727 20367 33919, 68 91 99 100 100"
  })
  void gaps_ofTheTraces_areAsCounted(String trace, String seconds, String blocks, String ages) {
    var gaps = stats(trace).reuse().all();

    assertClose(quantiles(gaps.seconds()), seconds, 1);
    assertClose(quantiles(gaps.blocks()), blocks, 1);
    assertRounded(percents(gaps.ages().stream().skip(3).map(ReuseStats.Age::share)), ages, 0);
  }

  @Test
  void gaps_withoutTheCommonHead_areAsCounted() {
    var reuse = stats(CONVERSATION).reuse();

    assertThat(reuse.commonBlocks()).isEqualTo(1);
    assertThat(stats(SYNTHETIC).reuse().commonBlocks()).isZero();
    var gaps = reuse.withoutCommon();
    assertClose(quantiles(gaps.seconds()), "45 72 135 291 531 1710", 1);
    assertClose(quantiles(gaps.blocks()), "3475 5387 9623 19551 32607 91519", 1);
    assertRounded(
        percents(gaps.ages().stream().map(ReuseStats.Age::share)),
        "0.4 5.2 19.0 46.2 75.8 92.9 97.9 99.1",
        1);
  }

  @ParameterizedTest
  @CsvSource({
    "conversation, 75.8 13.9 0.7, 5.6 12.2 24.3 33.9, 15.2 31.7 57.7 75.1",
    "synthetic, 58.4 6.6 2.9, 0.9 6.8 21.6 35.3, 1.3 10.1 30.9 49.6"
  })
  void uses_ofTheTraces_areAsCounted(String trace, String uses, String accesses, String reuses) {
    var reuse = stats(trace).reuse();

    assertRounded(
        percents(Stream.of(reuse.usedOnce(), reuse.usedTwice(), reuse.usedTenTimes())), uses, 1);
    var hottest = reuse.hottest();
    assertRounded(percents(hottest.stream().map(ReuseStats.Hottest::accesses)), accesses, 1);
    assertRounded(percents(hottest.stream().map(ReuseStats.Hottest::reuses)), reuses, 1);
  }

  @Test
  void position_ofTheTraces_isAsCounted() {
    var position = stats(CONVERSATION).position();
    var depths = position.depths();

    assertRounded(
        percents(depths.stream().map(PositionStats.Depth::hitRate)),
        "100 38.7 38.5 37.2 34.3 32.2 32.3 33.1 27.3",
        1);
    assertRounded(
        percents(depths.stream().map(PositionStats.Depth::reused)),
        "100 30.6 30.8 29.8 25.3 21.7 21.5 21.3 18.8",
        1);
    assertRounded(
        percents(depths.stream().map(PositionStats.Depth::hitShare)),
        "11.4 4.4 7.4 12.3 17.3 19.6 15.5 9.1 3.0",
        1);
    assertRounded(percents(position.deciles().stream()), "64 42 41 38 37 33 31 30 26 15", 0);
    assertRounded(
        percents(stats(SYNTHETIC).position().deciles().stream()),
        "61 67 66 66 67 66 66 66 65 49",
        0);
  }

  @ParameterizedTest
  @CsvSource({
    "conversation, 182790 1 11905 3876 3393 15781 11913, 2 12 31 129 3 20 85 190 11 48, 7373 11 10",
    "synthetic, 43924 2211 3780 397 67 4177 3780, 1 3 37 95 3 22 67 162 39 84, 13 13 13"
  })
  void tree_ofTheTraces_isAsCounted(String trace, String counts, String spreads, String fanOuts) {
    var tree = stats(trace).tree();
    var edge = tree.edgeBlocks();
    var depth = tree.depths();
    var branch = tree.branchDepths();

    assertRounded(
        Stream.of(
                tree.nodes(),
                tree.roots(),
                tree.leaves(),
                tree.branching(),
                tree.twins(),
                tree.edges(),
                tree.extents())
            .map(Integer::doubleValue)
            .toList(),
        counts,
        0);
    assertRounded(
        List.of(
            edge.p50(),
            edge.p75(),
            edge.p90(),
            edge.p99(),
            depth.p10(),
            depth.p50(),
            depth.p90(),
            depth.p99(),
            branch.p50(),
            branch.p90()),
        spreads,
        0);
    assertRounded(tree.fanOuts().stream().map(Integer::doubleValue).toList(), fanOuts, 0);
  }

  @Test
  void workingSet_ofTheTraces_isAsCounted() {
    assertWindows(CONVERSATION, "4700 19700 36000", "6300 21300 38000");
    assertWindows(SYNTHETIC, "5800 20500 32800", "7900 22900 36400");
    assertThat(stats(CONVERSATION).workingSet().newBlocksPerSecond()).isCloseTo(51.7, within(0.05));
  }

  @Test
  void rates_ofTheTraces_areAsCounted() {
    var rates = stats(CONVERSATION).rates();
    assertThat(rates.requestsPerSecond()).isCloseTo(3.40, within(0.005));
    assertThat(rates.inputTokensPerSecond()).isCloseTo(40_900, within(50.0));
    assertRounded(
        rates.windows().stream().map(RateStats.Window::peakRequestsPerSecond).toList(),
        "28.0 6.7 4.1",
        1);
    assertThat(rates.windows().get(1).dispersion()).isCloseTo(2.1, within(0.05));
    assertThat(rates.windows().get(1).peakInputTokensPerSecond()).isCloseTo(89_600, within(50.0));
    assertRounded(
        stats(SYNTHETIC).rates().windows().stream()
            .map(RateStats.Window::peakRequestsPerSecond)
            .toList(),
        "13.0 5.5 4.6",
        1);
  }

  @Test
  void sessions_ofConversation_areAsCounted() {
    var sessions = stats(CONVERSATION).sessions();

    assertRounded(percents(Stream.of(sessions.starts(), sessions.continues())), "61.3 29.3", 1);
    assertThat(100 * (sessions.extendsOthers() + sessions.branches())).isCloseTo(9.3, within(0.15));
    assertRounded(
        sessions.tailByNewBlocks().stream().limit(6).map(SessionStats.Chance::chance).toList(),
        "0.55 0.46 0.29 0.22 0.22 0.19",
        2);
  }

  private static void assertWindows(String trace, String means, String maxima) {
    var windows = stats(trace).workingSet().windows();
    assertClose(windows.stream().map(WorkingSetStats.Window::mean).toList(), means, 2.5);
    assertClose(windows.stream().map(row -> (double) row.max()).toList(), maxima, 2.5);
  }

  private static List<Double> quantiles(Spread spread) {
    return List.of(
        spread.p10(), spread.p25(), spread.p50(), spread.p75(), spread.p90(), spread.p99());
  }

  private static List<Double> percents(Stream<Double> shares) {
    return shares.map(share -> 100 * share).toList();
  }

  private static void assertRounded(List<Double> values, String expected, int digits) {
    double half = 0.5000001 * Math.pow(10, -digits);
    var numbers = Stream.of(expected.split(" ")).map(Double::valueOf).toList();
    assertThat(values).hasSameSizeAs(numbers);
    for (int i = 0; i < numbers.size(); i++) {
      assertThat(values.get(i)).as("%d of %s", i, values).isCloseTo(numbers.get(i), within(half));
    }
  }

  private static void assertClose(List<Double> values, String expected, double percent) {
    var numbers = Stream.of(expected.split(" ")).map(Double::valueOf).toList();
    assertThat(values).hasSameSizeAs(numbers);
    for (int i = 0; i < numbers.size(); i++) {
      double near = Math.max(0.5, numbers.get(i) * percent / 100);
      assertThat(values.get(i)).as("%d of %s", i, values).isCloseTo(numbers.get(i), within(near));
    }
  }

  private static TraceStats stats(String trace) {
    var path = TRACES.resolve(trace + "_trace.jsonl");
    assumeTrue(Disk.system().exists(path), "no traces beside the project: " + path);
    return READ.computeIfAbsent(trace, _ -> read(path));
  }

  private static TraceStats read(Path path) {
    try (var reader = new MooncakeFormat().open(new TraceFile(Disk.system(), path, false))) {
      return TraceStats.of(reader, _ -> {});
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }
}
