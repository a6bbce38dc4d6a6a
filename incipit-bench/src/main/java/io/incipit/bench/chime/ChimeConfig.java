// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import java.util.LinkedHashMap;
import java.util.Map;

/// What an index is made of. All clients of one index have the same key width and the same leaves
/// (the first four changes); the rest is each client's own.
///
/// @param keyBytes 8 or 32 on the wire
/// @param changes what makes CHIME of sherman-clv
/// @param batched all that one request asks for goes into one doorbell batch
/// @param repaired ranges and inserts are as they should be; else as published: a range searches
///     each key that it did not find, one after the other
/// @param treeCacheBytes for inner nodes, at least [#CACHE_MIN]
/// @param hotspotBytes for the buffer of hot places with all its tables, at least [#CACHE_MIN]
public record ChimeConfig(
    int keyBytes,
    Changes changes,
    boolean batched,
    boolean repaired,
    long treeCacheBytes,
    long hotspotBytes) {
  /// The least that each of the caches may be given, bytes.
  public static final long CACHE_MIN = 4_096;

  private static final long MEBIBYTE = 1 << 20;

  /// CHIME as published: 8-byte keys, 70 MB for the tree and 30 MB for hot places.
  public static final ChimeConfig CHIME =
      new ChimeConfig(8, Changes.first(5), false, false, 70 * MEBIBYTE, 30 * MEBIBYTE);

  /// Sherman as CHIME's authors evaluate it: 8-byte keys, 100 MB for the tree.
  public static final ChimeConfig SHERMAN_CLV =
      new ChimeConfig(8, Changes.first(0), false, false, 100 * MEBIBYTE, CACHE_MIN);

  /// What CHIME changes, each of which can be off.
  ///
  /// @param hopscotch leaves are hopscotch tables; else entries lie in any order and a leaf is read
  ///     whole
  /// @param vacancy the lock word says which slots are free, so that an insert reads a part only
  /// @param replication each group of slots has its own copy of the leaf's metadata; else a part of
  ///     a leaf is read together with the header
  /// @param siblingValidation a leaf has no fences: the pointer to its sibling says whether it is
  ///     the right one
  /// @param speculation a buffer of hot places guesses a key's slot
  public record Changes(
      boolean hopscotch,
      boolean vacancy,
      boolean replication,
      boolean siblingValidation,
      boolean speculation) {
    /// Refuses what cannot be.
    public Changes {
      if (!hopscotch && (vacancy || replication || siblingValidation || speculation)) {
        throw new IllegalArgumentException(
            "hopscotch: false (expected: true with vacancy, replication, siblingValidation or"
                + " speculation)");
      }
    }

    /// The first so many in their published order.
    ///
    /// @param count from 0 to 5
    static Changes first(int count) {
      return new Changes(count >= 1, count >= 2, count >= 3, count >= 4, count >= 5);
    }
  }

  /// Refuses what cannot be.
  public ChimeConfig {
    if (keyBytes != 8 && keyBytes != 32) {
      throw new IllegalArgumentException("keyBytes: %d (expected: 8 or 32)".formatted(keyBytes));
    }
    atLeast("treeCacheBytes", treeCacheBytes);
    atLeast("hotspotBytes", hotspotBytes);
  }

  private static void atLeast(String name, long bytes) {
    if (bytes < CACHE_MIN) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d or more)".formatted(name, bytes, CACHE_MIN));
    }
  }

  /// From sherman-clv to CHIME, one change after the other, by their published names in order.
  public static Map<String, ChimeConfig> ablation() {
    var steps = new LinkedHashMap<String, ChimeConfig>();
    steps.put("S", CHIME.with(0));
    steps.put("+hopscotch", CHIME.with(1));
    steps.put("+vacancy", CHIME.with(2));
    steps.put("+replication", CHIME.with(3));
    steps.put("+sibling", CHIME.with(4));
    steps.put("+speculative", CHIME.with(5));
    return steps;
  }

  boolean hopscotch() {
    return changes.hopscotch();
  }

  boolean vacancy() {
    return changes.vacancy();
  }

  boolean replication() {
    return changes.replication();
  }

  boolean siblingValidation() {
    return changes.siblingValidation();
  }

  /// Whether a buffer of hot places guesses a key's slot.
  public boolean speculation() {
    return changes.speculation();
  }

  /// The same with the first so many of CHIME's five changes.
  ///
  /// @param count from 0 to 5
  public ChimeConfig with(int count) {
    return new ChimeConfig(
        keyBytes, Changes.first(count), batched, repaired, treeCacheBytes, hotspotBytes);
  }

  /// The same with another key width: 8 or 32 bytes.
  public ChimeConfig withKeyBytes(int bytes) {
    return new ChimeConfig(bytes, changes, batched, repaired, treeCacheBytes, hotspotBytes);
  }

  /// The same with requests in one batch, or operation by operation.
  public ChimeConfig withBatched(boolean on) {
    return new ChimeConfig(keyBytes, changes, on, repaired, treeCacheBytes, hotspotBytes);
  }

  /// The same repaired, or as published.
  public ChimeConfig withRepaired(boolean on) {
    return new ChimeConfig(keyBytes, changes, batched, on, treeCacheBytes, hotspotBytes);
  }

  /// The same with other budgets.
  public ChimeConfig withCaches(long treeBytes, long hotBytes) {
    return new ChimeConfig(keyBytes, changes, batched, repaired, treeBytes, hotBytes);
  }
}
