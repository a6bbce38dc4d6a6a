// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk.record;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/// The file that says which store a directory is of: its first 24 bytes, little-endian.
///
/// ```
///   0       8         12    16      24
///   | magic | version | crc | store | zero, to 4,096 |
/// ```
///
/// `crc` is the CRC-32C of the others.
public final class Identity {
  public static final int VERSION = 1;

  /// "INCIPSTO".
  private static final long MAGIC = 0x4F54_5350_4943_4E49L;

  private static final int CRC_OFFSET = 12;
  private static final int STORE_OFFSET = 16;

  private Identity() {}

  /// Writes at the beginning of a buffer.
  public static void write(ByteBuffer into, long store) {
    into.putLong(0, MAGIC).putInt(Long.BYTES, VERSION).putLong(STORE_OFFSET, store);
    into.putInt(CRC_OFFSET, crc(into));
  }

  /// Whether whole bytes say that they are of another version.
  public static boolean isOtherVersion(ByteBuffer bytes) {
    return isWhole(bytes) && bytes.getInt(Long.BYTES) != VERSION;
  }

  /// The number of the store, unless the bytes are broken.
  public static OptionalLong read(ByteBuffer bytes) {
    return isWhole(bytes) ? OptionalLong.of(bytes.getLong(STORE_OFFSET)) : OptionalLong.empty();
  }

  private static boolean isWhole(ByteBuffer bytes) {
    return bytes.getLong(0) == MAGIC && bytes.getInt(CRC_OFFSET) == crc(bytes);
  }

  private static int crc(ByteBuffer bytes) {
    var crc = new CRC32C();
    crc.update(bytes.slice(0, CRC_OFFSET));
    crc.update(bytes.slice(STORE_OFFSET, Long.BYTES));
    return (int) crc.getValue();
  }
}
