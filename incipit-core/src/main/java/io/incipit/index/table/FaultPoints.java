// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

/// The places inside a change at which a test can make it fail. In production nothing does.
public final class FaultPoints {
  /// What a planted failure throws.
  public static final class PlantedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /// Points still to pass before one throws; 0 or less for none. Written by the index's writer.
  private long left;

  /// Makes the `n`-th point from here on throw, once.
  public void failAt(long n) {
    left = n;
  }

  /// Whether the failure that was asked for has not happened yet.
  public boolean isPending() {
    return left > 0;
  }

  /// A change has come to a point at which it may fail.
  public void reach() {
    if (left > 0 && --left == 0) {
      throw new PlantedException();
    }
  }
}
