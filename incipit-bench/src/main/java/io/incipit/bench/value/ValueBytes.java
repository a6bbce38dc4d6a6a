// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import io.incipit.env.RandomSource;
import java.util.Arrays;

/// The bytes of all values: stretches of one array drawn by chance, which begin elsewhere for each
/// key and each version of it. So a value is sent from where it lies, and all bytes of one that
/// comes back are compared, at little cost.
final class ValueBytes {
  /// Different values there can be.
  private static final int STARTS = 1 << 20;

  /// Odd, so that the values of so many keys all differ.
  private static final long KEY_STEP = 8_191;

  private static final long VERSION_STEP = 127;

  private final byte[] bytes;

  /// @param longest value in bytes
  ValueBytes(long seed, int longest) {
    bytes = new byte[longest + STARTS];
    RandomSource.seeded(seed).nextBytes(bytes);
  }

  /// What the values are part of.
  byte[] source() {
    return bytes;
  }

  /// Where the value of a key begins there.
  static int start(int key, int version) {
    return (int) ((key * KEY_STEP + version * VERSION_STEP) % STARTS);
  }

  /// Whether the first `length` bytes of a buffer are the value that begins at `start`.
  boolean isValue(byte[] buffer, int length, int start) {
    return Arrays.equals(buffer, 0, length, bytes, start, start + length);
  }
}
