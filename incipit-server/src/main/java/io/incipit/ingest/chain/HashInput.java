// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.chain;

import java.util.Arrays;

/// The bytes of which vLLM makes the name of a block: those of the tuple
/// `(parent digest, (token, ...), extra keys)` in some encoding. Extra keys are `None` or a tuple
/// of tuples, `("lora", name, path)` and, of a prompt's first block, `("cache_salt", salt)`; where
/// names cover lookahead tokens, those stand behind the extra keys in a tuple around them. Filled
/// again for each block. For one thread.
///
/// Source: vLLM 0.32.0 and, for lookahead, 0.33.0, `v1/core/kv_cache_utils.py`.
abstract sealed class HashInput permits CborInput, PickleInput {
  private final int lookahead;
  private byte[] buffer = new byte[256];
  private int length;

  /// @param lookahead of the tokens of a block, the last so many are of the next one
  HashInput(int lookahead) {
    this.lookahead = lookahead;
  }

  /// Fills it with what the root is made of.
  final void seed(String seed) {
    length = 0;
    begin();
    text(seed);
    end();
  }

  /// Fills it with what a block is made of.
  ///
  /// @param count tokens of the block, and the lookahead
  final void block(byte[] parent, int[] tokens, int from, int count, PromptExtras extras) {
    length = 0;
    begin();
    open(3);
    bytes(parent);
    int own = count - lookahead;
    open(own);
    integers(tokens, from, own);
    close(own);
    if (lookahead == 0) {
      keys(extras);
    } else {
      open(1 + lookahead);
      keys(extras);
      integers(tokens, from + own, lookahead);
      close(1 + lookahead);
    }
    close(3);
    end();
  }

  private void integers(int[] tokens, int from, int count) {
    for (int i = 0; i < count; i++) {
      integer(Integer.toUnsignedLong(tokens[from + i]));
    }
  }

  private void keys(PromptExtras extras) {
    int count = (extras.lora().isEmpty() ? 0 : 1) + (extras.salt().isEmpty() ? 0 : 1);
    if (count == 0) {
      none();
      return;
    }
    open(count);
    if (!extras.lora().isEmpty()) {
      open(3);
      text("lora");
      text(extras.lora());
      text(extras.loraPath());
      close(3);
    }
    if (!extras.salt().isEmpty()) {
      open(2);
      text("cache_salt");
      text(extras.salt());
      close(2);
    }
    close(count);
  }

  /// Begins all.
  abstract void begin();

  /// Ends all.
  abstract void end();

  /// Begins a tuple.
  abstract void open(int count);

  /// Ends a tuple.
  abstract void close(int count);

  abstract void bytes(byte[] bytes);

  /// @param number from 0 to 2^32 - 1
  abstract void integer(long number);

  abstract void text(String text);

  abstract void none();

  /// What it is filled with; only the first [#length] bytes count.
  final byte[] buffer() {
    return buffer;
  }

  final int length() {
    return length;
  }

  final void put(int one) {
    if (length == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * length);
    }
    buffer[length] = (byte) one;
    length++;
  }

  final void put(byte[] bytes) {
    if (buffer.length - length < bytes.length) {
      buffer = Arrays.copyOf(buffer, 2 * (length + bytes.length));
    }
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
  }

  /// Puts the lowest bytes of a number, the lowest first.
  final void little(long number, int bytes) {
    for (int i = 0; i < bytes; i++) {
      put((int) (number >>> (Byte.SIZE * i)));
    }
  }

  /// Puts the lowest bytes of a number, the lowest last.
  final void big(long number, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) {
      put((int) (number >>> (Byte.SIZE * i)));
    }
  }

  /// Puts a number over bytes that are there, the lowest first.
  final void overwrite(int at, long number, int bytes) {
    for (int i = 0; i < bytes; i++) {
      buffer[at + i] = (byte) (number >>> (Byte.SIZE * i));
    }
  }
}
