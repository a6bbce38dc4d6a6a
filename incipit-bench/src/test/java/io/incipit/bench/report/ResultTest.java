// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultTest {
  private static Samples samples() {
    var samples = new Samples();
    for (double ours : List.of(2.0, 1.0, 4.0)) {
      samples.add("match.length.full.16", "hashmap", 100);
      samples.add("match.length.full.16", Samples.OURS, ours);
      samples.add("memory.tree.16.bytes", Samples.OURS, 9 + ours / 10);
    }
    return samples;
  }

  @Test
  void ratios_ofThreeRounds_areTheirsByOursRoundByRound() {
    assertThat(samples().ratios())
        .containsExactly(
            Map.entry("match.length.full.16.hashmap", new Spread(25, 50, 100)),
            Map.entry("memory.tree.16.bytes", new Spread(9.1, 9.2, 9.4)));
  }

  @Test
  void missed_medianBelowTheBound_isNamedWithBoth() {
    assertThat(Goal.missed(Goal.INDEX, samples().ratios()))
        .containsExactly(
            "length, full, vs HashMap (match.length.full.16.hashmap): 50, goal >= 150");
  }

  @Test
  void read_whatWriteWrote_isTheSame(@TempDir Path directory) throws IOException {
    var file = directory.resolve("index.json");
    var result =
        new Result(
            "index",
            "./incipit bench index",
            "2026-01-01T00:00:00Z",
            "abc",
            Map.of("cores", "2"),
            List.of("-XX:+UseParallelGC"),
            7,
            "a trace",
            "CPU ns",
            samples().all(),
            Map.of("match.length.full.16.hashmap", List.of(25.0, 50.0, 100.0)));

    result.write(file);

    assertThat(Result.read(file)).isEqualTo(result);
  }
}
