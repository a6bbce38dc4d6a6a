// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.tier;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The tier `DISK` of a store as a model: which blocks an append-only log of extents holds, and
/// what is written to keep it within its capacity.
///
/// ```
/// append:   into the open extent; if it is full: seal it, make room for the next, begin that,
///           and make room for the one after it while this one is empty
/// room:     give up the extent that is worth least
/// give up:  what was read since it was written, or is leased, is written again, as far as half of
///           the room in the open extent goes; the rest is gone
/// ```
///
/// An extent is worth its live share times its heat, which counts reads and is halved each time one
/// is given up. All blocks are of one size and none is removed, so the live shares of all sealed
/// extents are equal: the coldest goes, of several the oldest.
///
/// The same calls give the same answers. A block costs O(1), and an extent O(log extents) when it
/// is sealed, given up, or read while cold. A warm one is looked at for each extent that is given
/// up until it is cold, no more often than it was read. Memory: 8 B a block on disk, and 4 B and a
/// bit for each id up to the largest.
final class DiskLog {
  private static final int IDS_MIN = 4;

  /// As a store has it unless its `store.read-lease` says something else.
  private static final long LEASE_NS = 30_000_000_000L;

  /// Records in a row.
  private static final class Extent {
    final int number;
    long[] ids = new long[IDS_MIN];
    int records;
    int heat;

    /// What it takes of the capacity: until it is sealed, what it may take.
    long bytes;

    Extent(int number, long bytes) {
      this.number = number;
      this.bytes = bytes;
    }

    void add(long id) {
      if (records == ids.length) {
        ids = Arrays.copyOf(ids, 2 * records);
      }
      ids[records] = id;
      records++;
    }
  }

  private final DiskShape shape;

  /// By id, where a block is.
  private @Nullable Extent[] places = new @Nullable Extent[0];

  /// Blocks that were read since they were written where they are.
  private final BitSet read = new BitSet();

  /// Until when blocks are kept, by id, the first to end first.
  private final LinkedHashMap<Long, Long> leases = new LinkedHashMap<>();

  private long timeNs;
  private @Nullable Extent open;

  /// Sealed extents without heat, the oldest first.
  private final TreeSet<Extent> cold =
      new TreeSet<>(Comparator.comparingInt(extent -> extent.number));

  /// Sealed extents with heat.
  private final List<Extent> warm = new ArrayList<>();

  private int number;
  private int blocks;
  private long bytes;
  private long records;
  private long writtenBytes;
  private long reclaims;

  /// An empty disk.
  DiskLog(DiskShape shape) {
    this.shape = shape;
  }

  /// Whether a block is on disk.
  boolean holds(long id) {
    return id < places.length && places[(int) id] != null;
  }

  /// Keeps a block that is on disk for a while: it is about to be read.
  ///
  /// @param nowNs never less than before
  void lease(long id, long nowNs) {
    timeNs = nowNs;
    while (!leases.isEmpty() && leases.firstEntry().getValue() <= nowNs) {
      leases.pollFirstEntry();
    }
    leases.putLast(id, nowNs + LEASE_NS);
  }

  private boolean isLeased(long id) {
    return leases.getOrDefault(id, Long.MIN_VALUE) > timeNs;
  }

  /// A block that is on disk is read.
  void read(long id) {
    var extent = places[(int) id];
    if (extent == null) {
      throw new IllegalArgumentException("id: %d (expected: on disk)".formatted(id));
    }
    read.set((int) id);
    if (extent.heat == 0 && cold.remove(extent)) {
      warm.add(extent);
    }
    extent.heat++;
  }

  /// Writes a block that is not on disk.
  ///
  /// @param id at least 0; less than 2^31
  /// @return whether there was room
  boolean append(long id) {
    var extent = withRoom();
    if (extent == null) {
      return false;
    }
    if (id >= places.length) {
      places = Arrays.copyOf(places, Math.toIntExact(Math.max(id + 1, id + (id >> 1) + 16)));
    }
    put(id, extent);
    blocks++;
    return true;
  }

  private void put(long id, Extent extent) {
    extent.add(id);
    places[(int) id] = extent;
    read.clear((int) id);
    records++;
    writtenBytes += shape.recordBytes();
  }

  /// The open extent, which has room for a record; none if the disk is too small for one.
  private @Nullable Extent withRoom() {
    var now = open;
    if (now != null && fits(now)) {
      return now;
    }
    long wanted = shape.openBytes();
    if (wanted > shape.extentBytes()) {
      clear(wanted + shape.extentBytes());
    }
    seal();
    if (!clear(wanted)) {
      return null;
    }
    var next = new Extent(number, wanted);
    number++;
    bytes += wanted;
    open = next;
    clear(shape.extentBytes());
    return next;
  }

  private boolean fits(Extent extent) {
    long end = (extent.records + 1) * shape.recordBytes();
    return end + DiskShape.footerBytes(extent.records + 1) <= extent.bytes;
  }

  /// Bytes that records may still take.
  private long room(Extent extent) {
    long end = extent.records * shape.recordBytes();
    return extent.bytes - end - DiskShape.footerBytes(extent.records);
  }

  private void seal() {
    var sealed = open;
    if (sealed == null) {
      return;
    }
    long footer = DiskShape.footerBytes(sealed.records);
    bytes -= sealed.bytes;
    sealed.bytes = sealed.records * shape.recordBytes() + footer;
    bytes += sealed.bytes;
    writtenBytes += footer;
    open = null;
    if (sealed.heat == 0) {
      cold.add(sealed);
    } else {
      warm.add(sealed);
    }
  }

  /// Gives extents up until so many bytes are free.
  private boolean clear(long wanted) {
    while (bytes + wanted > shape.capacityBytes()) {
      var victim = takeVictim();
      if (victim == null) {
        return false;
      }
      giveUp(victim);
    }
    return true;
  }

  private @Nullable Extent takeVictim() {
    var victim = cold.pollFirst();
    if (victim == null && !warm.isEmpty()) {
      int least = 0;
      for (int i = 1; i < warm.size(); i++) {
        least = isColder(warm.get(i), warm.get(least)) ? i : least;
      }
      victim = warm.get(least);
      warm.set(least, warm.getLast());
      warm.removeLast();
    }
    cool();
    return victim;
  }

  private static boolean isColder(Extent one, Extent other) {
    return one.heat < other.heat || (one.heat == other.heat && one.number < other.number);
  }

  private void cool() {
    int left = 0;
    for (int i = 0; i < warm.size(); i++) {
      var extent = warm.get(i);
      extent.heat /= 2;
      if (extent.heat == 0) {
        cold.add(extent);
      } else {
        warm.set(left, extent);
        left++;
      }
    }
    warm.subList(left, warm.size()).clear();
    if (open != null) {
      open.heat /= 2;
    }
  }

  private void giveUp(Extent victim) {
    var into = open;
    long budget = into == null ? 0 : room(into) / 2;
    for (int i = 0; i < victim.records; i++) {
      long id = victim.ids[i];
      boolean fitting = into != null && shape.recordBytes() <= budget && fits(into);
      if (into != null && fitting && (read.get((int) id) || isLeased(id))) {
        put(id, into);
        budget -= shape.recordBytes();
      } else {
        places[(int) id] = null;
        read.clear((int) id);
        blocks--;
      }
    }
    bytes -= victim.bytes;
    reclaims++;
  }

  /// Blocks on disk.
  int blocks() {
    return blocks;
  }

  /// What all extents take of the capacity.
  long bytes() {
    return bytes;
  }

  /// Records of blocks that were written, those that were written again included.
  long records() {
    return records;
  }

  /// Their bytes, with headers and footers.
  long writtenBytes() {
    return writtenBytes;
  }

  /// Extents that were given up.
  long reclaims() {
    return reclaims;
  }
}
