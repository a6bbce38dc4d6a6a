// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.incipit.block.Hint;
import io.incipit.env.RandomSource;
import io.incipit.trace.BlockIds;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.simulate.HintSpec.Source;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HintSourceTest {
  private static final long SECOND = 1_000_000_000;

  private static TraceRequest request(int second, long... ids) {
    return new TraceRequest(second * SECOND, 0, 0, 16 * ids.length, 1, 16, BlockIds.of(ids));
  }

  private static List<TraceRequest> random(long seed, int count) {
    var random = RandomSource.seeded(seed);
    var requests = new ArrayList<TraceRequest>();
    for (int i = 0; i < count; i++) {
      // Below block b hang 2 b + 1 and 2 b + 2.
      var ids = new ArrayList<Long>();
      for (long b = random.nextInt(400); b > 0; b = (b - 1) / 2) {
        ids.addFirst(b);
      }
      requests.add(request(i, ids.stream().mapToLong(id -> id).toArray()));
    }
    return requests;
  }

  private static PathReturns returns(List<TraceRequest> requests) {
    var recorder = new PathReturns.Recorder();
    for (var request : requests) {
      var ids = new long[request.ids().length()];
      request.ids().copyTo(ids);
      recorder.add(request.timeNs(), ids, ids.length);
    }
    return recorder.finish();
  }

  /// As said, and nothing else: the next request that has more than half of the blocks.
  private static long next(List<TraceRequest> requests, int number) {
    var ids = requests.get(number).ids();
    for (int later = number + 1; later < requests.size(); later++) {
      var others = requests.get(later).ids();
      int shared = 0;
      while (shared < Math.min(ids.length(), others.length())
          && ids.id(shared) == others.id(shared)) {
        shared++;
      }
      if (2 * shared > ids.length()) {
        return requests.get(later).timeNs();
      }
    }
    return PathReturns.NEVER;
  }

  @Test
  void timeNs_randomPaths_isThatOfTheNextWithMoreThanHalf() {
    for (long seed = 1; seed <= 5; seed++) {
      var requests = random(seed, 300);
      var returns = returns(requests);
      for (int i = 0; i < requests.size(); i++) {
        assertThat(returns.timeNs(i)).as("seed %d, %d", seed, i).isEqualTo(next(requests, i));
      }
      assertThat(returns.returning() + returns.ending()).isEqualTo(300);
    }
  }

  private static List<Hint> hints(HintSource source, List<TraceRequest> requests) {
    return requests.stream().map(its -> source.next(its, its.timeNs() + SECOND / 2)).toList();
  }

  @Test
  void next_oracle_saysWhatComes() {
    var requests =
        List.of(request(0, 1, 2), request(3, 1, 2, 3), request(9, 7), request(20, 1, 2, 3, 4));
    var returns = returns(requests);
    var both = new HintSource(new HintSpec(Source.ORACLE, 0), returns, 1, true);

    assertThat(hints(both, requests))
        .containsExactly(
            new Hint.Back(5 * SECOND / 2), new Hint.Back(33 * SECOND / 2), Hint.DONE, Hint.DONE);
    assertThat(both.counts()).isEqualTo(new HintCounts("oracle", 2, 2, 0));
    var done = new HintSource(new HintSpec(Source.ORACLE_DONE, 0), returns, 1, true);
    assertThat(hints(done, requests)).containsExactly(Hint.NONE, Hint.NONE, Hint.DONE, Hint.DONE);
    var timeless = new HintSource(new HintSpec(Source.ORACLE, 0), returns, 1, false);
    assertThat(hints(timeless, requests))
        .containsExactly(Hint.NONE, Hint.NONE, Hint.DONE, Hint.DONE);
  }

  @Test
  void next_recorded_saysWhatTheTraceHas() {
    var requests = List.of(request(0, 1), request(1, 1).with(Hint.DONE));
    var recorded = new HintSource(new HintSpec(Source.RECORDED, 0), PathReturns.NONE, 1, true);
    assertThat(hints(recorded, requests)).containsExactly(Hint.NONE, Hint.DONE);
    var none = new HintSource(HintSpec.NONE, PathReturns.NONE, 1, true);
    assertThat(hints(none, requests)).containsOnly(Hint.NONE);
  }

  @Test
  void next_falseShare_isThatOfTheHintsGiven() {
    var requests = random(9, 4_000);
    var returns = returns(requests);
    var source = new HintSource(new HintSpec(Source.ORACLE_DONE, 0.3), returns, 1, true);
    hints(source, requests);
    var counts = source.counts();
    assertThat((double) counts.falseHints() / counts.done()).isCloseTo(0.3, within(0.05));
    assertThat(counts.done() - counts.falseHints()).isEqualTo(returns.ending());
  }

  @Test
  void hintSpec_other_isRefusedByName() {
    for (var source : Source.values()) {
      assertThat(Source.parse(source.toString())).isEqualTo(source);
    }
    assertThatThrownBy(() -> Source.parse("all"))
        .hasMessage("hints: all (expected: none, recorded, oracle-done, oracle-back, oracle)");
    assertThatThrownBy(() -> new HintSpec(Source.RECORDED, 0.1))
        .hasMessageStartingWith("false share: 0.1 with hints recorded (expected: ");
    assertThatThrownBy(() -> new HintSpec(Source.ORACLE, 1))
        .hasMessageStartingWith("false share: 1.0 with hints oracle (expected: ");
  }
}
