// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.bench.report.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventsRunTest {
  private static final long EVENTS = 1_000_000;

  @Test
  void run_eventsWithFaults_leaveNothingBehind() throws Exception {
    var said = new ArrayList<String>();

    var samples = new EventsRun(EVENTS, 1, said::add).run();

    assertThat(said.getLast()).startsWith("nothing is held");
    assertThat(rounds(samples, "events.map.growth")).allMatch(growth -> growth < 1.2);
    assertThat(rounds(samples, "events.held.blocks")).contains(32_768.0).hasSizeGreaterThan(5);
    assertThat(rounds(samples, "events.map.mib"))
        .allMatch(mib -> mib < 32_768 * 48 / (double) (1 << 20));
    assertThat(rounds(samples, "events.end.map.bytes")).allMatch(bytes -> bytes < 1_000);
  }

  private static List<Double> rounds(Samples samples, String cell) {
    return samples.all().getOrDefault(cell, Map.of()).getOrDefault(Samples.OURS, List.of());
  }
}
