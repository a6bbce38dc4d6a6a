// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

/// The places inside a change at which a test can make it fail. In production nothing does.
final class FaultPoints {
  /// What a planted failure throws.
  static final class PlantedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /// Points still to pass before one throws; 0 or less for none. Written by the index's writer.
  private long left;

  /// Makes the `n`-th point from here on throw, once.
  void failAt(long n) {
    left = n;
  }

  /// Whether the failure that was asked for has not happened yet.
  boolean isPending() {
    return left > 0;
  }

  /// A change has come to a point at which it may fail.
  void reach() {
    if (left > 0 && --left == 0) {
      throw new PlantedException();
    }
  }
}
