// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.token;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Takes four bytes of UTF-8 for a token, the last one of a text may be of fewer. Equal bytes are
/// equal tokens, so what two texts begin with alike is found; how many tokens that is, is a guess.
final class BytesTokenizer implements Tokenizer {
  private static final int TOKEN_BYTES = Integer.BYTES;

  @Override
  public String said() {
    return "4 bytes of UTF-8 are taken for one; --tokenizer counts them";
  }

  @Override
  public int[] tokens(String text) {
    var bytes = text.getBytes(UTF_8);
    var tokens = new int[Math.ceilDiv(bytes.length, TOKEN_BYTES)];
    for (int i = 0; i < bytes.length; i++) {
      int token = i / TOKEN_BYTES;
      tokens[token] = (tokens[token] << Byte.SIZE) | Byte.toUnsignedInt(bytes[i]);
    }
    return tokens;
  }
}
