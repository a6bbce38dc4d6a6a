// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.record.Entry;
import io.incipit.store.disk.record.Place;
import io.incipit.store.disk.record.RecordHeader.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/// Lists the keys of a store, file by file, the oldest first: what is written again meanwhile is
/// met later. The texts of keys are read from their records.
///
/// Thread-safe, one call at a time. Keeps the entries of one file between calls.
final class Listing {
  /// A cursor is the number of a file and an entry of it.
  private static final int ENTRY_BITS = 24;

  /// Entries that are passed in a call at most, whatever of them counts.
  private static final int PASSED_MAX = 1 << 16;

  private final DiskParts parts;
  private long file;
  private List<Entry> entries = List.of();

  Listing(DiskParts parts) {
    this.parts = parts;
  }

  /// As [DiskStore#scan].
  synchronized long scan(long cursor, int count, Consumer<byte[]> keys) {
    long from = cursor >>> ENTRY_BITS;
    int next = (int) cursor & ((1 << ENTRY_BITS) - 1);
    int left = count;
    var extent = parts.extents().retainFrom(Math.max(1, from));
    if (extent == null) {
      return 0;
    }
    next = extent.number == from ? next : 0;
    read(extent, next);
    for (int passed = 0; next < entries.size() && left > 0 && passed < PASSED_MAX; passed++) {
      left -= hand(entries.get(next), keys) ? 1 : 0;
      next++;
    }
    return next < entries.size() ? (file << ENTRY_BITS) | next : (file + 1) << ENTRY_BITS;
  }

  /// Reads the entries of a file, unless they are those of the call before.
  private void read(Extent held, int next) {
    if (held.number == file && next > 0) {
      held.release();
      return;
    }
    file = held.number;
    entries = Scan.of(parts, held).entries();
  }

  private boolean hand(Entry entry, Consumer<byte[]> keys) {
    if (entry.removal() || !parts.ledger().isAt(entry.hash(), Place.of(file, entry.unit()))) {
      return false;
    }
    var extent = parts.extents().retain(file);
    if (extent == null) {
      return false;
    }
    try (var reader = new RecordReader(parts, extent)) {
      boolean good = reader.open(entry.unit(), Place.UNIT) == Verdict.GOOD;
      if (good) {
        keys.accept(reader.header().key());
      }
      return good;
    } catch (IOException failure) {
      parts.counters().unreadable.increment();
      return false;
    }
  }
}
