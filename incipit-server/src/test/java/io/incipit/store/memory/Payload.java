// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import io.incipit.block.Hash64;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Bytes that say whose they are: each 8 derive from the key's number, the version and where they
/// are in the value, so a wrong one anywhere is seen.
public final class Payload {
  private Payload() {}

  public static byte[] key(int number) {
    return ("model@8@" + number + "@chunk-" + Hash64.mix(number + 1L))
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// Bytes `[from, to)` of a value.
  public static ByteBuffer bytes(int key, long version, int from, int to) {
    var bytes = ByteBuffer.allocate(to - from).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = from; at < to; ) {
      if (at % Long.BYTES == 0 && to - at >= Long.BYTES) {
        bytes.putLong(word(key, version, at));
        at += Long.BYTES;
      } else {
        bytes.put(at - from, byteAt(key, version, at));
        at++;
        bytes.position(at - from);
      }
    }
    return bytes.flip();
  }

  /// Where the first wrong byte of `[from, from + bytes.remaining())` is, or -1.
  public static int wrongAt(ByteBuffer bytes, int key, long version, int from) {
    int mismatch = bytes.mismatch(bytes(key, version, from, from + bytes.remaining()));
    return mismatch < 0 ? -1 : from + mismatch;
  }

  private static long word(int key, long version, int at) {
    return Hash64.chain(Hash64.chain(key, version), at / Long.BYTES);
  }

  private static byte byteAt(int key, long version, int at) {
    return (byte) (word(key, version, at) >>> (at % Long.BYTES * Byte.SIZE));
  }
}
