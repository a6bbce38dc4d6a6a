// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.incipit.trace.simulate.KvModel.Attention;
import io.incipit.trace.simulate.KvModel.Window;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownModelsTest {
  @Test
  void all_names_areDifferent() {
    var names = new HashSet<String>();
    for (var known : KnownModels.ALL) {
      assertThat(names.add(known.model().name())).isTrue();
      known.others().forEach(other -> assertThat(names.add(other)).isTrue());
      assertThat(known.source()).isNotBlank();
    }
  }

  @Test
  void parse_otherName_isTheModelOfThatShape() {
    assertThat(KvModel.parse("llama-3.3-70b")).isEqualTo(KvModel.parse("llama-3-70b"));
    assertThat(KvModel.parse("deepseek-r1").name()).isEqualTo("deepseek-v3");
    assertThatThrownBy(() -> KvModel.parse("gpt"))
        .hasMessageStartingWith("model: gpt (expected: llama-3-8b, llama-3-70b,");
  }

  @ParameterizedTest
  @CsvSource({
    "llama-3-8b, 131072, 16",
    "llama-3-70b, 327680, 16",
    "llama-3-70b, 163840, 8",
    "qwen3-235b-a22b, 192512, 16",
    "gpt-oss-120b, 73728, 16",
    "deepseek-v3, 70272, 16",
    "deepseek-v3, 35136, 8"
  })
  void tokenBytes_ofKnownModels_areThoseOfTheirShapes(String name, long bytes, int bits) {
    assertThat(KvModel.parse(name).withValueBits(bits).tokenBytes()).isEqualTo(bytes);
  }

  @Test
  void attentionFlops_withAWindow_growWithTokensOnly() {
    // 2 layers of 5 heads with 10 values; one of them sees 4 tokens.
    var all = KvModel.of("m", 1, new Attention(2, 5, 1, 10));
    var half = all.with(new Window(1, 4));

    assertThat(all.attentionFlops(10)).isEqualTo(4 * 50 * 2 * 50.0);
    assertThat(half.attentionFlops(4)).isEqualTo(all.attentionFlops(4));
    // 4^2 / 2 and then 6 tokens that see 4: 32.
    assertThat(half.attentionFlops(10)).isEqualTo(4 * 50 * (50 + 32.0));
    assertThat(half.attentionFlops(0)).isZero();
  }

  @Test
  void loadedBytes_withAWindow_areTheLastTokensOfThoseLayers() {
    var half = KvModel.of("m", 1, new Attention(2, 5, 1, 10)).with(new Window(1, 4));

    // 40 B a token and layer.
    assertThat(half.loadedBytes(3)).isCloseTo(240, within(1e-9));
    assertThat(half.loadedBytes(10)).isCloseTo(10 * 40 + 4 * 40, within(1e-9));
    assertThatThrownBy(() -> half.with(new Window(3, 4)))
        .hasMessage("window: 3 layers (expected: at most 2)");
  }
}
