// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.incipit.trace.generate.SyntheticTrace;
import io.incipit.trace.generate.Workload;
import io.incipit.trace.simulate.LruCurve.Point;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LruCurveTest {
  private static final LruCurve CURVE =
      new LruCurve(List.of(new Point(10, 0.2, 0), new Point(20, 0.4, 0), new Point(40, 0.5, 0)), 0);

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "5, 0.1",
    "10, 0.2",
    "15, 0.3",
    "20, 0.4",
    "30, 0.45",
    "40, 0.5",
    "41, 0.5",
    "1000000000000, 0.5"
  })
  void blockHitRate_anyCapacity_isOnTheLinesBetweenPoints(long capacity, double rate) {
    assertThat(CURVE.blockHitRate(capacity)).isCloseTo(rate, within(1e-12));
  }

  @Test
  void blockHitRate_noPoints_isZero() {
    assertThat(new LruCurve(List.of(), 0).blockHitRate(7)).isZero();
  }

  @Test
  void of_stack_endsWhereNothingChangesAnyMore() {
    var stack = new StackCurve();
    stack.add(new long[] {0, 1, 2}, 3, 3);
    stack.add(new long[] {0, 1, 2}, 3, 3);

    var curve = LruCurve.of(List.of(stack)).orElseThrow();
    assertThat(curve.points().getLast()).isEqualTo(new Point(3, 0.5, 0));
    assertThat(curve.points()).extracting(Point::capacityBlocks).isSorted().doesNotHaveDuplicates();
    assertThat(curve.blockHitRate(1)).isCloseTo(1 / 6.0, within(1e-12));
    assertThat(LruCurve.of(List.of())).isEmpty();
  }

  /// Sampled curves say how far they may be off; where a sample would hold next to nothing, they
  /// say nothing, rather than a rate that is wrong with a small error.
  @ParameterizedTest
  @CsvSource({"tool, 16", "tool, 64", "conversation, 16", "rag, 16", "rag, 64", "agent, 16"})
  void of_samples_areOffByAFewErrorsAtMost(String preset, int groups) {
    var exact = new StackCurve();
    var samples = new CurveSampling(groups).stacks();
    var trace = new SyntheticTrace(Workload.preset(preset), 2_000, 7);
    for (var next = trace.next(); next.isPresent(); next = trace.next()) {
      var request = next.get();
      var ids = new long[request.ids().length()];
      request.ids().copyTo(ids);
      exact.add(ids, request.fullBlocks(), ids.length);
      samples.forEach(sample -> sample.add(ids, request.fullBlocks(), ids.length));
    }
    var points = LruCurve.of(samples).orElseThrow().points();

    assertThat(points.getFirst().capacityBlocks()).isGreaterThanOrEqualTo(8L * groups);
    for (var point : points) {
      double truth = exact.hitRates(new long[] {point.capacityBlocks()})[0];
      assertThat(point.blockHitRate()).isCloseTo(truth, within(6 * point.error() + 0.005));
    }
  }
}
