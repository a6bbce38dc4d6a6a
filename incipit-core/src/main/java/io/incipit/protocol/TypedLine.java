// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import java.util.Arrays;

/// A typed line with quotes, read as Redis reads it: words end at blanks, `"..."` knows escapes,
/// `'...'` knows `\'` only, and a quote that closes ends its word.
///
/// What the words say need not stand in the line, so they are written anew, as the array of bulk
/// strings that a program would have sent.
final class TypedLine {
  private final byte[] line;
  private final int end;
  private int at;

  private final byte[] word;
  private int length;

  private TypedLine(byte[] line, int start, int end) {
    this.line = line;
    this.at = start;
    this.end = end;
    this.word = new byte[end - start];
  }

  static boolean isBlank(byte value) {
    return value == ' ' || value == '\t' || value == '\r';
  }

  /// Whether a line has quotes, and thus needs [#read].
  static boolean hasQuotes(byte[] bytes, int start, int end) {
    for (int i = start; i < end; i++) {
      if (bytes[i] == '"' || bytes[i] == '\'') {
        return true;
      }
    }
    return false;
  }

  /// Puts the words of the line in `[start, end)`, its end excluded, into a request of its own
  /// bytes.
  static void read(byte[] bytes, int start, int end, Request request) throws MalformedException {
    var typed = new TypedLine(bytes, start, end);
    var out = new RespBuffer();
    int count = 0;
    while (typed.nextWord()) {
      int from = out.beginBulk(typed.length);
      System.arraycopy(typed.word, 0, out.array(), from, typed.length);
      // The head of the array is not written yet, and stands before all words.
      request.add(from, typed.length);
      count++;
    }
    var head = new RespBuffer().array(count);
    var frame = Arrays.copyOf(head.array(), head.size() + out.size());
    System.arraycopy(out.array(), 0, frame, head.size(), out.size());
    request.move(head.size());
    request.bind(frame, 0, frame.length);
  }

  /// Reads the next word into [#word].
  ///
  /// @return whether there is one
  private boolean nextWord() throws MalformedException {
    while (at < end && isBlank(line[at])) {
      at++;
    }
    if (at == end) {
      return false;
    }
    length = 0;
    while (at < end && !isBlank(line[at])) {
      byte value = line[at++];
      if (value == '"' || value == '\'') {
        quoted(value);
        return true;
      }
      word[length++] = value;
    }
    return true;
  }

  /// Reads up to the quote that closes, which must be the end of the word.
  private void quoted(byte quote) throws MalformedException {
    while (at < end && line[at] != quote) {
      byte value = line[at++];
      if (value == '\\' && at < end) {
        value = quote == '"' ? escaped() : line[at] == '\'' ? line[at++] : value;
      }
      word[length++] = value;
    }
    boolean closed = at < end;
    at++;
    if (!closed || (at < end && !isBlank(line[at]))) {
      throw new MalformedException("Protocol error: unbalanced quotes in request");
    }
  }

  /// Reads what follows a backslash between double quotes.
  private byte escaped() {
    byte value = line[at++];
    if (value == 'x' && at + 1 < end) {
      int high = Character.digit(line[at], 16);
      int low = Character.digit(line[at + 1], 16);
      if (high >= 0 && low >= 0) {
        at += 2;
        return (byte) (high << 4 | low);
      }
    }
    return switch (value) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'a' -> 7;
      default -> value;
    };
  }
}
