// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// The sizes that memory is given out in: eight for each doubling, in units.
///
/// Up to 16 units each size is a class; above, classes are an eighth of the power of two below
/// apart. So of what is given out less than a ninth is waste from 8 units on, and over sizes that
/// are spread evenly on a logarithmic scale a good twentieth.
final class SizeClasses {
  private static final int LOG = 3;
  private static final int PER_DOUBLING = 1 << LOG;

  /// Classes of all sizes that fit an int.
  static final int COUNT = 256;

  private SizeClasses() {}

  /// The greatest class not above a size of at least 1.
  static int floor(int units) {
    if (units < PER_DOUBLING) {
      return units;
    }
    int shift = Integer.SIZE - 1 - LOG - Integer.numberOfLeadingZeros(units);
    return (shift << LOG) + (units >>> shift);
  }

  /// The least class not below a size of at least 1.
  static int ceiling(int units) {
    int floor = floor(units);
    return units(floor) == units ? floor : floor + 1;
  }

  /// The size of a class.
  static int units(int sizeClass) {
    if (sizeClass < 2 * PER_DOUBLING) {
      return sizeClass;
    }
    int shift = (sizeClass >>> LOG) - 1;
    return (PER_DOUBLING + (sizeClass & (PER_DOUBLING - 1))) << shift;
  }
}
