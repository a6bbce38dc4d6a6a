// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.disk;

import java.util.List;

/// How much is measured.
///
/// @param sizes of values, each also the block size of fio
/// @param rounds in each of which ours and fio have their turn
/// @param bytes of values in a sample, and of those that are there to be read
/// @param durableBytes of values in a sample in which each is waited for
record Plan(List<Size> sizes, int rounds, long bytes, long durableBytes) {
  /// A size of values.
  ///
  /// @param name in results, and for fio
  record Size(String name, int bytes) {}

  private static final long MIB = 1L << 20;

  private static final List<Size> SIZES =
      List.of(new Size("1m", 1 << 20), new Size("64k", 64 << 10));

  /// Samples of about a second at 1 GiB/s.
  static final Plan FULL = new Plan(SIZES, 9, 1_024 * MIB, 128 * MIB);

  /// What shows that all of it works, and no more.
  static final Plan QUICK = new Plan(SIZES, 3, 128 * MIB, 16 * MIB);

  /// What the disk must have room for: what ours reads, what it writes, and the same of fio.
  long roomBytes() {
    return 5 * bytes;
  }
}
