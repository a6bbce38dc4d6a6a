// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.token;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/// The tokenizers that there are: bytes, and those that other jars bring as services.
public final class Tokenizers {
  /// The name of [#bytes].
  public static final String BYTES = "bytes";

  private static final Tokenizer OF_BYTES = new BytesTokenizer();

  private Tokenizers() {}

  /// Four bytes of UTF-8 for a token.
  public static Tokenizer bytes() {
    return OF_BYTES;
  }

  /// The tokenizer of a name.
  ///
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException `--tokenizer: value (expected: ...)` if there is none
  public static Tokenizer named(String name) throws IOException {
    if (name.equals(BYTES)) {
      return OF_BYTES;
    }
    var names = new ArrayList<>(List.of(BYTES));
    for (var source : ServiceLoader.load(TokenizerSource.class)) {
      var found = source.open(name);
      if (found.isPresent()) {
        return found.get();
      }
      names.addAll(source.names());
    }
    throw new IllegalArgumentException(
        "--tokenizer: %s (expected: %s)".formatted(name, String.join(", ", names)));
  }
}
