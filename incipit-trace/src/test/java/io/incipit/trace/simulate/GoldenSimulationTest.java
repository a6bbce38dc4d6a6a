// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.env.Disk;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.mooncake.MooncakeFormat;
import io.incipit.trace.session.AgentSessionsFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What caches find in the traces beside the project. The numbers of `leaf-lru` and `belady` come
/// from two counts of their own, without these classes; those of others are what they must reach.
class GoldenSimulationTest {
  private static final Path TRACES =
      Path.of(System.getProperty("incipit.root", ".."), "../shared/traces").normalize();
  private static final int THREADS = 2;

  @Test
  void run_conversationAllAdmitted_givesRatesOfLeafLruAndBelady() throws Exception {
    var spec = spec(Admission.ALL, "leaf-lru,belady", "1k,2k,5k,10k,20k,50k");

    assertRates(
        run("conversation_trace.jsonl", new MooncakeFormat(), spec),
        0.00005,
        .0445,
        .0543,
        .1118,
        .2116,
        .2878,
        .3546,
        .1907,
        .2550,
        .3412,
        .3664,
        .3664,
        .3664);
  }

  @Test
  void run_syntheticAllAdmitted_givesRatesOfLeafLruAndBelady() throws Exception {
    var spec = spec(Admission.ALL, "leaf-lru,belady", "2k,5k,10k,20k");

    assertRates(
        run("synthetic_trace.jsonl", new MooncakeFormat(), spec),
        0.0005,
        .146,
        .279,
        .424,
        .572,
        .380,
        .526,
        .618,
        .640);
  }

  @Test
  void run_conversationDefault_isAheadOfLeafLru() throws Exception {
    var spec = spec(Admission.FULL, "default,leaf-lru", "2k,5k,10k,20k,50k");
    var rows = run("conversation_trace.jsonl", new MooncakeFormat(), spec);

    assertThat(gain(rows, "2k")).isGreaterThan(1.8);
    assertThat(gain(rows, "5k")).isGreaterThan(1.45);
    assertThat(gain(rows, "10k")).isGreaterThan(1.10);
    assertThat(gain(rows, "20k")).isGreaterThan(1.045);
    assertThat(gain(rows, "50k")).isGreaterThan(0.99);
  }

  @Test
  void run_conversationEveryPolicy_savesAsMuchAsMeasured() throws Exception {
    var spec = spec(Admission.ALL, "leaf-lru,belady", "5k,10k,20k");
    var rows = run("conversation_trace.jsonl", new MooncakeFormat(), spec);

    assertThat(rows.stream().map(SimRow::tokenHitRate).toList())
        .usingElementComparator((a, b) -> Math.abs(a - b) < 0.0006 ? 0 : 1)
        .containsExactly(.114, .216, .293, .348, .374, .374);
    assertThat(rows.stream().map(SimRow::savedComputeRate).toList())
        .usingElementComparator((a, b) -> Math.abs(a - b) < 0.0006 ? 0 : 1)
        .containsExactly(.095, .198, .271, .327, .355, .355);
  }

  @Test
  void run_conversationCurve_isWhatSimulationsGive() throws Exception {
    var sizes = "64,1024,8192,32768";
    var exact = spec(Admission.FULL, "leaf-lru", sizes, CurveSampling.EXACT);
    var report = report("conversation_trace.jsonl", new MooncakeFormat(), exact);
    var sampled = spec(Admission.FULL, "leaf-lru", sizes, new CurveSampling(16));
    var curve =
        report("conversation_trace.jsonl", new MooncakeFormat(), sampled)
            .curves()
            .get("conversation_trace.jsonl");

    for (var row : report.rows()) {
      assertThat(rate(report.curves().get(row.trace()), row.capacityBlocks()))
          .isEqualTo(row.blockHitRate());
      if (row.capacityBlocks() > 64) {
        assertThat(rate(curve, row.capacityBlocks())).isCloseTo(row.blockHitRate(), within(0.03));
      }
    }
    assertThat(report.curves().get("conversation_trace.jsonl").worstError()).isZero();
    assertThat(curve.worstError()).isBetween(0.001, 0.05);
  }

  private static double rate(LruCurve curve, int capacity) {
    return curve.points().stream()
        .filter(point -> point.capacityBlocks() == capacity)
        .mapToDouble(LruCurve.Point::blockHitRate)
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Tag("programs")
  void run_agents_givesRatesOfLeafLruAndDefault() throws Exception {
    assumeTrue(
        Boolean.getBoolean("incipit.slow.programs"), "41 M blocks for each cache; --slow=programs");
    var format = new AgentSessionsFormat();
    var trace = "claude_code_even.jsonl.gz";

    var lru = run(trace, format, spec(Admission.FULL, "leaf-lru", "50k,100k,200k"));
    assertRates(lru, 0.005, .591, .854, .941);
    assertThat(lru.getFirst().blockHitRate()).isCloseTo(.5954, within(0.00005));
    var learnt = run(trace, format, spec(Admission.FULL, "default", "20k,50k,100k"));
    assertThat(learnt.get(0).blockHitRate()).isGreaterThan(.425);
    assertThat(learnt.get(1).blockHitRate()).isGreaterThan(.66);
    assertThat(learnt.get(2).blockHitRate()).isGreaterThan(.845);
  }

  private static double gain(List<SimRow> rows, String capacity) {
    var rates =
        rows.stream()
            .filter(row -> row.capacity().equals(capacity))
            .map(SimRow::blockHitRate)
            .toList();
    return rates.getFirst() / rates.getLast();
  }

  private static void assertRates(List<SimRow> rows, double within, double... expected) {
    assertThat(rows).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(rows.get(i).blockHitRate())
          .as("%s", rows.get(i))
          .isCloseTo(expected[i], within(within));
    }
  }

  private static SimSpec spec(Admission admission, String policies, String capacities) {
    return spec(admission, policies, capacities, CurveSampling.NONE);
  }

  private static SimSpec spec(
      Admission admission, String policies, String capacities, CurveSampling curve) {
    var sizes =
        Stream.of(capacities.split(",")).map(text -> Capacity.parse(text, Optional.empty()));
    return new SimSpec(List.of(policies.split(",")), sizes.toList(), admission, 1, curve);
  }

  private static List<SimRow> run(String name, TraceFormat format, SimSpec spec)
      throws IOException, InterruptedException {
    return report(name, format, spec).rows();
  }

  private static SimReport report(String name, TraceFormat format, SimSpec spec)
      throws IOException, InterruptedException {
    var path = TRACES.resolve(name);
    assumeTrue(Disk.system().exists(path), "no traces beside the project: " + path);
    var file = new TraceFile(Disk.system(), path, false);
    var trace = new TraceSource(name, () -> format.open(file));
    return new Simulation(spec, THREADS, (_, _) -> {}).run(List.of(trace));
  }
}
