// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

import io.incipit.store.memory.Reservation;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Parts of blocks that are written, and that nobody sees before all are committed. For the store's
/// writer.
public final class StagedPut {
  /// The most parts of one put.
  public static final int PARTS_MAX = 65_536;

  /// A block on its way.
  ///
  /// @param block as it will be
  /// @param parts by number, those that are there
  public record Staged(Block block, Map<Integer, Reservation> parts) {
    /// Whether all parts are there.
    public boolean isWhole() {
      return parts.size() == block.parts();
    }
  }

  private final Map<Long, Staged> blocks = new LinkedHashMap<>();
  private final Set<Long> declined = new HashSet<>();
  private final Set<Long> had = new HashSet<>();
  private int parts;

  /// A put without parts.
  StagedPut() {}

  /// Adds a part of a block.
  ///
  /// @return what is to be given up for it: a part of the same number, or none
  Collection<Reservation> add(Block block, int part, Reservation value) {
    var staged = blocks.computeIfAbsent(block.id(), _ -> new Staged(block, new TreeMap<>()));
    var before = staged.parts().put(part, value);
    parts += before == null ? 1 : 0;
    return before == null ? Set.of() : Set.of(before);
  }

  /// Whether a block is on its way with another shape or place.
  boolean contradicts(Block block) {
    var staged = blocks.get(block.id());
    return staged != null && !staged.block().equals(block);
  }

  /// Notes that a part of a block was not taken, so the block will not be either.
  void decline(long id) {
    declined.add(id);
  }

  /// Whether a part of a block was not taken.
  public boolean isDeclined(long id) {
    return declined.contains(id);
  }

  /// Notes that a block was there when a part of it came.
  void have(long id) {
    had.add(id);
  }

  /// Whether a block was there when a part of it came.
  public boolean isHad(long id) {
    return had.contains(id);
  }

  /// Blocks of which no part was taken, since they were there.
  public int hadAlone() {
    return (int) had.stream().filter(id -> !blocks.containsKey(id)).count();
  }

  /// Blocks of which no part was taken, since they are not worth it.
  public int declinedAlone() {
    return (int)
        declined.stream().filter(id -> !blocks.containsKey(id) && !had.contains(id)).count();
  }

  /// A block of which there are parts.
  Optional<Staged> find(long id) {
    return Optional.ofNullable(blocks.get(id));
  }

  /// The blocks of which there are parts, in the order in which the first ones came.
  public Collection<Staged> blocks() {
    return blocks.values();
  }

  /// Parts that are there.
  public int parts() {
    return parts;
  }

  /// Bytes of those.
  public long bytes() {
    return blocks.values().stream()
        .flatMap(staged -> staged.parts().values().stream())
        .mapToLong(Reservation::length)
        .sum();
  }

  /// Whether there may be no more parts, or blocks of which none was taken.
  boolean isFull() {
    return parts + declined.size() + had.size() >= PARTS_MAX;
  }
}
