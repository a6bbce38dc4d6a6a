// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CapacityTest {
  @ParameterizedTest
  @CsvSource({
    "700, 700",
    "1k, 1000",
    "2.5k, 2500",
    "2M, 2000000",
    "5%, 10000",
    "0.00001%, 1",
    "1GiB@llama-3-8b, 16",
    "64GiB@llama-3-70b, 409",
    "1.5GiB, 24",
    "900000M, 134217728",
  })
  void blocks_asWritten_areCounted(String text, int blocks) {
    var capacity = Capacity.parse(text, Optional.of(KvModel.parse("llama-3-8b")));

    assertThat(capacity.blocks(200_000, 512)).isEqualTo(blocks);
    assertThat(capacity).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0%", "-1", "1K", "5 %", "64GB", "64GiB", "1e3", "99999999999"})
  void parse_others_areRefused(String text) {
    assertThatThrownBy(() -> Capacity.parse(text, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("capacity: " + text + " (expected: blocks such as 5k, a share");
  }
}
