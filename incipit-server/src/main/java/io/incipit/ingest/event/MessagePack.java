// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads MessagePack value by value from an array of bytes. What a header promises is checked
/// against the bytes that are left before anything is made for it. For one thread; allocates
/// nothing but texts that are asked for.
///
/// Source: the MessagePack specification (github.com/msgpack/msgpack, spec.md).
final class MessagePack {
  /// What the next value is.
  enum Kind {
    NIL,
    BOOLEAN,
    INTEGER,
    REAL,
    TEXT,
    BINARY,
    ARRAY,
    MAP,
    EXTENSION
  }

  private static final int DEPTH_MAX = 16;

  private static final int NIL = 0xc0;
  private static final int FIX_NEGATIVE = 0xe0;

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes = new byte[0];
  private int at;
  private int end;

  /// Where the last [#text] or [#binary] begins.
  private int rawFrom;

  /// The text that was read last, since most are the same again and again.
  private String last = "";

  private byte[] lastText = new byte[0];

  /// Begins with the byte at `from`; the bytes must not change while they are read.
  void reset(byte[] source, int from, int to) {
    bytes = source;
    at = from;
    end = to;
  }

  /// The bytes that are read.
  byte[] source() {
    return bytes;
  }

  /// Where the next value begins.
  int position() {
    return at;
  }

  /// Goes back or on to where a value begins.
  void moveTo(int position) {
    at = position;
  }

  /// Whether all has been read.
  boolean atEnd() {
    return at == end;
  }

  Kind kind() throws BadEventException {
    int head = head();
    if (head < 0x80 || head >= FIX_NEGATIVE) {
      return Kind.INTEGER;
    }
    if (head < 0x90) {
      return Kind.MAP;
    }
    if (head < 0xa0) {
      return Kind.ARRAY;
    }
    if (head < NIL) {
      return Kind.TEXT;
    }
    return switch (head) {
      case NIL -> Kind.NIL;
      case 0xc2, 0xc3 -> Kind.BOOLEAN;
      case 0xc4, 0xc5, 0xc6 -> Kind.BINARY;
      case 0xc7, 0xc8, 0xc9, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> Kind.EXTENSION;
      case 0xca, 0xcb -> Kind.REAL;
      case 0xcc, 0xcd, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd3 -> Kind.INTEGER;
      case 0xd9, 0xda, 0xdb -> Kind.TEXT;
      case 0xdc, 0xdd -> Kind.ARRAY;
      case 0xde, 0xdf -> Kind.MAP;
      default -> throw refused("byte 0x%02x".formatted(head), "MessagePack");
    };
  }

  private int head() throws BadEventException {
    if (at == end) {
      throw refused("the end", "a value");
    }
    return bytes[at] & 0xff;
  }

  /// Reads a nil if that is next.
  boolean nil() throws BadEventException {
    if (head() != NIL) {
      return false;
    }
    at++;
    return true;
  }

  /// Reads an integer; one from 2^63 on comes out as the negative number of the same bits.
  long integer() throws BadEventException {
    int head = head();
    if (head < 0x80) {
      at++;
      return head;
    }
    if (head >= FIX_NEGATIVE) {
      at++;
      return (byte) head;
    }
    return switch (head) {
      case 0xcc -> bytes[number(1)] & 0xff;
      case 0xcd -> (short) SHORTS.get(bytes, number(2)) & 0xffff;
      case 0xce -> (int) INTS.get(bytes, number(4)) & 0xffff_ffffL;
      case 0xcf, 0xd3 -> (long) LONGS.get(bytes, number(8));
      case 0xd0 -> bytes[number(1)];
      case 0xd1 -> (short) SHORTS.get(bytes, number(2));
      case 0xd2 -> (int) INTS.get(bytes, number(4));
      default -> throw refused(found(), "an integer");
    };
  }

  /// Reads a number, of whichever kind.
  double real() throws BadEventException {
    return switch (head()) {
      case 0xca -> Float.intBitsToFloat((int) INTS.get(bytes, number(4)));
      case 0xcb -> Double.longBitsToDouble((long) LONGS.get(bytes, number(8)));
      default -> integer();
    };
  }

  /// Passes a head and a number of `width` bytes, and says where the number is.
  private int number(int width) throws BadEventException {
    if (end - at <= width) {
      throw refused("the end", "%d bytes".formatted(width));
    }
    int from = at + 1;
    at = from + width;
    return from;
  }

  /// Reads the head of an array.
  ///
  /// @return how many values follow; no more than there are bytes
  int array() throws BadEventException {
    int head = head();
    if ((head & 0xf0) == 0x90) {
      at++;
      return counted(head & 0x0f, 1);
    }
    return switch (head) {
      case 0xdc -> counted((short) SHORTS.get(bytes, number(2)) & 0xffff, 1);
      case 0xdd -> counted((int) INTS.get(bytes, number(4)) & 0xffff_ffffL, 1);
      default -> throw refused(found(), "an array");
    };
  }

  /// Reads the head of a map.
  ///
  /// @return how many pairs follow; no more than there are bytes for
  int map() throws BadEventException {
    int head = head();
    if ((head & 0xf0) == 0x80) {
      at++;
      return counted(head & 0x0f, 2);
    }
    return switch (head) {
      case 0xde -> counted((short) SHORTS.get(bytes, number(2)) & 0xffff, 2);
      case 0xdf -> counted((int) INTS.get(bytes, number(4)) & 0xffff_ffffL, 2);
      default -> throw refused(found(), "a map");
    };
  }

  /// Whether an array without values is next.
  boolean isEmptyArray() {
    return at < end && (bytes[at] & 0xff) == 0x90;
  }

  /// Reads integers from 0 to 2^32 - 1 in their usual spellings, up to the first that is something
  /// else: the tokens of prompts, which are most of what engines send.
  ///
  /// @return how many were read
  int smallIntegers(int[] target, int count) {
    int position = at;
    int read = 0;
    while (read < count && end - position > Integer.BYTES) {
      int head = bytes[position];
      if (head >= 0) {
        target[read] = head;
        position++;
      } else if (head == (byte) 0xcd) {
        target[read] = (short) SHORTS.get(bytes, position + 1) & 0xffff;
        position += 3;
      } else if (head == (byte) 0xce) {
        target[read] = (int) INTS.get(bytes, position + 1);
        position += 5;
      } else if (head == (byte) 0xcc) {
        target[read] = bytes[position + 1] & 0xff;
        position += 2;
      } else {
        break;
      }
      read++;
    }
    at = position;
    return read;
  }

  private int counted(long count, int bytesEach) throws BadEventException {
    if (count * bytesEach > end - at) {
      throw refused("%d values".formatted(count), "as many as %d bytes have".formatted(end - at));
    }
    return (int) count;
  }

  /// Passes a text; [#rawFrom] is where it begins.
  ///
  /// @return its length in bytes
  int text() throws BadEventException {
    int head = head();
    if ((head & 0xe0) == 0xa0) {
      at++;
      return raw(head & 0x1f);
    }
    return switch (head) {
      case 0xd9 -> raw(bytes[number(1)] & 0xff);
      case 0xda -> raw((short) SHORTS.get(bytes, number(2)) & 0xffff);
      case 0xdb -> raw((int) INTS.get(bytes, number(4)) & 0xffff_ffffL);
      default -> throw refused(found(), "a text");
    };
  }

  /// Passes binary data; [#rawFrom] is where it begins.
  ///
  /// @return its length in bytes
  int binary() throws BadEventException {
    return switch (head()) {
      case 0xc4 -> raw(bytes[number(1)] & 0xff);
      case 0xc5 -> raw((short) SHORTS.get(bytes, number(2)) & 0xffff);
      case 0xc6 -> raw((int) INTS.get(bytes, number(4)) & 0xffff_ffffL);
      default -> throw refused(found(), "binary data");
    };
  }

  private int raw(long length) throws BadEventException {
    if (length > end - at) {
      throw refused("%d bytes".formatted(length), "at most the %d left".formatted(end - at));
    }
    rawFrom = at;
    at += (int) length;
    return (int) length;
  }

  int rawFrom() {
    return rawFrom;
  }

  /// Reads a text of some bytes at most.
  String string(int bytesMax) throws BadEventException {
    int length = text();
    if (length > bytesMax) {
      throw refused("a text of %d bytes".formatted(length), "at most %d".formatted(bytesMax));
    }
    if (!Arrays.equals(lastText, 0, lastText.length, bytes, rawFrom, rawFrom + length)) {
      lastText = Arrays.copyOfRange(bytes, rawFrom, rawFrom + length);
      last = new String(lastText, StandardCharsets.UTF_8);
    }
    return last;
  }

  /// Passes one value, whatever it is and has in it.
  void skip() throws BadEventException {
    skip(1);
  }

  private void skip(int depth) throws BadEventException {
    if (depth > DEPTH_MAX) {
      throw refused("a value %d deep".formatted(depth), "at most %d".formatted(DEPTH_MAX));
    }
    switch (kind()) {
      case NIL, BOOLEAN -> at++;
      case INTEGER -> integer();
      case REAL -> real();
      case TEXT -> text();
      case BINARY -> binary();
      case EXTENSION -> skipExtension();
      case ARRAY -> skip(array(), depth);
      case MAP -> skip(2 * map(), depth);
    }
  }

  private void skip(int count, int depth) throws BadEventException {
    for (int i = 0; i < count; i++) {
      skip(depth + 1);
    }
  }

  private void skipExtension() throws BadEventException {
    int head = head();
    long length =
        switch (head) {
          case 0xc7 -> bytes[number(1)] & 0xff;
          case 0xc8 -> (short) SHORTS.get(bytes, number(2)) & 0xffff;
          case 0xc9 -> (int) INTS.get(bytes, number(4)) & 0xffff_ffffL;
          default -> {
            at++;
            yield 1L << (head - 0xd4);
          }
        };
    raw(1 + length);
  }

  /// Whether the last text or binary is these bytes.
  boolean isRaw(byte[] expected, int length) {
    if (length != expected.length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[rawFrom + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  /// The big-endian number in the last eight of the bytes of the last binary, which has as many.
  long lastEight(int length) {
    return (long) LONGS.get(bytes, rawFrom + length - Long.BYTES);
  }

  private String found() throws BadEventException {
    return switch (kind()) {
      case NIL -> "nil";
      case BOOLEAN -> "a boolean";
      case INTEGER -> "an integer";
      case REAL -> "a real number";
      case TEXT -> "a text";
      case BINARY -> "binary data";
      case ARRAY -> "an array";
      case MAP -> "a map";
      case EXTENSION -> "an extension";
    };
  }

  private BadEventException refused(String found, String expected) {
    return new BadEventException(
        "byte %d of %d: %s (expected: %s)".formatted(at, end, found, expected));
  }
}
