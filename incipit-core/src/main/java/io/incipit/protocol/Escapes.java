// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Text as printable ASCII: any other byte of its UTF-8 is written `\xNN`.
final class Escapes {
  private static final HexFormat HEX = HexFormat.of();

  private Escapes() {}

  /// The text itself if it is printable ASCII already.
  ///
  /// @param backslash whether a backslash is written `\x5c`, so that the text can be had back
  static String escaped(String text, boolean backslash) {
    if (text.chars().allMatch(letter -> isPlain(letter, backslash))) {
      return text;
    }
    var escaped = new StringBuilder();
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      if (isPlain(value, backslash)) {
        escaped.append((char) value);
      } else {
        escaped.append("\\x").append(HEX.toHexDigits(value));
      }
    }
    return escaped.toString();
  }

  private static boolean isPlain(int letter, boolean backslash) {
    return letter >= ' ' && letter < 127 && (letter != '\\' || !backslash);
  }
}
