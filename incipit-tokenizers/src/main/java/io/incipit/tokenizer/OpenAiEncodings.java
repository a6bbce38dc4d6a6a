// SPDX-License-Identifier: Apache-2.0
package io.incipit.tokenizer;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import io.incipit.trace.token.Tokenizer;
import io.incipit.trace.token.TokenizerSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The encodings of OpenAI's models, by name: `o200k_base` and those before it. The
/// vocabularies are in the jar of JTokkit, which is pure Java.
public final class OpenAiEncodings implements TokenizerSource {
  /// Found as a service.
  public OpenAiEncodings() {}

  @Override
  public List<String> names() {
    return Arrays.stream(EncodingType.values()).map(EncodingType::getName).toList().reversed();
  }

  @Override
  public Optional<Tokenizer> open(String name) {
    return EncodingType.fromName(name)
        .map(type -> new Counted(Encodings.newLazyEncodingRegistry().getEncoding(type)));
  }

  private record Counted(Encoding encoding) implements Tokenizer {
    @Override
    public String said() {
      return "counted by " + encoding.getName();
    }

    @Override
    public int[] tokens(String text) {
      return encoding.encodeOrdinary(text).toArray();
    }
  }
}
