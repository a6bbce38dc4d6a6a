// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.incipit.trace.analyze.ReuseStats.Reach;
import io.incipit.trace.analyze.TraceStats;
import io.incipit.trace.generate.SyntheticTrace;
import io.incipit.trace.generate.Workload;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The distances that statistics give are sizes of caches: both are counted apart, and agree.
class ReuseDistancesTest {
  private static final int REQUESTS = 600;
  private static final List<Integer> SIZES = List.of(1, 64, 512, 4096);

  @ParameterizedTest
  @ValueSource(strings = {"conversation", "tool", "rag", "agent"})
  void distances_ofAPreset_areWhatLeafLruFinds(String preset) throws Exception {
    try (var trace = trace(preset)) {
      var stats = TraceStats.of(trace, _ -> {});
      var reaches = stats.reuse().distances();
      var sizes = SIZES.stream().filter(size -> size <= reaches.getLast().blocks()).toList();
      var rows =
          new Simulation(spec(sizes), 1, (_, _) -> {})
              .run(List.of(new TraceSource(preset, () -> trace(preset))))
              .rows();
      for (int i = 0; i < sizes.size(); i++) {
        double found = share(reaches, sizes.get(i)) * stats.size().blockHitRate();
        assertThat(found).isCloseTo(rows.get(i).blockHitRate(), within(0.001));
      }
      assertThat(sizes).hasSizeGreaterThan(2);
    }
  }

  private static SyntheticTrace trace(String preset) {
    return new SyntheticTrace(Workload.preset(preset), REQUESTS, 7);
  }

  private static SimSpec spec(List<Integer> sizes) {
    var capacities =
        sizes.stream()
            .map(size -> Capacity.parse(Integer.toString(size), Optional.empty()))
            .toList();
    return new SimSpec(List.of("leaf-lru"), capacities, Admission.ALL, 1, CurveSampling.NONE);
  }

  private static double share(List<Reach> reaches, int size) {
    return reaches.stream()
        .filter(reach -> reach.blocks() == size)
        .mapToDouble(Reach::share)
        .findFirst()
        .orElseThrow();
  }
}
