// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.record.Entry;
import io.incipit.store.disk.record.Place;
import io.incipit.store.disk.record.RecordHeader.Verdict;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Verifies all values in turn, some bytes a call, and begins again behind the last.
final class Scrub {
  private final DiskParts parts;
  private final DiskStore store;

  /// Guarded by this: the extent that is being verified, its entries, and how far it got.
  private long file;

  private List<Entry> entries = List.of();
  private int next;

  Scrub(DiskParts parts, DiskStore store) {
    this.parts = parts;
    this.store = store;
  }

  /// Verifies values until their bytes are as many, or all have been verified once.
  ///
  /// @return bytes verified; more than asked for by at most one value
  synchronized long run(long bytesMax) {
    long bytes = 0;
    int extentsLeft = parts.extents().count() + 1;
    while (bytes < bytesMax) {
      if (next < entries.size()) {
        bytes += verify(entries.get(next++));
      } else if (extentsLeft-- == 0 || !nextExtent()) {
        break;
      }
    }
    parts.counters().scrubbed.add(bytes);
    return bytes;
  }

  private boolean nextExtent() {
    var extent = parts.extents().retainFrom(file + 1);
    if (extent == null) {
      extent = parts.extents().retainFrom(0);
    }
    if (extent == null) {
      return false;
    }
    file = extent.number;
    entries = Scan.of(parts, extent).entries();
    next = 0;
    return true;
  }

  private long verify(Entry entry) {
    long place = Place.of(file, entry.unit());
    var spot = entry.removal() ? null : parts.ledger().find(entry.hash());
    if (spot == null || spot.place() != place) {
      return 0;
    }
    var reader = reader();
    if (reader == null) {
      return 0;
    }
    try (reader) {
      boolean good =
          reader.open(entry.unit(), Extent.weight(entry.length())) == Verdict.GOOD
              && reader.hash().equals(entry.hash())
              && reader.verifies();
      if (!good) {
        store.corrupt();
        store.quarantine(entry.hash(), spot, reader);
      }
    } catch (IOException failure) {
      store.unreadable();
      store.quarantine(entry.hash(), spot, reader);
    }
    return Extent.weight(entry.length());
  }

  private @Nullable RecordReader reader() {
    var extent = parts.extents().retain(file);
    return extent == null ? null : new RecordReader(parts, extent);
  }
}
