// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.log;

import io.incipit.trace.token.Tokenizer;
import java.util.LinkedHashMap;
import java.util.Map;

/// The tokens of texts, of which the last ones are remembered: the messages of a chat come again
/// with every turn. At most 64 MB. For one thread.
final class KnownTexts {
  private static final long BYTES_MAX = 64L << 20;

  private final Tokenizer tokenizer;
  private final Map<String, int[]> known = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  KnownTexts(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// Tokens of a text; not to be changed.
  int[] tokens(String text) {
    var its = known.get(text);
    if (its != null) {
      return its;
    }
    var fresh = tokenizer.tokens(text);
    known.put(text, fresh);
    bytes += bytes(text, fresh);
    var eldest = known.entrySet().iterator();
    while (bytes > BYTES_MAX) {
      var gone = eldest.next();
      bytes -= bytes(gone.getKey(), gone.getValue());
      eldest.remove();
    }
    return fresh;
  }

  /// What an entry takes, at most.
  private static long bytes(String text, int[] tokens) {
    return 2L * text.length() + 4L * tokens.length + 150;
  }
}
