// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import java.util.List;

/// How much is measured.
///
/// @param sizes of values
/// @param rounds in each of which every server has its turn
/// @param sampleBytes of values that go into a sample, at most
/// @param heldBytes of values that each server holds, about
/// @param warmUpBytes of values that a server which compiles as it runs gives, and takes, before
/// @param besideNs that look-ups beside large values go on for in a round
record Plan(
    List<Size> sizes,
    int rounds,
    long sampleBytes,
    long heldBytes,
    long warmUpBytes,
    long besideNs) {
  /// A size of values.
  ///
  /// @param name in results
  record Size(String name, int bytes) {}

  private static final int SAMPLE_REQUESTS = 8_192;
  private static final long MIB = 1L << 20;
  private static final Size SMALL = new Size("64k", 64 << 10);
  private static final Size MIDDLE = new Size("1m", 1 << 20);
  private static final Size LARGE = new Size("8m", 8 << 20);
  private static final Size HUGE = new Size("32m", 32 << 20);

  /// All sizes, in rounds that can be told apart.
  static final Plan FULL =
      new Plan(
          List.of(SMALL, MIDDLE, LARGE, HUGE),
          9,
          768 * MIB,
          256 * MIB,
          3_072 * MIB,
          3_000_000_000L);

  /// What is done in less than a minute.
  static final Plan QUICK =
      new Plan(List.of(SMALL, LARGE), 3, 256 * MIB, 64 * MIB, 384 * MIB, 1_000_000_000L);

  /// Values of a size that each server holds.
  int held(Size size) {
    return atLeastOne(heldBytes / size.bytes());
  }

  /// Requests that go into a sample.
  int sample(Size size) {
    return atLeastOne(Math.min(SAMPLE_REQUESTS, sampleBytes / size.bytes()));
  }

  /// Requests of each kind that warm up.
  int warmUp(Size size) {
    return atLeastOne(warmUpBytes / size.bytes());
  }

  private static int atLeastOne(long count) {
    return (int) Math.max(1, count);
  }
}
