// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.trace.TextReading;
import io.incipit.trace.token.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How prompts become tokens and blocks where a trace has them as text. A mixin.
public final class TextOptions {
  @Option(
      names = "--tokenizer",
      paramLabel = "NAME|FILE",
      description =
          "For logs of prompts: bytes (4 bytes of UTF-8 a token, the default), an encoding of"
              + " OpenAI's such as o200k_base, or a file tokenizer.json.")
  private @Nullable String tokenizer;

  @Option(
      names = "--block-size",
      paramLabel = "TOKENS",
      description = "For logs of prompts: tokens of a block (default: 16).")
  private @Nullable Integer blockTokens;

  private @Nullable TextReading reading;

  /// What was asked for; a tokenizer is loaded once.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  /// @throws IOException if there is no tokenizer in the file that was named
  TextReading reading() throws IOException {
    if (reading == null) {
      reading = read();
    }
    return reading;
  }

  /// What was asked for, as `--option: value`; empty if nothing was.
  Optional<String> asked() {
    return tokenizer != null
        ? Optional.of("--tokenizer: " + tokenizer)
        : Optional.ofNullable(blockTokens).map(tokens -> "--block-size: " + tokens);
  }

  /// The file of the tokenizer, which nothing may be written over; empty if it has none.
  Stream<Path> file() {
    return Stream.ofNullable(tokenizer)
        .flatMap(name -> Stream.of(Path.of(name), Path.of(name, "tokenizer.json")));
  }

  private TextReading read() throws IOException {
    if (tokenizer == null && blockTokens == null) {
      return TextReading.USUAL;
    }
    var its = tokenizer == null ? Tokenizers.bytes() : Tokenizers.named(tokenizer);
    int tokens = blockTokens == null ? TextReading.BLOCK_TOKENS : blockTokens;
    try {
      return new TextReading(its, tokens, tokenizer != null, blockTokens != null);
    } catch (IllegalArgumentException refused) {
      var message = String.valueOf(refused.getMessage());
      throw new IllegalArgumentException(message.replace("blockTokens:", "--block-size:"), refused);
    }
  }
}
