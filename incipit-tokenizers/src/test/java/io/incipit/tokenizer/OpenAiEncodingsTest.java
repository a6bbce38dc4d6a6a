// SPDX-License-Identifier: Apache-2.0
package io.incipit.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.trace.token.Tokenizers;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class OpenAiEncodingsTest {
  @Test
  void tokens_ofOpenAisEncodings_areTheirs() throws IOException {
    // As tiktoken has them.
    assertThat(Tokenizers.named("cl100k_base").tokens("hello world")).containsExactly(15339, 1917);
    assertThat(Tokenizers.named("o200k_base").tokens("hello world")).containsExactly(24912, 2375);
  }

  @Test
  void tokens_textOfASpecialToken_isText() throws IOException {
    assertThat(Tokenizers.named("cl100k_base").tokens("<|endoftext|>")).hasSizeGreaterThan(1);
  }

  @Test
  void named_noTokenizer_saysWhichThereAre() {
    assertThatThrownBy(() -> Tokenizers.named("words"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "--tokenizer: words (expected: bytes, o200k_base, cl100k_base, p50k_edit, p50k_base,"
                + " r50k_base, a file tokenizer.json)");
  }
}
