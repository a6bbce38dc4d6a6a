// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the evaluation takes from a trace.
final class RequestsTest {
  @TempDir Path folder;

  private Requests read(String lines) throws IOException {
    return Requests.read(Files.writeString(folder.resolve("trace.jsonl"), lines));
  }

  private static String line(int ms, String ids, int blocks) {
    return "{\"timestamp\": %d, \"input_length\": %d, \"output_length\": 1, \"hash_ids\": [%s]}%n"
        .formatted(ms, blocks * 512, ids);
  }

  @Test
  void ids_areNumberedInTheOrderOfTheirFirstUse() throws IOException {
    var requests = read(line(0, "9, 4, 7", 3) + line(5, "9, 4, 8", 3));

    assertThat(requests.count()).isEqualTo(2);
    assertThat(requests.id(0, 1)).isEqualTo(1);
    assertThat(requests.id(1, 2)).isEqualTo(3);
    assertThat(requests.known(0)).isZero();
    assertThat(requests.known(1)).isEqualTo(2);
    assertThat(requests.distinct()).isEqualTo(4);
    assertThat(requests.timeNs(1)).isEqualTo(5_000_000);
  }

  @Test
  void split_cutsEachBlock() throws IOException {
    var requests = read(line(0, "1, 2", 2) + line(0, "1, 3", 2)).split(32);

    assertThat(requests.blockTokens()).isEqualTo(16);
    assertThat(requests.length(1)).isEqualTo(64);
    assertThat(requests.known(1)).isEqualTo(32);
    assertThat(requests.id(1, 31)).isEqualTo(31);
    assertThat(requests.id(1, 32)).isEqualTo(64);
    assertThat(requests.distinct()).isEqualTo(96);
  }

  @Test
  void times_countFromTheFirst() throws IOException {
    var requests = read(line(1_700_000_000, "1", 1) + line(1_700_000_005, "1", 1));

    assertThat(requests.timeNs(0)).isZero();
    assertThat(requests.timeNs(1)).isEqualTo(5_000_000);
  }

  @Test
  void aTraceThatIsNone_isNamed() {
    var missing = folder.resolve("missing");

    assertThatThrownBy(() -> Requests.read(missing))
        .hasMessage("--trace: " + missing + ": no such file");
    assertThatThrownBy(() -> Requests.read(folder))
        .hasMessage("--trace: " + folder + ": a directory (expected: a file)");
  }

  @Test
  void first_isTheBeginning() throws IOException {
    var requests = read(line(0, "1, 2", 2) + line(0, "1, 3", 2)).first(1);

    assertThat(requests.count()).isOne();
    assertThat(requests.distinct()).isEqualTo(2);
    assertThat(requests.blocks()).isEqualTo(2);
  }
}
