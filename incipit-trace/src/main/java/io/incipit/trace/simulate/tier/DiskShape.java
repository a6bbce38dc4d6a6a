// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.tier;

/// How large a disk is and what a block takes of it, as a store's tier `DISK` has it: extents of
/// at most 256 MiB, records of whole units of 4 KiB with one for their header, and in each extent
/// a footer of 32 B for each record.
///
/// @param capacityBytes of all extents together; 0 for no disk
/// @param blockBytes of one block, from 1
public record DiskShape(long capacityBytes, long blockBytes) {
  /// No disk.
  public static final DiskShape NONE = new DiskShape(0, 1);

  private static final long UNIT = 4096;
  private static final long EXTENT_BYTES_MAX = 256L << 20;

  /// Extents of a disk that is small.
  private static final int EXTENTS = 32;

  private static final int ENTRY_BYTES = 32;
  private static final int TRAILER_BYTES = 64;

  public DiskShape {
    if (capacityBytes < 0 || blockBytes < 1) {
      throw new IllegalArgumentException(
          "disk: %d B, blocks of %d B (expected: at least 0, and at least 1)"
              .formatted(capacityBytes, blockBytes));
    }
  }

  /// Bytes of an extent; one block that is larger gets an extent of its own.
  long extentBytes() {
    return Math.min(EXTENT_BYTES_MAX, capacityBytes / EXTENTS & -UNIT);
  }

  /// What an extent takes when it is begun.
  long openBytes() {
    return Math.max(extentBytes(), recordBytes() + footerBytes(1));
  }

  /// Bytes of a block's record.
  long recordBytes() {
    return UNIT + roundUp(blockBytes);
  }

  /// Bytes at the end of an extent of so many records.
  static long footerBytes(int records) {
    return roundUp((long) records * ENTRY_BYTES + TRAILER_BYTES);
  }

  private static long roundUp(long bytes) {
    return (bytes + UNIT - 1) & -UNIT;
  }
}
