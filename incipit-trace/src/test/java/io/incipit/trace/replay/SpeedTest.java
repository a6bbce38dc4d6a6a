// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpeedTest {
  @ParameterizedTest
  @CsvSource({"as-recorded, 1", "1x, 1", "10x, 10", "0.5X, 0.5"})
  void parse_pacedSpeed_givesItsFactor(String text, double factor) {
    assertThat(Speed.parse(text)).isEqualTo(new Speed(factor));
    assertThat(Speed.parse(text).isPaced()).isTrue();
    assertThat(Speed.parse(Speed.parse(text).toString())).isEqualTo(new Speed(factor));
  }

  @Test
  void parse_max_isNotPaced() {
    assertThat(Speed.parse("max")).isEqualTo(Speed.MAX);
    assertThat(Speed.MAX.isPaced()).isFalse();
    assertThat(Speed.MAX).hasToString("max");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "fast", "0x", "-1x", "10", "x", "1e9x", "0.0x"})
  void parse_anythingElse_isRefusedWithWhatWasGiven(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Speed.parse(text))
        .withMessage(text + " (expected: max, as-recorded, or a factor above 0 such as 10x)");
  }

  @ParameterizedTest
  @CsvSource({"0, 5", "1025, 5", "2, 5", "1, 0", "1, -1"})
  void options_outOfRange_areRefused(int clients, int capacity) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ReplayOptions(clients, OptionalInt.of(capacity), Tails.ALL, Speed.MAX));
  }
}
