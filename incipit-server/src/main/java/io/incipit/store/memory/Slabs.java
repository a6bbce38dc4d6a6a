// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The arena of small values: extents cut into cells of one size class each.
///
/// One thread. Cells are of 64 B to 15 KiB; a slab is [#SLAB_UNITS] of the line, given back when
/// its last cell is. Memory is 4 B for each cell, and 64 B a slab.
final class Slabs {
  /// Bytes of a unit of a cell's size.
  static final int GRAIN = 8;

  /// The greatest value that is small: beyond, classes reach the first of extents.
  static final int LENGTH_MAX = 15 << 10;

  /// Units of the line in a slab: 128 KiB.
  static final int SLAB_UNITS = 64;

  private static final int SLAB_BYTES = SLAB_UNITS << Places.UNIT_LOG;
  private static final int CELL_MIN = 64;
  private static final int HEADER_BYTES = 64;

  /// Classes of cells up to [#LENGTH_MAX].
  private static final int CLASSES = SizeClasses.ceiling(LENGTH_MAX / GRAIN) + 1;

  /// Cells of one size. Each has its owner, or, below 0, ~ the next free one.
  static final class Slab {
    final int number;
    final int extent;
    final int sizeClass;
    final int[] cells;
    int used;
    int freeHead;

    /// Whether no cell is to be taken, and the slab's end is a claimed extent.
    boolean closed;

    @Nullable Slab previous;
    @Nullable Slab next;

    Slab(int number, int extent, int sizeClass) {
      this.number = number;
      this.extent = extent;
      this.sizeClass = sizeClass;
      this.cells = new int[SLAB_BYTES / cellBytes(sizeClass)];
      for (int cell = 0; cell < cells.length; cell++) {
        cells[cell] = ~(cell + 1);
      }
    }

    boolean isFull() {
      return freeHead == cells.length;
    }
  }

  private final Extents extents;
  private final FaultPoints faults;
  private final @Nullable Slab[] open = new @Nullable Slab[CLASSES];
  private @Nullable Slab[] slabs = new @Nullable Slab[16];
  private int[] unused = new int[0];
  private int unusedCount;
  private int numbers;
  private long heapBytes;

  Slabs(Extents extents, FaultPoints faults) {
    this.extents = extents;
    this.faults = faults;
  }

  static int sizeClass(int length) {
    return SizeClasses.ceiling((Math.max(length, CELL_MIN) + GRAIN - 1) / GRAIN);
  }

  static int cellBytes(int sizeClass) {
    return SizeClasses.units(sizeClass) * GRAIN;
  }

  /// The slab with a number that one has.
  Slab slab(int number) {
    var slab = slabs[number];
    if (slab == null) {
      throw new IllegalStateException("slab: %d (expected: one in use)".formatted(number));
    }
    return slab;
  }

  /// The slab of a class that [#takeCell] takes from next, or null if there is no room for one.
  @Nullable Slab withRoom(int sizeClass) {
    var slab = open[sizeClass];
    return slab != null ? slab : newSlab(sizeClass);
  }

  /// Takes a cell of a slab that has one.
  int takeCell(Slab slab, int owner) {
    int cell = slab.freeHead;
    slab.freeHead = ~slab.cells[cell];
    slab.cells[cell] = owner;
    slab.used++;
    if (slab.isFull()) {
      unlink(slab);
    }
    return cell;
  }

  /// Gives a cell back.
  ///
  /// @throws IllegalStateException if it is free
  void giveCell(Slab slab, int cell) {
    if (slab.cells[cell] < 0) {
      throw new IllegalStateException("cell: %d (expected: not free)".formatted(cell));
    }
    boolean full = slab.isFull();
    slab.cells[cell] = ~slab.freeHead;
    slab.freeHead = cell;
    slab.used--;
    if (slab.used == 0) {
      end(slab, full);
    } else if (full && !slab.closed) {
      link(slab);
    }
  }

  /// Keeps a slab from giving out cells; when its last one is given back, its extent is claimed.
  void close(Slab slab) {
    if (!slab.isFull()) {
      unlink(slab);
    }
    slab.closed = true;
  }

  /// Ends what [#close] began, if the slab still is.
  void reopen(Slab slab) {
    slab.closed = false;
    if (!slab.isFull()) {
      link(slab);
    }
  }

  private @Nullable Slab newSlab(int sizeClass) {
    reserveNumber();
    int number = unusedCount > 0 ? unused[unusedCount - 1] : numbers;
    faults.reach();
    int extent = extents.take(SLAB_UNITS, Places.owner(number));
    if (extent == Extents.NONE) {
      return null;
    }
    Slab slab;
    try {
      faults.reach();
      slab = new Slab(number, extent, sizeClass);
    } catch (RuntimeException | Error failure) {
      extents.give(extent);
      throw failure;
    }
    if (unusedCount > 0) {
      unusedCount--;
    } else {
      numbers++;
    }
    slabs[number] = slab;
    heapBytes += bytes(slab);
    link(slab);
    return slab;
  }

  /// Makes room for one more number, used or not.
  private void reserveNumber() {
    if (numbers == slabs.length) {
      faults.reach();
      slabs = Arrays.copyOf(slabs, 2 * numbers);
    }
    if (unused.length < slabs.length) {
      unused = Arrays.copyOf(unused, slabs.length);
    }
  }

  private void end(Slab slab, boolean full) {
    if (!slab.closed && !full) {
      unlink(slab);
    }
    slabs[slab.number] = null;
    unused[unusedCount++] = slab.number;
    heapBytes -= bytes(slab);
    if (slab.closed) {
      extents.claim(slab.extent);
    } else {
      extents.give(slab.extent);
    }
  }

  private static long bytes(Slab slab) {
    return HEADER_BYTES + (long) Integer.BYTES * slab.cells.length;
  }

  private void link(Slab slab) {
    var head = open[slab.sizeClass];
    slab.next = head;
    slab.previous = null;
    if (head != null) {
      head.previous = slab;
    }
    open[slab.sizeClass] = slab;
  }

  private void unlink(Slab slab) {
    if (slab.previous == null) {
      open[slab.sizeClass] = slab.next;
    } else {
      slab.previous.next = slab.next;
    }
    if (slab.next != null) {
      slab.next.previous = slab.previous;
    }
    slab.previous = null;
    slab.next = null;
  }

  long heapBytes() {
    return heapBytes;
  }

  /// Slabs in use.
  int count() {
    return numbers - unusedCount;
  }
}
