// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// Places for values in a line of bytes: a cell of a slab for a small one, else an extent.
///
/// One thread. A place is a long that only this class reads; its owner is a number of at least 0.
final class Places {
  /// Bytes of a unit of the line are 2^11: an eighth of the least value that gets an extent.
  static final int UNIT_LOG = 11;

  static final int UNIT = 1 << UNIT_LOG;

  /// The greatest value.
  static final int LENGTH_MAX = 256 << 20;

  /// No place.
  static final long NONE = -1;

  /// Marks a cell: the slab's number and the cell's are below it.
  private static final long CELL = 1L << 62;

  private static final int CELL_BITS = 12;

  /// The owner of an extent that is slab 0; the next slabs are below.
  private static final int FIRST_SLAB = -16;

  final Extents extents;
  final Slabs slabs;
  private long usedBytes;

  /// Makes a line of all whole units in `bytes`.
  Places(long bytes, FaultPoints faults) {
    long units = bytes >>> UNIT_LOG;
    if (units < 1 || units > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "bytes: %d (expected: [%d, %d))".formatted(bytes, UNIT, (long) UNIT << 31));
    }
    this.extents = new Extents((int) units, faults);
    this.slabs = new Slabs(extents, faults);
  }

  static int owner(int slab) {
    return FIRST_SLAB - slab;
  }

  /// The slab that owns an extent, or -1.
  static int slabOf(int owner) {
    return owner <= FIRST_SLAB ? FIRST_SLAB - owner : -1;
  }

  /// Bytes that a value of a length takes of the line.
  static int bytes(int length) {
    return length <= Slabs.LENGTH_MAX
        ? Slabs.cellBytes(Slabs.sizeClass(length))
        : units(length) << UNIT_LOG;
  }

  /// Units that must be free beside each other for a value to find room wherever it can.
  static int units(int length) {
    return length <= Slabs.LENGTH_MAX
        ? Slabs.SLAB_UNITS
        : SizeClasses.units(SizeClasses.ceiling((length + UNIT - 1) >> UNIT_LOG));
  }

  /// Takes a place, or returns [#NONE] if none is free as it would have to be.
  long take(int length, int owner) {
    long place;
    if (length <= Slabs.LENGTH_MAX) {
      var slab = slabs.withRoom(Slabs.sizeClass(length));
      place = slab == null ? NONE : cell(slab.number, slabs.takeCell(slab, owner));
    } else {
      place = extents.take(units(length), owner);
    }
    usedBytes += place == NONE ? 0 : bytes(length);
    return place;
  }

  /// Gives the place of a value of a length back.
  void give(long place, int length) {
    if (isCell(place)) {
      slabs.giveCell(slabs.slab(slab(place)), cellNumber(place));
    } else {
      extents.give((int) place);
    }
    usedBytes -= bytes(length);
  }

  /// As [#give], but an extent is claimed.
  void claim(long place, int length) {
    if (isCell(place)) {
      give(place, length);
    } else {
      extents.claim((int) place);
      usedBytes -= bytes(length);
    }
  }

  /// Where in the line a place begins, in bytes.
  long offset(long place) {
    if (!isCell(place)) {
      return (long) extents.start((int) place) << UNIT_LOG;
    }
    var slab = slabs.slab(slab(place));
    long start = (long) extents.start(slab.extent) << UNIT_LOG;
    return start + (long) cellNumber(place) * Slabs.cellBytes(slab.sizeClass);
  }

  /// Whether a place is in a slab that is closed.
  boolean isClosed(long place) {
    return isCell(place) && slabs.slab(slab(place)).closed;
  }

  /// Bytes of places that are taken.
  long usedBytes() {
    return usedBytes;
  }

  /// Bytes of places that could be taken, were they all beside each other.
  long freeBytes() {
    return totalBytes() - usedBytes;
  }

  long totalBytes() {
    return (long) extents.total() << UNIT_LOG;
  }

  private static long cell(int slab, int cell) {
    return CELL | ((long) slab << CELL_BITS) | cell;
  }

  private static boolean isCell(long place) {
    return (place & CELL) != 0;
  }

  private static int slab(long place) {
    return (int) ((place & ~CELL) >>> CELL_BITS);
  }

  private static int cellNumber(long place) {
    return (int) place & ((1 << CELL_BITS) - 1);
  }
}
