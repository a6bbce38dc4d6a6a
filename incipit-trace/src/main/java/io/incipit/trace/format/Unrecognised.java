// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import java.util.List;

/// What to say of a file that is no trace.
final class Unrecognised {
  private static final int SHOWN = 40;
  private static final String POINTER = "version https://git-lfs";

  private Unrecognised() {}

  /// `what it is (expected: ...)`
  ///
  /// @param names of the formats
  static String reason(TraceHead head, List<String> names) {
    var bytes = head.bytes();
    var text = new String(bytes, UTF_8);
    if (text.isBlank()) {
      return bytes.length == 0 ? "empty (expected: a trace)" : "only blanks (expected: a trace)";
    }
    if (text.startsWith(POINTER)) {
      return "a pointer of Git LFS (expected: the file itself; 'git lfs pull' gets it)";
    }
    if (isUtf16(bytes)) {
      return "text in UTF-16 (expected: UTF-8)";
    }
    var found =
        head.names().isEmpty()
            ? "'%s'".formatted(shown(text))
            : "an object with " + String.join(", ", head.names());
    return "format: begins with %s (expected: one of %s)"
        .formatted(found, String.join(", ", names));
  }

  /// Whether it begins with JSON, but not in bytes that anything here reads.
  static boolean isOtherText(TraceHead head, TraceFormat format) {
    return (format.isText() || !head.names().isEmpty()) && isUtf16(head.bytes());
  }

  /// A byte order mark, or letters of which each second byte is 0.
  private static boolean isUtf16(byte[] bytes) {
    if (bytes.length < 4) {
      return false;
    }
    int mark = (Byte.toUnsignedInt(bytes[0]) << Byte.SIZE) | Byte.toUnsignedInt(bytes[1]);
    boolean little = bytes[0] > 0 && bytes[1] == 0 && bytes[2] > 0 && bytes[3] == 0;
    boolean big = bytes[0] == 0 && bytes[1] > 0 && bytes[2] == 0 && bytes[3] > 0;
    return mark == 0xfffe || mark == 0xfeff || little || big;
  }

  private static String shown(String text) {
    var start = text.strip().replaceAll("\\s+", " ");
    start = start.substring(0, Math.min(SHOWN, start.length()));
    return start.replaceAll("\\p{Cntrl}", ".");
  }
}
