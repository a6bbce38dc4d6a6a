// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk.record;

import java.nio.ByteBuffer;

/// What is to be known of a record to find it, or of a removal: 32 bytes in a footer, in a record
/// of removals, and in the header of the record behind.
///
/// ```
///  0          8                     16      24     28
///  | hash high | hash low << 29 | length | birth | unit | kind |
/// ```
///
/// @param length of the value in bytes; 0 of a removal
/// @param birth the place where it was written first; orders what was said of a key
/// @param unit where it lies in its file
/// @param removal whether it says that the key has no value
public record Entry(KeyHash hash, int length, long birth, int unit, boolean removal) {
  public static final int BYTES = 32;

  /// Bits of a length.
  static final int LENGTH_BITS = 29;

  private static final int VALUE = 1;
  private static final int REMOVAL = 2;

  /// Writes 32 bytes.
  public void write(ByteBuffer into) {
    into.putLong(hash.high())
        .putLong((hash.low() << LENGTH_BITS) | length)
        .putLong(birth)
        .putInt(unit)
        .putInt(removal ? REMOVAL : VALUE);
  }

  /// Reads 32 bytes, which a checksum has proved.
  public static Entry read(ByteBuffer from) {
    long high = from.getLong();
    long word = from.getLong();
    long birth = from.getLong();
    int unit = from.getInt();
    int length = (int) word & ((1 << LENGTH_BITS) - 1);
    var hash = new KeyHash(high, word >>> LENGTH_BITS);
    return new Entry(hash, length, birth, unit, from.getInt() == REMOVAL);
  }
}
