// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.env.Disk;
import io.incipit.trace.TraceFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Files of others, as they come. The numbers come from a script that shares nothing with this
/// code.
class GoldenFormatsTest {
  private static final Path SAMPLES =
      Path.of(System.getProperty("incipit.root", ".."), "../shared/traces/samples").normalize();

  @ParameterizedTest
  @CsvSource({
    "weka/trace_0277.json, weka, 64, 53, 40230, 5091, 2576410",
    "weka/trace_0504.json, weka, 64, 3, 525, 182, 33739",
    "lmcache/09867e5c74f53656f91797020d262e3b.jsonl, lmcache, 16, 31, 665, 119, 10414"
  })
  void next_sample_givesWhatWasCounted(
      String name,
      String format,
      int blockTokens,
      int requests,
      long blocks,
      int distinct,
      long input)
      throws IOException {
    var path = SAMPLES.resolve(name);
    assumeTrue(Disk.system().exists(path), "no samples beside the project: " + path);
    var file = new TraceFile(Disk.system(), path, false);
    var found = TraceFormats.all().of(file);
    assertThat(found.name()).isEqualTo(format);

    var ids = new HashSet<Long>();
    int read = 0;
    long accesses = 0;
    long tokens = 0;
    long lastNs = 0;
    try (var reader = found.open(file)) {
      assertThat(reader.blockTokens()).isEqualTo(blockTokens);
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        var request = next.get();
        assertThat(request.timeNs()).isGreaterThanOrEqualTo(lastNs);
        lastNs = request.timeNs();
        read++;
        tokens += request.inputTokens();
        accesses += request.ids().length();
        for (int i = 0; i < request.ids().length(); i++) {
          ids.add(request.ids().id(i));
        }
      }
    }
    assertThat(read).isEqualTo(requests);
    assertThat(accesses).isEqualTo(blocks);
    assertThat(ids).hasSize(distinct);
    assertThat(tokens).isEqualTo(input);
  }
}
