// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.protocol.MalformedException;
import io.incipit.protocol.ReplyParser;
import io.incipit.protocol.RespValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Replies as `redis-cli` shows them, and requests as people type them there.
final class CliText {
  private CliText() {}

  /// The words of a request, split at blanks outside single quotes.
  static String[] words(String line) {
    var words = new ArrayList<String>();
    int at = 0;
    while (at < line.length()) {
      if (line.charAt(at) == ' ') {
        at++;
      } else if (line.charAt(at) == '\'') {
        int end = line.indexOf('\'', at + 1);
        words.add(line.substring(at + 1, end));
        at = end + 1;
      } else {
        int end = line.indexOf(' ', at);
        end = end < 0 ? line.length() : end;
        words.add(line.substring(at, end));
        at = end;
      }
    }
    return words.toArray(String[]::new);
  }

  /// The lines that show one reply, given as Latin-1.
  static List<String> lines(String reply) throws MalformedException {
    var bytes = reply.getBytes(StandardCharsets.ISO_8859_1);
    var values = new ArrayList<RespValue>();
    int end = new ReplyParser(64 << 20).parse(bytes, 0, bytes.length, values::add);
    if (values.size() != 1 || end != bytes.length) {
      throw new MalformedException("reply: %d values (expected: one)".formatted(values.size()));
    }
    return lines(values.getFirst());
  }

  private static List<String> lines(RespValue value) {
    return switch (value) {
      case RespValue.Simple(var text) -> List.of(text);
      case RespValue.Failure(var text) -> List.of("(error) " + text);
      case RespValue.Whole(var number) -> List.of("(integer) " + number);
      case RespValue.Nothing() -> List.of("(nil)");
      case RespValue.Bulk bulk -> List.of(quoted(bulk.bytes()));
      case RespValue.Values(var values) -> lines(values);
    };
  }

  private static List<String> lines(List<RespValue> values) {
    if (values.isEmpty()) {
      return List.of("(empty array)");
    }
    int digits = Integer.toString(values.size()).length();
    var lines = new ArrayList<String>();
    for (int i = 0; i < values.size(); i++) {
      var number = " ".repeat(digits - Integer.toString(i + 1).length()) + (i + 1) + ") ";
      for (var line : lines(values.get(i))) {
        lines.add(number + line);
        number = " ".repeat(number.length());
      }
    }
    return lines;
  }

  private static String quoted(byte[] bytes) {
    var text = new StringBuilder("\"");
    for (byte one : bytes) {
      switch (one) {
        case '\\', '"' -> text.append('\\').append((char) one);
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        case 7 -> text.append("\\a");
        case 8 -> text.append("\\b");
        default -> {
          if (one >= ' ' && one < 127) {
            text.append((char) one);
          } else {
            text.append("\\x%02x".formatted(one));
          }
        }
      }
    }
    return text.append('"').toString();
  }
}
