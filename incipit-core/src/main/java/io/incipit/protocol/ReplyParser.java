// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.IntSupplier;

/// Takes values of RESP2 and RESP3 out of a stream of bytes. A value that is not complete is gone
/// on with where the last call stopped. For one connection and one thread.
public final class ReplyParser {
  private static final int LINE_BYTES_MAX = 64 << 10;

  /// Values of one array: a number and a name for each record.
  private static final int VALUES_MAX = 2 * Limits.RECORDS_MAX;

  private final int bytesMax;
  private final IntSupplier next;
  private final Open[] open = new Open[Limits.NESTING_MAX];
  private int depth;
  private int seen;

  /// Bytes of the value whose end is not there yet that were taken in whole lines and strings.
  private long taken;

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

  /// @param bytesMax most bytes of one value, all that is inside it included
  public ReplyParser(int bytesMax) {
    this(bytesMax, () -> bytesMax);
  }

  /// @param bytesMax most bytes of one value, all that is inside it included
  /// @param next most bytes of the value that is being taken; asked if it has more than `bytesMax`
  public ReplyParser(int bytesMax, IntSupplier next) {
    this.bytesMax = bytesMax;
    this.next = next;
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
    requireRoom(next - start);
    switch (bytes[start]) {
      case '+' -> add(new RespValue.Simple(text), sink);
      case '-' -> add(new RespValue.Failure(text), sink);
      case ':' -> add(new RespValue.Whole(number(text)), sink);
      case '_' -> add(new RespValue.Nothing(), sink);
      case '#', ',', '(' -> add(new RespValue.Simple(text), sink);
      case '*', '~', '>' -> begin(number(text), sink);
      case '%' -> begin(pairs(number(text)), sink);
      case '$', '=', '!' -> {
        long length = number(text);
        if (length < 0) {
          add(new RespValue.Nothing(), sink);
          break;
        }
        requireRoom(next - start + Math.min(length, Integer.MAX_VALUE));
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
    taken = depth == 0 ? 0 : taken + (next - start);
    return next;
  }

  /// Refuses a value that would have more than all the bytes allowed with `more` of them.
  private void requireRoom(long more) throws MalformedException {
    int most = more > bytesMax - taken ? next.getAsInt() : bytesMax;
    if (more > most - taken) {
      throw new MalformedException(
          "reply: %d bytes or more (expected: at most %d)".formatted(taken + more, most));
    }
  }

  /// Values in a map of so many pairs.
  private static long pairs(long count) throws MalformedException {
    if (count > VALUES_MAX / 2) {
      throw new MalformedException(
          "map: %d pairs (expected: at most %d)".formatted(count, VALUES_MAX / 2));
    }
    return 2 * count;
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
    } else if (count > VALUES_MAX || depth == open.length) {
      throw new MalformedException(
          "array: %d values at depth %d (expected: at most %d, %d)"
              .formatted(count, depth, VALUES_MAX, open.length));
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
