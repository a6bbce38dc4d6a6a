// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// The pieces of a value, each with a checksum of its own: 64 KiB, the last as long as it is.
final class Pieces {
  static final int LOG = 16;
  static final int BYTES = 1 << LOG;

  private Pieces() {}

  /// Pieces of a value of a length; 0 for an empty one.
  static int count(int length) {
    return (length + BYTES - 1) >>> LOG;
  }

  static int from(int piece) {
    return piece << LOG;
  }

  static int length(int piece, int valueLength) {
    return Math.min(BYTES, valueLength - from(piece));
  }
}
