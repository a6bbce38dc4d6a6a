// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.Build;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NetMetricsTest {
  private final Bed bed = new Bed();

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private List<String> lines() {
    var text = new String(bed.context.metrics().exposition("").body(), StandardCharsets.UTF_8);
    return text.lines().toList();
  }

  @Test
  void help_ofEveryMetric_saysWhatItIs() {
    var helps = lines().stream().filter(line -> line.startsWith("# HELP incipit_")).toList();

    assertThat(helps).hasSizeGreaterThan(30).noneMatch(line -> line.contains("KVC.STATS"));
  }

  @Test
  void failures_ofBothKinds_areOneMetric() {
    bed.context.failed("test", new IllegalStateException("planted"));

    assertThat(lines())
        .filteredOn(line -> !line.startsWith("#") && line.contains("failures"))
        .containsExactly("incipit_failures_total 1");
  }

  @Test
  void partialOwners_areCounted() {
    bed.ask("KVC.PUBLISH", "default", "a", "1", "1", "SYNCED");
    bed.ask("KVC.PUBLISH", "default", "a", "1", "9", "SYNCED");

    assertThat(bed.metric("incipit_namespace_partial_owners{namespace=\"default\"}")).isOne();
  }

  @Test
  void process_added_saysWhatTheSystemKnows() {
    bed.context.metrics().addProcess(new Build("1.2.3", "abc1234"));

    assertThat(lines())
        .contains("incipit_build_info{commit=\"abc1234\",version=\"1.2.3\"} 1")
        .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\"} "))
        .anyMatch(line -> line.startsWith("jvm_gc_collection_seconds_count{"))
        .anyMatch(line -> line.startsWith("jvm_threads_current "))
        .anyMatch(line -> line.startsWith("process_cpu_seconds_total "))
        .anyMatch(line -> line.startsWith("process_open_fds "))
        .anyMatch(line -> line.startsWith("process_resident_memory_bytes "))
        .anyMatch(line -> line.startsWith("process_start_time_seconds "))
        .noneMatch(line -> line.matches("[^#].*[0-9]E-?[0-9]+"));
  }

  @Test
  void plain_numbersOfSamplesAndBuckets_haveNoExponents() {
    assertThat(
            Exposition.plain(
                """
                # HELP a Is 1.0E7
                a 1.0032773E7
                a_bucket{le="5.0E-6"} 2.0
                a_bucket{command="GET",le="+Inf"} 3
                b{name="le=\\"5.0E-6\\" 1.0E7"} -0.5
                c NaN
                # EOF
                """))
        .isEqualTo(
            """
            # HELP a Is 1.0E7
            a 10032773
            a_bucket{le="0.000005"} 2
            a_bucket{command="GET",le="+Inf"} 3
            b{name="le=\\"5.0E-6\\" 1.0E7"} -0.5
            c NaN
            # EOF
            """);
  }
}
