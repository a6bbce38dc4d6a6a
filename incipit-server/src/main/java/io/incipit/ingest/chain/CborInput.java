// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.chain;

import java.nio.charset.StandardCharsets;

/// In canonical CBOR: tuples are arrays, and lengths as short as they can be. Source: RFC 8949.
final class CborInput extends HashInput {
  private static final int UNSIGNED = 0;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int NULL = 0xf6;
  private static final int DIRECT = 24;

  CborInput(int lookahead) {
    super(lookahead);
  }

  @Override
  void begin() {}

  @Override
  void end() {}

  @Override
  void open(int count) {
    head(ARRAY, count);
  }

  @Override
  void close(int count) {}

  @Override
  void bytes(byte[] bytes) {
    head(BYTES, bytes.length);
    put(bytes);
  }

  @Override
  void integer(long number) {
    head(UNSIGNED, number);
  }

  @Override
  void text(String text) {
    var utf8 = text.getBytes(StandardCharsets.UTF_8);
    head(TEXT, utf8.length);
    put(utf8);
  }

  @Override
  void none() {
    put(NULL);
  }

  private void head(int major, long number) {
    int type = major << 5;
    if (number < DIRECT) {
      put(type | (int) number);
    } else if (number < 1L << Byte.SIZE) {
      put(type | DIRECT);
      put((int) number);
    } else if (number < 1L << Short.SIZE) {
      put(type | (DIRECT + 1));
      big(number, Short.BYTES);
    } else {
      put(type | (DIRECT + 2));
      big(number, Integer.BYTES);
    }
  }
}
