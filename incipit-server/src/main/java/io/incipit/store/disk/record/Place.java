// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk.record;

/// Where a record lies, in one word: the number of its extent file, from 1 on, and the unit at
/// which it begins. Later files have higher numbers, so of two records the later has the higher
/// place, and 0 is none.
public final class Place {
  /// All records begin at a multiple of it, and fill one.
  public static final int UNIT = 4096;

  public static final int UNIT_LOG = 12;

  /// The largest file: 16 GiB.
  public static final long FILE_BYTES_MAX = 1L << (22 + UNIT_LOG);

  public static final long NONE = 0;

  private static final int UNIT_BITS = 24;

  private Place() {}

  public static long of(long file, int unit) {
    return (file << UNIT_BITS) | unit;
  }

  public static long file(long place) {
    return place >>> UNIT_BITS;
  }

  public static int unit(long place) {
    return (int) place & ((1 << UNIT_BITS) - 1);
  }

  /// The byte of its file at which a place begins.
  public static long offset(long place) {
    return (long) unit(place) << UNIT_LOG;
  }

  /// The least multiple of a unit that is not less.
  public static long roundUp(long bytes) {
    return (bytes + UNIT - 1) & -UNIT;
  }
}
