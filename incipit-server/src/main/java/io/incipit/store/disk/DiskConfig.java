// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.record.Place;
import java.nio.file.Path;

/// What a store may take.
///
/// @param directory of its files; nobody else's
/// @param capacityBytes of all extent files together; at least four extents
/// @param extentBytes of one file, a multiple of 4 KiB in `[64 KiB, 16 GiB]`; a value that does not
///     fit gets a file of its own
/// @param queueBytes of values that wait to be written, or one if it is larger; positive
/// @param readers that may have a value open at a time, each with 1 MiB and a unit; others wait;
///     positive
/// @param direct whether to go around the system's cache where the file system lets us
public record DiskConfig(
    Path directory,
    long capacityBytes,
    long extentBytes,
    long queueBytes,
    int readers,
    boolean direct) {
  /// Extents' bytes unless something else is said.
  public static final long EXTENT_BYTES = 256L << 20;

  /// Checks.
  public DiskConfig {
    if (extentBytes % Place.UNIT != 0) {
      throw new IllegalArgumentException(
          "extentBytes: %d (expected: a multiple of %d)".formatted(extentBytes, Place.UNIT));
    }
    check("extentBytes", extentBytes, 64 << 10, Place.FILE_BYTES_MAX);
    check("capacityBytes", capacityBytes, 4 * extentBytes, Long.MAX_VALUE);
    check("queueBytes", queueBytes, 1, Long.MAX_VALUE);
    check("readers", readers, 1, 1 << 16);
  }

  /// A store of the usual shape: a small one has small extents.
  public static DiskConfig of(Path directory, long capacityBytes) {
    long extentBytes = Math.min(EXTENT_BYTES, capacityBytes / 32 & -Place.UNIT);
    return new DiskConfig(directory, capacityBytes, extentBytes, 256L << 20, 16, true);
  }

  private static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: %d (expected: [%d, %d])".formatted(name, value, least, most));
    }
  }
}
