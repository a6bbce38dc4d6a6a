// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;

/// Takes values of RESP2 and RESP3 out of a stream of bytes. A value that is not complete is gone
/// on with where the last call stopped. For one connection and one thread.
public final class ReplyParser {
  private static final int LINE_BYTES_MAX = 64 << 10;

  private final int bytesMax;
  private final Open[] open = new Open[Limits.NESTING_MAX];
  private int depth;
  private int seen;

  /// An array whose values are still coming.
  private static final class Open {
    final ArrayList<RespValue> values;
    int missing;

    Open(int missing) {
      this.values = new ArrayList<>(Math.min(missing, 1_024));
      this.missing = missing;
    }
  }

  /// Receives complete values.
  public interface Sink {
    void accept(RespValue value) throws MalformedException;
  }

  /// @param bytesMax most bytes of one value
  public ReplyParser(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Takes all values that end before `end`.
  ///
  /// @return where the bytes start that are still needed: at most the start of a value's own bytes
  public int parse(byte[] bytes, int start, int end, Sink sink) throws MalformedException {
    int at = start;
    while (true) {
      int next = parseOne(bytes, at, end, sink);
      if (next < 0) {
        return at;
      }
      at = next;
    }
  }

  /// Takes one value or one header of an array.
  private int parseOne(byte[] bytes, int start, int end, Sink sink) throws MalformedException {
    int line = lineEnd(bytes, start, end);
    if (line < 0) {
      return -1;
    }
    var text = new String(bytes, start + 1, line - start - 1, StandardCharsets.UTF_8);
    int next = line + 2;
    switch (bytes[start]) {
      case '+' -> add(new RespValue.Simple(text), sink);
      case '-' -> add(new RespValue.Failure(text), sink);
      case ':' -> add(new RespValue.Whole(number(text)), sink);
      case '_' -> add(new RespValue.Nothing(), sink);
      case '#', ',', '(' -> add(new RespValue.Simple(text), sink);
      case '*', '~', '>' -> begin(number(text), sink);
      case '%' -> begin(2 * number(text), sink);
      case '$', '=', '!' -> {
        long length = number(text);
        if (length < 0) {
          add(new RespValue.Nothing(), sink);
          break;
        }
        if (length > bytesMax) {
          throw new MalformedException(
              "bulk string: %d bytes (expected: at most %d)".formatted(length, bytesMax));
        }
        if (end - next < length + 2) {
          return -1;
        }
        var value = Arrays.copyOfRange(bytes, next, next + (int) length);
        add(new RespValue.Bulk(value), sink);
        next += (int) length + 2;
      }
      default ->
          throw new MalformedException(
              "reply: starts with byte %d (expected: a type of RESP)".formatted(bytes[start]));
    }
    seen = 0;
    return next;
  }

  private int lineEnd(byte[] bytes, int start, int end) throws MalformedException {
    int at = start + seen;
    while (at + 1 < end && (bytes[at] != '\r' || bytes[at + 1] != '\n')) {
      at++;
    }
    if (at + 1 < end) {
      return at;
    }
    seen = Math.max(0, at - start);
    if (seen > LINE_BYTES_MAX) {
      throw new MalformedException(
          "line: more than %d bytes (expected: an end)".formatted(LINE_BYTES_MAX));
    }
    return -1;
  }

  private static long number(String text) throws MalformedException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException notANumber) {
      throw new MalformedException("number: '%s' (expected: digits)".formatted(text));
    }
  }

  private void begin(long count, Sink sink) throws MalformedException {
    if (count < 0) {
      add(new RespValue.Nothing(), sink);
    } else if (count > Limits.RECORDS_MAX || depth == open.length) {
      throw new MalformedException(
          "array: %d values at depth %d (expected: at most %d, %d)"
              .formatted(count, depth, Limits.RECORDS_MAX, open.length));
    } else {
      open[depth++] = new Open((int) count);
      close(sink);
    }
  }

  private void add(RespValue value, Sink sink) throws MalformedException {
    if (depth == 0) {
      sink.accept(value);
    } else {
      open[depth - 1].values.add(value);
      open[depth - 1].missing--;
      close(sink);
    }
  }

  /// Hands over the innermost array if it is complete, which may complete the one around it.
  private void close(Sink sink) throws MalformedException {
    if (open[depth - 1].missing == 0) {
      var complete = new RespValue.Values(open[--depth].values);
      add(complete, sink);
    }
  }
}
