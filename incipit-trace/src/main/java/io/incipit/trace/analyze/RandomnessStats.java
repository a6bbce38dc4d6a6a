// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Whether the places that prompts jump to look random, by the runs test, and whether that test
/// could have said otherwise.
///
/// Blocks are numbered in the order in which they were first seen, so the numbers rise along a
/// prompt: on them the test meets two stretches, one below and one above the median, always. It
/// then passes exactly the prompts that have too few points for it to refuse anything.
///
/// @param samples what was tested of each request, one row each
public record RandomnessStats(List<Sample> samples) {
  private static final int POINTS_MIN = 3;
  private static final int POINTS_MANY = 10;

  /// Keeps a list that nobody changes.
  public RandomnessStats {
    samples = List.copyOf(samples);
  }

  /// One way to draw a sequence from each request.
  ///
  /// @param tests requests with at least 3 points, on both sides of their median
  /// @param passNormal share of tests with `p > 0.05`, normal approximation
  /// @param passExact share of tests with `p > 0.05`, exact
  /// @param canRefuseNormal share of tests with enough points for any `p <= 0.05`, normal
  /// @param canRefuseExact share of tests with enough points for any `p <= 0.05`, exact
  /// @param power mean chance to refuse exactly if a neighbour is three times as likely on the same
  ///     side of the median as by chance
  /// @param manyTests tests of at least 10 points
  /// @param manyPassNormal share of those with `p > 0.05`, normal approximation
  /// @param manyPassExact share of those with `p > 0.05`, exact
  public record Sample(
      String name,
      long tests,
      double passNormal,
      double passExact,
      double canRefuseNormal,
      double canRefuseExact,
      double power,
      long manyTests,
      double manyPassNormal,
      double manyPassExact) {}

  static RandomnessStats of(TraceTable table) {
    var counter = new Counter();
    return new RandomnessStats(
        List.of(
            counter.count("first of every run", table, RandomnessStats::firsts),
            counter.count("blocks in no run >= 2", table, RandomnessStats::singles),
            counter.count("all blocks", table, RandomnessStats::blocks),
            counter.count("gaps between runs", table, RandomnessStats::gaps)));
  }

  private static double[] firsts(TraceTable table, int request) {
    var points = new double[table.runs(request)];
    for (int i = 0; i < points.length; i++) {
      points[i] = table.runFirst(request, i);
    }
    return points;
  }

  private static double[] singles(TraceTable table, int request) {
    var points = new IntList();
    for (int i = 0; i < table.runs(request); i++) {
      if (table.runCount(request, i) == 1) {
        points.add(table.runFirst(request, i));
      }
    }
    return doubles(points.toArray(), points.length());
  }

  private static double[] blocks(TraceTable table, int request) {
    return doubles(table.path(request, new int[0]), table.length(request));
  }

  private static double[] gaps(TraceTable table, int request) {
    var firsts = firsts(table, request);
    var gaps = new double[Math.max(0, firsts.length - 1)];
    for (int i = 0; i < gaps.length; i++) {
      gaps[i] = firsts[i + 1] - firsts[i];
    }
    return gaps;
  }

  private static double[] doubles(int[] values, int length) {
    var doubles = new double[length];
    for (int i = 0; i < length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  private interface Points {
    double[] of(TraceTable table, int request);
  }

  /// What depends on the numbers of points only, worked out once.
  private record Test(RunsTest test, boolean refusesNormal, boolean refusesExact, double power) {
    static Test of(int above, int below) {
      var test = new RunsTest(above, below);
      return new Test(test, test.canRefuseNormal(), test.canRefuseExact(), test.power());
    }
  }

  /// Tests samples, and remembers the tests.
  private static final class Counter {
    private final Map<Long, Test> tests = new HashMap<>();

    Sample count(String name, TraceTable table, Points points) {
      var sums = new Sums();
      for (int r = 0; r < table.requests(); r++) {
        var values = points.of(table, r);
        if (values.length < POINTS_MIN) {
          continue;
        }
        var signs = RunsTest.Signs.of(values);
        if (signs.isTestable()) {
          sums.add(test(signs.above(), signs.below()), signs.runs(), values.length);
        }
      }
      return sums.named(name);
    }

    private Test test(int above, int below) {
      long key = ((long) above << Integer.SIZE) | below;
      return tests.computeIfAbsent(key, _ -> Test.of(above, below));
    }
  }

  private static final class Sums {
    private long tests;
    private long normal;
    private long exact;
    private long ableNormal;
    private long ableExact;
    private double power;
    private long many;
    private long manyNormal;
    private long manyExact;

    void add(Test test, int runs, int points) {
      int passesNormal = test.test().passesNormal(runs) ? 1 : 0;
      int passesExact = test.test().passesExact(runs) ? 1 : 0;
      tests++;
      normal += passesNormal;
      exact += passesExact;
      ableNormal += test.refusesNormal() ? 1 : 0;
      ableExact += test.refusesExact() ? 1 : 0;
      power += test.power();
      if (points >= POINTS_MANY) {
        many++;
        manyNormal += passesNormal;
        manyExact += passesExact;
      }
    }

    Sample named(String name) {
      return new Sample(
          name,
          tests,
          Share.of(normal, tests),
          Share.of(exact, tests),
          Share.of(ableNormal, tests),
          Share.of(ableExact, tests),
          tests == 0 ? 0 : power / tests,
          many,
          Share.of(manyNormal, many),
          Share.of(manyExact, many));
    }
  }
}
