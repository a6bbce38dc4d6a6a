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
  private static final int SEEDS = 10;
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

  /// Sampled curves say how far they may be off: of all points, 19 of 20 lie within 3.2 errors, and
  /// of those at small sizes too, and of no preset and sampling fewer than 9 of 10. Where a sample
  /// would hold next to nothing, curves say nothing.
  @Test
  void of_samplesOfManyTraces_areOffByTheirErrors() {
    var all = new Tally();
    var small = new Tally();
    for (var preset : Workload.PRESETS) {
      for (int groups : new int[] {4, 16, 64}) {
        var its = new Tally();
        for (int seed = 1; seed <= SEEDS; seed++) {
          for (var checked : check(preset, groups, seed)) {
            its.add(checked);
            all.add(checked);
            if (checked.point().capacityBlocks() < 64L * groups) {
              small.add(checked);
            }
          }
        }
        assertThat(its.outside()).as(preset + " in " + groups + " groups").isLessThan(0.1);
      }
    }
    assertThat(small.outside()).isLessThan(0.05);
    assertThat(all.outside()).isLessThan(0.05);
    // And errors that say something: half as large, they would be too small.
    assertThat(all.outsideHalf()).isGreaterThan(0.05);
    assertThat(all.meanError()).isLessThan(0.01);
  }

  private record Checked(Point point, double truth) {}

  private static final class Tally {
    private int points;
    private int outside;
    private int outsideHalf;
    private double errors;

    void add(Checked checked) {
      double off = Math.abs(checked.point().blockHitRate() - checked.truth());
      points++;
      outside += off > 3.2 * checked.point().error() + 1e-9 ? 1 : 0;
      outsideHalf += off > 1.6 * checked.point().error() + 1e-9 ? 1 : 0;
      errors += checked.point().error();
    }

    double outside() {
      return (double) outside / points;
    }

    double outsideHalf() {
      return (double) outsideHalf / points;
    }

    double meanError() {
      return errors / points;
    }
  }

  private static List<Checked> check(String preset, int groups, int seed) {
    var exact = new StackCurve();
    var samples = new CurveSampling(groups).stacks();
    var trace = new SyntheticTrace(Workload.preset(preset), 2_000, seed);
    for (var next = trace.next(); next.isPresent(); next = trace.next()) {
      var request = next.get();
      var ids = new long[request.ids().length()];
      request.ids().copyTo(ids);
      exact.add(ids, request.fullBlocks(), ids.length);
      samples.forEach(sample -> sample.add(ids, request.fullBlocks(), ids.length));
    }
    var points = LruCurve.of(samples).orElseThrow().points();
    assertThat(points.getFirst().capacityBlocks()).isGreaterThanOrEqualTo(16L * groups);
    return points.stream()
        .map(its -> new Checked(its, exact.hitRates(new long[] {its.capacityBlocks()})[0]))
        .toList();
  }
}
