// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.block.BlockChain;
import io.incipit.block.Hash64;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Bytes of a block that say what they are, so that a wrong one anywhere is seen.
///
/// ```
///  0        8        16        24
///  | high   | low    | length  | from hash and offset ...    words of 8 B, little-endian
/// ```
///
/// A block of other than whole words has the first bytes of its last word.
final class BlockPayload {
  private static final int LENGTH_WORD = 2;

  private BlockPayload() {}

  /// The bytes of block `i` of a chain.
  static byte[] of(BlockChain chain, int i, int length) {
    var bytes = new byte[length];
    var words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long seed = seed(chain, i);
    int whole = length / Long.BYTES;
    for (int word = 0; word < whole; word++) {
      words.putLong(word(chain, i, length, seed, word));
    }
    long last = word(chain, i, length, seed, whole);
    for (int at = whole * Long.BYTES; at < length; at++) {
      bytes[at] = (byte) (last >>> ((at % Long.BYTES) * Byte.SIZE));
    }
    return bytes;
  }

  /// Whether bytes are those of block `i` of a chain.
  static boolean isRight(ByteBuffer bytes, BlockChain chain, int i, int length) {
    if (bytes.remaining() != length) {
      return false;
    }
    var words = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    long seed = seed(chain, i);
    int whole = length / Long.BYTES;
    for (int word = 0; word < whole; word++) {
      if (words.getLong() != word(chain, i, length, seed, word)) {
        return false;
      }
    }
    long last = word(chain, i, length, seed, whole);
    for (int at = whole * Long.BYTES; at < length; at++) {
      if (words.get() != (byte) (last >>> ((at % Long.BYTES) * Byte.SIZE))) {
        return false;
      }
    }
    return true;
  }

  private static long seed(BlockChain chain, int i) {
    return Hash64.chain(chain.high(i), chain.low(i));
  }

  private static long word(BlockChain chain, int i, int length, long seed, int word) {
    return switch (word) {
      case 0 -> chain.high(i);
      case 1 -> chain.low(i);
      case LENGTH_WORD -> length;
      default -> Hash64.chain(seed, word);
    };
  }
}
