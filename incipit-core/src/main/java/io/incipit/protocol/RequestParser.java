// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

/// Takes requests out of a stream of bytes: arrays of bulk strings, or lines as people type them.
///
/// A frame that is not complete is gone on with where the last call stopped, so a long one is
/// looked at once, however many pieces it comes in. Declared sizes are checked against [Limits]
/// before the bytes are there. For one connection and one thread.
public final class RequestParser {
  /// What [#parse] returns when the frame is not complete.
  public static final int INCOMPLETE = -1;

  /// What [#parse] returns where the next bytes are those of a large value: whoever calls takes
  /// [#valueBytes] of them from [#valueOffset] on out of the stream, and goes on without them.
  public static final int VALUE = -2;

  private static final int NOT_STARTED = -1;
  private static final int LINE_BYTES_MAX = 32;
  private static final int NONE = -1;

  /// Words still to come; [#NOT_STARTED] before the header.
  private int missing = NOT_STARTED;

  /// Bytes of the frame that were looked at.
  private int seen;

  /// The number of the header that [#number] read last.
  private int parsed;

  /// Bytes of the large value whose header was read last; -1 if there is none.
  private int valueBytes = NONE;

  /// Whether its bytes are out of the stream, and its end is next.
  private boolean valueTaken;

  /// A parser at the start of a stream.
  public RequestParser() {}

  /// Takes the request that starts at `start`, if it ends before `end`.
  ///
  /// @param start first byte of the frame; after [#INCOMPLETE], the place where that byte is now
  /// @return where the next frame starts, or [#INCOMPLETE] or [#VALUE]
  public int parse(byte[] bytes, int start, int end, Request request) throws MalformedException {
    if (missing == NOT_STARTED) {
      request.clear();
      if (start == end) {
        return INCOMPLETE;
      }
      if (bytes[start] != '*') {
        return parseLine(bytes, start, end, request);
      }
      int at = number(bytes, start, end, "multibulk", Limits.ARGUMENTS_MAX);
      if (at == INCOMPLETE) {
        return INCOMPLETE;
      }
      missing = Math.max(0, parsed);
      seen = at - start;
    }
    while (missing > 0) {
      if (!parseWord(bytes, start, end, request)) {
        return awaitsValue() ? VALUE : INCOMPLETE;
      }
      missing--;
    }
    missing = NOT_STARTED;
    int frameBytes = seen;
    seen = 0;
    request.bind(bytes, start, frameBytes);
    return start + frameBytes;
  }

  private boolean parseWord(byte[] bytes, int start, int end, Request request)
      throws MalformedException {
    int at = start + seen;
    if (valueBytes != NONE) {
      return valueTaken && parseWordEnd(bytes, start, end, request);
    }
    if (at >= end) {
      return false;
    }
    if (bytes[at] != '$') {
      throw new MalformedException(
          "Protocol error: expected '$', got '%s'".formatted(shown(bytes[at])));
    }
    request.bind(bytes, start, seen);
    boolean value = ValueWord.isNext(request);
    int most = value ? Limits.VALUE_BYTES_READ_MAX : Limits.FRAME_BYTES_MAX;
    int data = number(bytes, at, end, "bulk", most);
    if (data == INCOMPLETE) {
      return false;
    }
    if (parsed < 0) {
      throw new MalformedException("Protocol error: invalid bulk length");
    }
    if (value && parsed >= Limits.VALUE_BYTES_APART) {
      valueBytes = parsed;
      seen = data - start;
      return false;
    }
    if ((long) data - start + parsed + 2 > Limits.FRAME_BYTES_MAX) {
      throw new MalformedException(
          "Protocol error: frame of %d bytes or more (expected: at most %d)"
              .formatted((long) data - start + parsed + 2, Limits.FRAME_BYTES_MAX));
    }
    if (end - data < parsed + 2) {
      return false;
    }
    if (bytes[data + parsed] != '\r' || bytes[data + parsed + 1] != '\n') {
      throw new MalformedException("Protocol error: bulk string longer than its length says");
    }
    request.add(data - start, parsed);
    seen = data - start + parsed + 2;
    return true;
  }

  /// Takes the end of a word whose bytes were taken: it is as if it had none.
  private boolean parseWordEnd(byte[] bytes, int start, int end, Request request)
      throws MalformedException {
    int at = start + seen;
    if (end - at < 2) {
      return false;
    }
    if (bytes[at] != '\r' || bytes[at + 1] != '\n') {
      throw new MalformedException("Protocol error: bulk string longer than its length says");
    }
    request.add(seen, 0);
    seen += 2;
    valueBytes = NONE;
    valueTaken = false;
    return true;
  }

  /// Whether the next bytes are those of a large value.
  public boolean awaitsValue() {
    return valueBytes != NONE && !valueTaken;
  }

  /// Bytes of the large value that comes next. Valid after [#VALUE].
  public int valueBytes() {
    return valueBytes;
  }

  /// Where they start, counted from where the frame starts. Valid after [#VALUE].
  public int valueOffset() {
    return seen;
  }

  /// All of the value's bytes were taken out of the stream: what follows them comes where they
  /// would have been.
  public void valueTaken() {
    valueTaken = true;
  }

  /// Reads the number of a header into [#parsed].
  ///
  /// @return where the bytes after its line start, or [#INCOMPLETE]
  private int number(byte[] bytes, int start, int end, String what, int most)
      throws MalformedException {
    int at = start + 1;
    boolean negative = at < end && bytes[at] == '-';
    at += negative ? 1 : 0;
    int first = at;
    long value = 0;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9' && at - start < LINE_BYTES_MAX) {
      value = Math.min(Integer.MAX_VALUE, value * 10 + (bytes[at] - '0'));
      at++;
    }
    if (at < end && (bytes[at] != '\r' || at == first)) {
      throw new MalformedException("Protocol error: invalid %s length".formatted(what));
    }
    if (value > most) {
      throw new MalformedException(
          "Protocol error: invalid %s length: more than %d".formatted(what, most));
    }
    if (end - at < 2) {
      return INCOMPLETE;
    }
    if (bytes[at + 1] != '\n') {
      throw new MalformedException("Protocol error: invalid %s length".formatted(what));
    }
    parsed = negative ? -1 : (int) value;
    return at + 2;
  }

  private int parseLine(byte[] bytes, int start, int end, Request request)
      throws MalformedException {
    int stop = start + seen;
    while (stop < end && bytes[stop] != '\n') {
      stop++;
    }
    // The line feed counts too, whether it is there already or not.
    if (stop - start >= Limits.INLINE_BYTES_MAX) {
      throw new MalformedException("Protocol error: too big inline request");
    }
    if (stop == end) {
      seen = stop - start;
      return INCOMPLETE;
    }
    seen = 0;
    if (TypedLine.hasQuotes(bytes, start, stop)) {
      TypedLine.read(bytes, start, stop, request);
      return stop + 1;
    }
    int at = start;
    while (at < stop) {
      int from = at;
      while (at < stop && !TypedLine.isBlank(bytes[at])) {
        at++;
      }
      if (at > from) {
        request.add(from - start, at - from);
      }
      at++;
    }
    request.bind(bytes, start, stop + 1 - start);
    return stop + 1;
  }

  private static String shown(byte value) {
    return value > ' ' && value < 127 ? String.valueOf((char) value) : "\\x%02x".formatted(value);
  }
}
