// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.KeyTable.Spot;
import io.incipit.store.disk.record.Entry;
import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.disk.record.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which record of each key is its value, and what else of the key lies on disk. Thread-safe; does
/// no I/O.
///
/// Of two records of a key the one with the later birth counts. A record that does not count is a
/// shadow until its extent is gone.
final class Ledger {
  private volatile KeyTable table = new KeyTable();
  private final Extents extents;
  private final DiskFault planted;

  private Shadows shadows = new Shadows();

  /// Removals that are asked for and not durable yet, with the ticket of the last.
  private final Map<KeyHash, Long> doomed = new HashMap<>();

  /// Births of removals, while extents are being scanned: what is scanned later may be older.
  private @Nullable KeyTable removals = new KeyTable();

  /// The ticket of the last [#clear], after which nothing that is scanned counts.
  private long cleared = -1;

  Ledger(Extents extents, DiskFault planted) {
    this.extents = extents;
    this.planted = planted;
  }

  @Nullable Spot find(KeyHash hash) {
    return table.find(hash);
  }

  boolean isAt(KeyHash hash, long place) {
    var spot = table.find(hash);
    return spot != null && spot.place() == place;
  }

  /// Remembers that a value was read.
  void read(KeyHash hash) {
    table.read(hash);
  }

  /// Whether a value was read since it was written where it lies.
  boolean isRead(KeyHash hash) {
    return table.isRead(hash);
  }

  /// Keys of a family that have a value.
  List<KeyHash> family(long high) {
    return table.family(high);
  }

  /// Forgets all values at once; their files follow.
  synchronized void clear(long ticket) {
    table = new KeyTable();
    cleared = ticket;
    doomed.clear();
  }

  /// All that was written before the last [#clear] is gone from disk.
  synchronized void freedAll() {
    shadows = new Shadows();
  }

  /// Forgets the value of a key at once; a removal follows on disk, if it is needed there.
  ///
  /// @param unknown whether there may be more of the key than is known
  /// @return whether it is needed
  synchronized boolean doom(KeyHash hash, long ticket, boolean unknown) {
    var spot = table.remove(hash);
    if (spot != null) {
      shade(hash, spot);
    }
    if (spot == null && !unknown && removals == null && shadows.count(hash) == 0) {
      return false;
    }
    doomed.put(hash, ticket);
    return true;
  }

  /// A removal is durable, or will never be.
  ///
  /// @param birth [Place#NONE] if it will never be
  synchronized void removed(KeyHash hash, long birth, long ticket) {
    doomed.remove(hash, ticket);
    if (removals != null && birth != Place.NONE) {
      removals.put(hash, new Spot(birth, birth, 0));
    }
  }

  /// A value is durable.
  ///
  /// @return whether it is the key's value now
  synchronized boolean put(KeyHash hash, Spot spot, long ticket) {
    long doom = doomed.getOrDefault(hash, cleared);
    if (Math.max(doom, cleared) > ticket) {
      shadows.add(hash);
      return false;
    }
    replace(hash, spot);
    return true;
  }

  /// A value was perhaps written, and does not count.
  synchronized void failed(KeyHash hash) {
    shadows.add(hash);
  }

  /// A value was written again elsewhere.
  ///
  /// @return whether it is still the key's value, and now there
  synchronized boolean move(KeyHash hash, Spot to, long from) {
    if (!isAt(hash, from)) {
      shadows.add(hash);
      return false;
    }
    replace(hash, to);
    return true;
  }

  /// Forgets the value that lies at a place, if it is that of its key.
  ///
  /// @return whether it was
  synchronized boolean drop(KeyHash hash, long place) {
    if (!isAt(hash, place)) {
      return false;
    }
    var spot = table.remove(hash);
    if (spot != null) {
      shade(hash, spot);
    }
    return true;
  }

  /// An entry was found on disk.
  synchronized void scanned(Entry entry, long file) {
    if (cleared >= 0) {
      return;
    }
    var hash = entry.hash();
    long birth = entry.birth();
    var now = table.find(hash);
    if (entry.removal()) {
      if (removals != null && birth > removedAt(hash)) {
        removals.put(hash, new Spot(birth, birth, 0));
      }
      if (now != null && now.birth() < birth) {
        drop(hash, now.place());
      }
      return;
    }
    long place = Place.of(file, entry.unit());
    if (doomed.containsKey(hash) || removedAt(hash) > birth || !counts(now, birth, place)) {
      shadows.add(hash);
    } else {
      replace(hash, new Spot(birth, place, entry.length()));
    }
  }

  private boolean counts(@Nullable Spot now, long birth, long place) {
    return now == null
        || planted == DiskFault.LAST_SCANNED_WINS
        || now.birth() < birth
        || (now.birth() == birth && now.place() < place);
  }

  private long removedAt(KeyHash hash) {
    var spot = removals == null ? null : removals.find(hash);
    return spot == null ? Place.NONE : spot.birth();
  }

  /// All extents have been scanned.
  synchronized void scannedAll() {
    removals = null;
  }

  /// Records of a key that do not count.
  synchronized long shadows(KeyHash hash) {
    return shadows.count(hash);
  }

  /// Keys without a value of which records lie on disk. Costs a walk over all that have such.
  List<KeyHash> hidden() {
    return shadows.all().stream().filter(hash -> table.find(hash) == null).toList();
  }

  /// Keys whose values lie in a file. Costs a walk over all.
  List<KeyHash> inside(long file) {
    return table.inside(file);
  }

  /// So many shadows of keys went with an extent.
  synchronized void freed(Map<KeyHash, Integer> gone) {
    gone.forEach(
        (hash, count) -> {
          for (int i = 0; i < count; i++) {
            shadows.subtract(hash);
          }
        });
  }

  synchronized long shadows() {
    return shadows.total();
  }

  long count() {
    return table.count();
  }

  long heapBytes() {
    return table.heapBytes();
  }

  private void replace(KeyHash hash, Spot spot) {
    var before = table.put(hash, spot);
    if (before != null) {
      shade(hash, before);
    }
    extents.live(spot.place(), spot.length());
  }

  private void shade(KeyHash hash, Spot spot) {
    extents.dead(spot.place(), spot.length());
    shadows.add(hash);
  }

  /// How many records of a key lie on disk that are not its value any more. As long as there are
  /// some, what came after them, a removal included, must stay on disk too, or a crash would bring
  /// them back. Guarded by the ledger.
  private static final class Shadows {
    private final KeyTable counts = new KeyTable();
    private long total;

    long count(KeyHash hash) {
      var spot = counts.find(hash);
      return spot == null ? 0 : spot.birth();
    }

    void add(KeyHash hash) {
      total++;
      counts.put(hash, new Spot(count(hash) + 1, 1, 0));
    }

    void subtract(KeyHash hash) {
      long count = count(hash);
      if (count > 1) {
        counts.put(hash, new Spot(count - 1, 1, 0));
      } else {
        counts.remove(hash);
      }
      total -= Math.min(count, 1);
    }

    List<KeyHash> all() {
      return counts.inside(0);
    }

    long total() {
      return total;
    }
  }
}
