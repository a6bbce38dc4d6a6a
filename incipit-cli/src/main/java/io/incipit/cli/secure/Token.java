// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.secure;

import io.incipit.env.RandomSource;
import java.nio.ByteBuffer;
import java.util.Base64;

/// Tokens of users: `incipit_` and 256 random bits in base64url, 51 characters.
public final class Token {
  private static final int LONGS = 4;
  private static final String PREFIX = "incipit_";

  private Token() {}

  /// One that nobody has.
  public static String fresh(RandomSource random) {
    var bits = ByteBuffer.allocate(LONGS * Long.BYTES);
    for (int i = 0; i < LONGS; i++) {
      bits.putLong(random.fresh());
    }
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits.array());
  }
}
