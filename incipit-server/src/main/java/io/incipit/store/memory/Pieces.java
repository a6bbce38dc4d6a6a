// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// The pieces of a value, each with a checksum of its own: 64 KiB, the last as long as it is.
public final class Pieces {
  public static final int LOG = 16;
  public static final int BYTES = 1 << LOG;

  private Pieces() {}

  /// Pieces of a value of a length; 0 for an empty one.
  public static int count(int length) {
    return (length + BYTES - 1) >>> LOG;
  }

  public static int from(int piece) {
    return piece << LOG;
  }

  public static int length(int piece, int valueLength) {
    return Math.min(BYTES, valueLength - from(piece));
  }
}
