// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk.record;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The end of a complete extent file: the entries of all of its records, and the last 64 bytes of
/// the file, which say where they begin. Little-endian.
///
/// ```
///   0       8         12    16      24     32            36          40     44
///   | magic | version | crc | store | file | first unit | entries | crc of entries | zero |
/// ```
///
/// `crc` is the CRC-32C of the 64 bytes with `crc` as zero.
///
/// @param store number of the store
/// @param file number of the file
/// @param firstUnit where the entries begin
/// @param entries how many
/// @param entriesCrc CRC-32C of the entries
public record Footer(long store, long file, int firstUnit, int entries, int entriesCrc) {
  public static final int TRAILER_BYTES = 64;

  /// "INCIPFTR".
  static final long MAGIC = 0x5254_4650_4943_4E49L;

  static final int VERSION = 1;
  static final int CRC_OFFSET = 12;

  /// Bytes of a footer, in whole units.
  public static long bytes(long entries) {
    return Place.roundUp(entries * Entry.BYTES + TRAILER_BYTES);
  }

  /// Writes 64 bytes.
  public void write(ByteBuffer into) {
    int at = into.position();
    into.putLong(MAGIC).putInt(VERSION).putInt(0).putLong(store).putLong(file);
    into.putInt(firstUnit).putInt(entries).putInt(entriesCrc);
    into.put(new byte[at + TRAILER_BYTES - into.position()]);
    into.putInt(at + CRC_OFFSET, crc(into, at));
  }

  /// Whether the 64 bytes at a position are the end of a file of so many bytes.
  public static boolean isGood(ByteBuffer bytes, int at, long store, long file, long fileBytes) {
    if (bytes.getLong(at) != MAGIC
        || bytes.getInt(at + 8) != VERSION
        || bytes.getInt(at + CRC_OFFSET) != crc(bytes, at)) {
      return false;
    }
    var footer = read(bytes, at);
    return footer.store == store
        && footer.file == file
        && footer.firstUnit >= 0
        && footer.entries >= 0
        && ((long) footer.firstUnit << Place.UNIT_LOG) + bytes(footer.entries) == fileBytes;
  }

  /// Reads 64 bytes that are good.
  public static Footer read(ByteBuffer bytes, int at) {
    var from = bytes.slice(at, TRAILER_BYTES).order(bytes.order()).position(16);
    return new Footer(from.getLong(), from.getLong(), from.getInt(), from.getInt(), from.getInt());
  }

  private static int crc(ByteBuffer bytes, int at) {
    var crc = new CRC32C();
    crc.update(bytes.slice(at, CRC_OFFSET));
    crc.update(new byte[Integer.BYTES]);
    int rest = CRC_OFFSET + Integer.BYTES;
    crc.update(bytes.slice(at + rest, TRAILER_BYTES - rest));
    return (int) crc.getValue();
  }
}
