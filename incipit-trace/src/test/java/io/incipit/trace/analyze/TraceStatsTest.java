// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.incipit.trace.BlockIds;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TraceStatsTest {
  private static final int BLOCK_TOKENS = 10;
  private static final long SECOND = 1_000_000_000;

  @Test
  void of_noRequests_isAllZeros() throws IOException {
    var stats = stats();

    assertThat(stats.size().requests()).isZero();
    assertThat(stats.size().blockHitRate()).isZero();
    assertThat(stats.hits().rate().max()).isZero();
    assertThat(stats.tree().nodes()).isZero();
    assertThat(stats.sessions().goesOn().getFirst().requests()).isZero();
    assertThat(stats.heat().hottest()).isEmpty();
  }

  @Test
  void of_oneRequest_hasNoHits() throws IOException {
    var stats = stats(request(0, 25, 7, 8, 9));

    assertThat(stats.size().blockHitRate()).isZero();
    assertThat(stats.size().distinctBlocks()).isEqualTo(3);
    assertThat(stats.rates().requestsPerSecond()).isZero();
    assertThat(stats.tree().leaves()).isEqualTo(1);
    assertThat(stats.heat().hitRates()).containsExactly(0.0);
  }

  @Test
  void of_idsOfAnyKind_numbersThemAsFirstSeen() throws IOException {
    var stats = stats(request(0, 30, -5, 1L << 60, 3), request(1, 40, -5, 1L << 60, 99, 4));

    var sequence = stats.sequence();
    assertThat(sequence.runs().mean()).isEqualTo(1.5);
    assertThat(sequence.runBlocks().max()).isEqualTo(3);
    assertThat(sequence.definitions().getFirst().macro())
        .isCloseTo((1 + 2 / 3.0) / 2, within(1e-9));
    assertThat(stats.size().blockHitRate()).isCloseTo(2 / 7.0, within(1e-9));
  }

  @Test
  void of_distances_areOfBlocksThatACacheKeepsLonger() throws IOException {
    // The stack before the third request, youngest first: 1 5 6 2 3.
    var stats = stats(request(0, 30, 1, 2, 3), request(1, 30, 1, 5, 6), request(2, 30, 1, 2, 3));

    assertThat(stats.reuse().distances())
        .extracting(ReuseStats.Reach::blocks, ReuseStats.Reach::share)
        .contains(tuple(1, 0.5), tuple(2, 0.5), tuple(4, 0.75))
        .last()
        .isEqualTo(tuple(5, 1.0));
  }

  @Test
  void of_sixthsOfTheTime_saysWhereNothingCame() throws IOException {
    var stats = stats(request(0, 10, 1), request(3, 10, 1), request(6, 20, 1, 2));

    assertThat(stats.size().sixths()).containsExactly(0.0, -1.0, -1.0, 1.0, -1.0, 0.5);
  }

  @Test
  void of_partialTailHit_countsItsTokensOnly() throws IOException {
    var stats = stats(request(0, 25, 1, 2, 3), request(1, 25, 1, 2, 3));

    assertThat(stats.size().tokenHitRate()).isEqualTo(0.5);
  }

  @Test
  void of_blockAsked30SecondsAgo_isReadableAfter30SecondsAndNotAfter60() throws IOException {
    var late = stats(request(0, 10, 1), request(30, 10, 1)).size().late();

    assertThat(late.stream().map(SizeStats.Late::blockHitRate))
        .containsExactly(0.5, 0.5, 0.5, 0.0, 0.0);
  }

  @Test
  void of_twoBranches_countsTheTree() throws IOException {
    var tree = stats(request(0, 40, 1, 2, 3, 4), request(1, 40, 1, 2, 5, 6)).tree();

    assertThat(tree.nodes()).isEqualTo(6);
    assertThat(tree.roots()).isEqualTo(1);
    assertThat(tree.leaves()).isEqualTo(2);
    assertThat(tree.branching()).isEqualTo(1);
    assertThat(tree.edges()).isEqualTo(3);
    assertThat(tree.extents()).isEqualTo(2);
    assertThat(tree.levels().stream().map(TreeStats.Level::nodes)).containsExactly(1, 1, 2, 2);
    assertThat(tree.levels().stream().map(TreeStats.Level::requests)).containsExactly(2, 2, 2, 2);
  }

  @Test
  void of_answerGoesIntoNextPrompt_continuesTheSession() throws IOException {
    var sessions =
        stats(
                new TraceRequest(0, -1, 0, 20, 15, BLOCK_TOKENS, BlockIds.of(1, 2)),
                new TraceRequest(SECOND, -1, 0, 40, 1, BLOCK_TOKENS, BlockIds.of(1, 2, 3, 4)),
                new TraceRequest(2 * SECOND, -1, 0, 30, 1, BLOCK_TOKENS, BlockIds.of(1, 5, 6)))
            .sessions();

    assertThat(sessions.starts()).isCloseTo(1 / 3.0, within(1e-9));
    assertThat(sessions.continues()).isCloseTo(1 / 3.0, within(1e-9));
    assertThat(sessions.branches()).isCloseTo(1 / 3.0, within(1e-9));
  }

  private static TraceRequest request(long seconds, int input, long... ids) {
    return new TraceRequest(seconds * SECOND, -1, 0, input, 1, BLOCK_TOKENS, BlockIds.of(ids));
  }

  private static TraceStats stats(TraceRequest... requests) throws IOException {
    try (var reader = new ListReader(List.of(requests).iterator())) {
      return TraceStats.of(reader, _ -> {});
    }
  }

  private record ListReader(Iterator<TraceRequest> requests) implements TraceReader {
    @Override
    public Optional<TraceRequest> next() {
      return requests.hasNext() ? Optional.of(requests.next()) : Optional.empty();
    }

    @Override
    public int blockTokens() {
      return BLOCK_TOKENS;
    }

    @Override
    public double progress() {
      return 0;
    }

    @Override
    public long skipped() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
