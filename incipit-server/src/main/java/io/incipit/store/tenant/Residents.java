// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.tenant;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The families of values in memory, each namespace's by their last use. About 120 B a family. For
/// one thread.
final class Residents {
  /// What one namespace has.
  static final class Share {
    final String namespace;

    /// Of its families, but for those that are [away][#away].
    long bytes;

    /// What those take of the store: as [#bytes], by another measure.
    long weight;

    private long families;

    /// Its families in a ring: the oldest comes next.
    private final Resident ring;

    private Share(String namespace) {
      this.namespace = namespace;
      this.ring = new Resident(0, this);
    }
  }

  private static final class Resident {
    final long id;
    final Share share;
    int members;
    long bytes;
    long weight;

    /// Whether it is on its way out, and counts no more.
    boolean away;

    Resident older = this;
    Resident younger = this;

    Resident(long id, Share share) {
      this.id = id;
      this.share = share;
    }

    void unlink() {
      older.younger = younger;
      younger.older = older;
    }

    void linkAsYoungest() {
      older = share.ring.older;
      younger = share.ring;
      older.younger = this;
      younger.older = this;
    }
  }

  private final Map<Long, Resident> byId = new HashMap<>();
  private final Map<String, Share> shares = new HashMap<>();

  /// Shares that have grown since [#takeGrown] was asked.
  private final Set<Share> grown = new LinkedHashSet<>();

  /// Shares that are to have patience until [#stuckAgain].
  private final Set<Share> stuck = new LinkedHashSet<>();

  /// A member of a family has a value.
  ///
  /// @param weight what it takes of the store; the same when it is [gone][#gone]
  void came(String namespace, long id, int bytes, long weight) {
    var resident = byId.get(id);
    if (resident == null) {
      resident = new Resident(id, shares.computeIfAbsent(namespace, Share::new));
      byId.put(id, resident);
      resident.share.families++;
      resident.linkAsYoungest();
    }
    back(resident);
    resident.members++;
    count(resident, bytes, weight);
    grown.add(resident.share);
  }

  /// A member of a family has none any more.
  void gone(long id, int bytes, long weight) {
    var resident = byId.get(id);
    if (resident == null) {
      return;
    }
    var share = resident.share;
    resident.members--;
    boolean last = resident.members == 0;
    // Where there was no heap to count a member, that must not stay with the share.
    count(
        resident,
        last ? -resident.bytes : -Math.min(bytes, resident.bytes),
        last ? -resident.weight : -Math.min(weight, resident.weight));
    if (last) {
      byId.remove(id);
      resident.unlink();
      share.families--;
      if (share.families == 0) {
        shares.remove(share.namespace, share);
      }
    }
  }

  private static void count(Resident resident, long bytes, long weight) {
    resident.bytes += bytes;
    resident.weight += weight;
    resident.share.bytes += resident.away ? 0 : bytes;
    resident.share.weight += resident.away ? 0 : weight;
  }

  /// A family was used.
  void used(long id) {
    var resident = byId.get(id);
    if (resident != null && !resident.away) {
      resident.unlink();
      resident.linkAsYoungest();
    }
  }

  /// A family is on its way out, and counts as if it were gone.
  void away(long id) {
    var resident = byId.get(id);
    if (resident != null && !resident.away) {
      resident.away = true;
      resident.share.bytes -= resident.bytes;
      resident.share.weight -= resident.weight;
      resident.unlink();
      resident.older = resident;
      resident.younger = resident;
    }
  }

  /// A family stays, though it was on its way.
  void back(long id) {
    var resident = byId.get(id);
    if (resident != null) {
      back(resident);
    }
  }

  private void back(Resident resident) {
    if (resident.away) {
      resident.away = false;
      resident.share.bytes += resident.bytes;
      resident.share.weight += resident.weight;
      resident.linkAsYoungest();
      grown.add(resident.share);
    }
  }

  /// The share that a family is of; null if it is not in memory.
  @Nullable Share share(long id) {
    var resident = byId.get(id);
    return resident == null ? null : resident.share;
  }

  /// The share of a namespace; null if it has nothing in memory.
  @Nullable Share share(String namespace) {
    return shares.get(namespace);
  }

  /// What a family that counts takes of the store.
  long weight(long id) {
    var resident = byId.get(id);
    return resident == null || resident.away ? 0 : resident.weight;
  }

  /// The family of a share that was used the longest ago; valid while it has bytes.
  long oldest(Share share) {
    return share.ring.younger.id;
  }

  /// Whether a share has a family that counts.
  boolean hasAny(Share share) {
    return !isAlone(share.ring);
  }

  @SuppressWarnings("ReferenceEquality")
  private static boolean isAlone(Resident ring) {
    return ring.younger == ring;
  }

  /// Shares that may have more than before.
  List<Share> takeGrown() {
    if (grown.isEmpty()) {
      return List.of();
    }
    var taken = List.copyOf(grown);
    grown.clear();
    return taken;
  }

  /// Lets the next [#takeGrown] have a share.
  void again(Share share) {
    grown.add(share);
  }

  /// Lets a [#takeGrown] after [#stuckAgain] have a share.
  void stuck(Share share) {
    stuck.add(share);
  }

  /// Lets the next [#takeGrown] have those that were [stuck][#stuck].
  void stuckAgain() {
    grown.addAll(stuck);
    stuck.clear();
  }

  /// Lets the next [#takeGrown] have all.
  void allAgain() {
    grown.addAll(shares.values());
  }
}
