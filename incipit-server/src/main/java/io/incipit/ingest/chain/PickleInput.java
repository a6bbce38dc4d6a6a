// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.chain;

import java.nio.charset.StandardCharsets;

/// As CPython pickles it with protocol 5, the highest from 3.8 on, in one frame. Bytes, texts and
/// tuples are noted in the pickle's memo. Each is taken for an object of its own: that a text is
/// the very object of another, as a one-letter salt and adapter can be, shows in a pickle, and
/// nobody outside knows.
///
/// Source: Python's `pickletools`, which describes each opcode.
final class PickleInput extends HashInput {
  private static final int PROTOCOL = 0x80;
  private static final int FRAME = 0x95;
  private static final int STOP = '.';
  private static final int MARK = '(';
  private static final int EMPTY_TUPLE = ')';
  private static final int TUPLE = 't';
  private static final int TUPLE_OF_1 = 0x85;
  private static final int MEMOIZE = 0x94;
  private static final int NONE = 'N';
  private static final int SHORT_BYTES = 'C';
  private static final int SHORT_TEXT = 0x8c;
  private static final int TEXT = 'X';
  private static final int BYTE = 'K';
  private static final int TWO_BYTES = 'M';
  private static final int FOUR_BYTES = 'J';
  private static final int LONG = 0x8a;

  /// Of tuples that need no mark.
  private static final int SHORT_TUPLE_MAX = 3;

  /// Where the frame's length is, and where the frame begins.
  private static final int FRAME_LENGTH = 3;

  private static final int FRAME_FROM = FRAME_LENGTH + Long.BYTES;

  PickleInput(int lookahead) {
    super(lookahead);
  }

  @Override
  void begin() {
    put(PROTOCOL);
    put(5);
    put(FRAME);
    little(0, Long.BYTES);
  }

  @Override
  void end() {
    put(STOP);
    overwrite(FRAME_LENGTH, length() - FRAME_FROM, Long.BYTES);
  }

  @Override
  void open(int count) {
    if (count > SHORT_TUPLE_MAX) {
      put(MARK);
    }
  }

  @Override
  void close(int count) {
    if (count == 0) {
      put(EMPTY_TUPLE);
      return;
    }
    put(count > SHORT_TUPLE_MAX ? TUPLE : TUPLE_OF_1 + count - 1);
    put(MEMOIZE);
  }

  @Override
  void bytes(byte[] bytes) {
    put(SHORT_BYTES);
    put(bytes.length);
    put(bytes);
    put(MEMOIZE);
  }

  @Override
  void integer(long number) {
    if (number < 1L << Byte.SIZE) {
      put(BYTE);
      put((int) number);
    } else if (number < 1L << Short.SIZE) {
      put(TWO_BYTES);
      little(number, Short.BYTES);
    } else if (number <= Integer.MAX_VALUE) {
      put(FOUR_BYTES);
      little(number, Integer.BYTES);
    } else {
      // In two's complement, so that 32 bits without a sign take a fifth byte.
      put(LONG);
      put(Integer.BYTES + 1);
      little(number, Integer.BYTES + 1);
    }
  }

  @Override
  void text(String text) {
    var utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length < 1 << Byte.SIZE) {
      put(SHORT_TEXT);
      put(utf8.length);
    } else {
      put(TEXT);
      little(utf8.length, Integer.BYTES);
    }
    put(utf8);
    put(MEMOIZE);
  }

  @Override
  void none() {
    put(NONE);
  }
}
