// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.block.Tier;
import io.incipit.ingest.event.EngineEvent;
import io.incipit.service.MemoryShare;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Stores whose parent is unknown: without its name theirs cannot be made. They wait, in bounded
/// memory, until it comes or they are removed. What they take is of a share. For one thread.
final class WaitingBlocks {
  /// What may wait, in tokens and blocks: 4 to 12 MiB.
  static final int SIZE_MAX = 1 << 20;

  private static final int EVENT_BYTES = 320;

  /// Of a block: its name, and an entry in each of two tables.
  private static final int BLOCK_BYTES = Long.BYTES + 2 * 72;

  private final MemoryShare memory;

  private final Map<Long, List<EngineEvent>> byParent = new HashMap<>();

  /// Copies that wait.
  private final Map<Place, Integer> copies = new HashMap<>();

  /// Of these, those that were removed meanwhile.
  private final Map<Place, Integer> removed = new HashMap<>();

  /// Tokens and blocks that wait.
  private int size;

  /// What they take.
  private long bytes;

  /// A block in a tier.
  private record Place(long hash, Tier tier) {}

  /// Nothing waits.
  WaitingBlocks(MemoryShare memory) {
    this.memory = memory;
  }

  /// What a store takes while it waits.
  static long bytes(EngineEvent event) {
    return EVENT_BYTES
        + (long) Integer.BYTES * event.tokenCount()
        + (long) BLOCK_BYTES * event.blocks();
  }

  private void account(long more) {
    bytes += more;
    memory.add(more);
  }

  /// Lets a store wait, which must not change any more.
  ///
  /// @return whether there was room
  boolean add(EngineEvent event) {
    int its = event.tokenCount() + event.blocks();
    if (its > SIZE_MAX - size) {
      return false;
    }
    size += its;
    account(bytes(event));
    byParent.computeIfAbsent(event.parent(), _ -> new ArrayList<>()).add(event);
    for (int i = 0; i < event.blocks(); i++) {
      copies.merge(new Place(event.hash(i), event.tier()), 1, Integer::sum);
    }
    return true;
  }

  /// Takes the stores that wait for a block.
  List<EngineEvent> take(long parent) {
    if (byParent.isEmpty()) {
      return List.of();
    }
    var taken = byParent.remove(parent);
    if (taken == null) {
      return List.of();
    }
    for (var event : taken) {
      size -= event.tokenCount() + event.blocks();
      account(-bytes(event));
      for (int i = 0; i < event.blocks(); i++) {
        takeOne(copies, new Place(event.hash(i), event.tier()));
      }
    }
    return taken;
  }

  /// Removes a copy of a block that waits, or all of them.
  ///
  /// @return whether there was one
  boolean remove(long hash, Tier tier, boolean all) {
    if (byParent.isEmpty()) {
      return false;
    }
    var place = new Place(hash, tier);
    int waiting = copies.getOrDefault(place, 0);
    int gone = removed.getOrDefault(place, 0);
    if (gone >= waiting) {
      return false;
    }
    removed.put(place, all ? waiting : gone + 1);
    return true;
  }

  /// Whether a copy of a block that has come out of waiting was removed meanwhile; says so once.
  boolean wasRemoved(long hash, Tier tier) {
    return !removed.isEmpty() && takeOne(removed, new Place(hash, tier));
  }

  private static boolean takeOne(Map<Place, Integer> counts, Place place) {
    boolean had = counts.containsKey(place);
    counts.computeIfPresent(place, (_, count) -> count > 1 ? count - 1 : null);
    return had;
  }

  /// Different blocks that wait, each tier by itself.
  int blocks() {
    return copies.size();
  }

  void clear() {
    byParent.clear();
    copies.clear();
    removed.clear();
    size = 0;
    account(-bytes);
  }
}
